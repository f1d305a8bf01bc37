import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNoiseMeter } from './noise.ts';

describe('the noise of a rule', () => {
  it('is more than 15 firings in 3 minutes, whenever they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60 }), (gaps) => {
        const meter = createNoiseMeter();
        let since: number[] = [];
        let ts = 0;
        for (const gap of gaps) {
          ts += gap;
          since.push(ts);
          const isNoise = since.filter((time) => time >= ts - 180_000).length > 15;
          expect(meter.fired({ ruleId: '1', ts }) !== undefined).toBe(isNoise);
          if (isNoise) since = [];
        }
      }),
    );
  });

  it('is each rule’s own, and is forgotten with its rule', () => {
    const meter = createNoiseMeter();
    for (let i = 0; i < 15; i++) {
      expect(meter.fired({ ruleId: '1', ts: i * 1000 })).toBeUndefined();
      expect(meter.fired({ ruleId: '2', ts: i * 1000 })).toBeUndefined();
    }
    meter.forget('2');
    expect(meter.fired({ ruleId: '1', ts: 15_000 })).toBe(15_000);
    expect(meter.fired({ ruleId: '2', ts: 15_000 })).toBeUndefined();
  });
});
