import { describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilenceWatch } from './silence-watch.ts';

const BTC = 'binance:btcusdt';
const AAPL = 'ingest:aapl';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function bench() {
  const time = createManualClock();
  const engine = new Engine();
  const gaps: string[] = [];
  const watch = createSilenceWatch({
    ...{ engine, clock: time.clock, now: time.now },
    closes: (instrument) => instrument === AAPL,
    apply(event) {
      if (event.type === 'gap') gaps.push(`${event.open ? 'lost' : 'back'} ${(time.now() - event.from) / SECOND}`);
      return engine.apply(event);
    },
  });
  watch.start();
  return {
    ...{ time, engine, gaps, watch },
    async trades(instrument: string, count: number, everyMs: number) {
      for (let i = 0; i < count; i++) {
        watch.came(instrument);
        await time.advance(everyMs);
      }
    },
  };
}

describe('an instrument whose trades stop', () => {
  it('is lost after three minutes where it was busy, and back with its next trade', async () => {
    const { time, gaps, watch, trades, engine } = bench();
    await trades(BTC, 100, 500);
    await time.advance(178 * SECOND);
    expect(gaps).toEqual([]);
    await time.advance(10 * SECOND);
    expect(gaps).toHaveLength(1);
    expect(engine.view(BTC)?.gapSince).toBeDefined();
    await time.advance(10 * MINUTE);
    expect(gaps).toHaveLength(1);
    watch.came(BTC);
    expect(gaps).toEqual([expect.stringMatching(/^lost 18\d/), 'back 0']);
    expect(engine.view(BTC)?.gapSince).toBeUndefined();
  });

  it('is not lost after a pause that is usual for it, nor before it is known', async () => {
    const { time, gaps, trades } = bench();
    await trades(BTC, 30, 40 * SECOND);
    await time.advance(12 * MINUTE);
    expect(gaps).toEqual([]);
    await time.advance(3 * MINUTE);
    expect(gaps).toHaveLength(1);
    await trades('binance:newusdt', 10, 100);
    await time.advance(60 * MINUTE);
    expect(gaps).toHaveLength(1);
  });

  it('is no outage where its market closes', async () => {
    const { time, gaps, trades } = bench();
    await trades(AAPL, 100, 500);
    await time.advance(16 * 60 * MINUTE);
    expect(gaps).toEqual([]);
  });

  it('is left to its feed where that knows of it', async () => {
    const { time, gaps, trades, watch, engine } = bench();
    await trades(BTC, 100, 500);
    const gap = { type: 'gap', instrument: BTC, from: time.now(), ts: time.now() } as const;
    watch.gap({ ...gap, open: true });
    engine.apply({ ...gap, open: true });
    await time.advance(30 * MINUTE);
    watch.gap({ ...gap, open: false });
    engine.apply({ ...gap, open: false });
    await time.advance(2 * MINUTE);
    expect(gaps).toEqual([]);
    await time.advance(2 * MINUTE);
    expect(gaps).toHaveLength(1);
  });
});
