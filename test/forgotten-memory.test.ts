import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import type { Bar } from '../engine/market/events.ts';
import { MINUTE } from '../engine/market/interval.ts';

const START = 1_700_000_040_000;

const BARS: readonly Bar[] = Array.from({ length: 300 }, (_, i) => {
  const close = 100 + (i % 5);
  return { start: START - (300 - i) * MINUTE, open: close, high: close, low: close, close, volume: 1, trades: 1 };
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are held, once what can be freed is. */
function held(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

it('the engine gives the memory of an instrument back when it forgets it', () => {
  const engine = new Engine();
  const use = (instrument: string, ruleId: string) => {
    const text = parseRule(`${instrument} 5m ema(50) > 1000`, {
      ...{ resolve: (name) => name, suggest: () => [], instrument: undefined, interval: MINUTE, now: START },
      wallTime: Date.UTC,
    });
    engine.apply({ type: 'bars', instrument, interval: MINUTE, bars: BARS });
    engine.apply({ type: 'rule-set', ts: START, rule: { id: ruleId, text } });
    engine.apply({ type: 'trade', instrument, ts: START, price: 101, size: 1, side: 'buy', id: '1' });
  };
  const release = (instrument: string, ruleId: string) => {
    engine.apply({ type: 'rule-remove', ts: START, ruleId });
    engine.apply({ type: 'instrument-forget', instrument });
  };
  for (let i = 0; i < 50; i++) {
    use(`sim:warm${i}`, 'warm');
    release(`sim:warm${i}`, 'warm');
  }
  const MANY = 400;
  const before = held();
  for (let i = 0; i < MANY; i++) use(`sim:x${i}`, `r${i}`);
  const full = held() - before;
  for (let i = 0; i < MANY; i++) release(`sim:x${i}`, `r${i}`);
  expect(engine.size()).toEqual({ instruments: 0, series: 0, rules: 0 });
  // Each holds its 300 bars at least: 7 numbers of 8 bytes.
  expect(full / MANY).toBeGreaterThan(300 * 7 * 8);
  expect((held() - before) / full).toBeLessThan(0.1);
});
