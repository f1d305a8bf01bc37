import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../engine.ts';
import type { Bar, Side, Trade } from './events.ts';
import { HOUR, MINUTE } from './interval.ts';

const T0 = 1_700_000_000_000 - (1_700_000_000_000 % HOUR);
const trade = (ts: number, size: number, side: Side): Trade => ({
  type: 'trade',
  instrument: 'sim:btcusdt',
  ts,
  price: 100,
  size,
  side,
  id: String(ts),
});
const bar = (start: number, volume: number, bought?: number): Bar => ({
  start,
  open: 100,
  high: 101,
  low: 99,
  close: 100,
  volume,
  trades: 10,
  bought,
});
const closed = (engine: Engine, interval: number): readonly (number | undefined)[] =>
  engine.barsOf('sim:btcusdt', interval, 1000).closed.map(({ bought }) => bought);

describe('what takers bought in a bar', () => {
  it('is the size of the trades that bought, in every interval; unknown where one does not say', () => {
    const someTrades = fc.array(
      fc.record({
        wait: fc.integer({ min: 0, max: 40_000 }),
        size: fc.integer({ min: 0, max: 9 }),
        side: fc.constantFrom<Side>('buy', 'sell', 'buy', 'sell', 'buy', 'sell', undefined),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(someTrades, (steps) => {
        const engine = new Engine();
        engine.watch('sim:btcusdt', 5 * MINUTE, 10);
        let ts = T0;
        const trades = steps.map(({ wait, size, side }) => {
          ts += wait;
          return trade(ts, size, side);
        });
        for (const one of trades) engine.apply(one);
        engine.apply({ type: 'clock', ts: T0 + 2 * HOUR });
        for (const interval of [MINUTE, 5 * MINUTE]) {
          for (const { start, bought } of engine.barsOf('sim:btcusdt', interval, 1000).closed) {
            const within = trades.filter((one) => one.ts >= start && one.ts < start + interval);
            const isKnown = within.every(({ side, size }) => side !== undefined || size === 0);
            const wanted = within.reduce((sum, { side, size }) => sum + (side === 'buy' ? size : 0), 0);
            const nothing = within.every(({ size }) => size === 0);
            expect(bought).toBe(isKnown || nothing ? wanted : undefined);
          }
        }
      }),
    );
  });

  it('comes with bars of history, and is corrected by them', () => {
    const engine = new Engine();
    const bars = [bar(T0, 5, 2), bar(T0 + MINUTE, 5), bar(T0 + 2 * MINUTE, 0)];
    engine.apply({ type: 'bars', instrument: 'sim:btcusdt', interval: MINUTE, bars });
    expect(closed(engine, MINUTE)).toEqual([2, undefined, 0]);
    engine.apply({ type: 'bars', instrument: 'sim:btcusdt', interval: MINUTE, bars: [bar(T0 + MINUTE, 5, 4)] });
    expect(closed(engine, MINUTE)).toEqual([2, 4, 0]);
  });

  it('of a missed minute is what the venue says, also where part of it was traded before', () => {
    const engine = new Engine();
    engine.watch('sim:btcusdt', 5 * MINUTE, 10);
    engine.apply(trade(T0 + 1000, 3, 'buy'));
    const bars = [bar(T0, 10, 7), bar(T0 + MINUTE, 4, 1)];
    engine.apply({ type: 'bars', instrument: 'sim:btcusdt', interval: MINUTE, bars });
    engine.apply(trade(T0 + 2 * MINUTE, 2, 'buy'));
    engine.apply({ type: 'clock', ts: T0 + 5 * MINUTE });
    expect(closed(engine, MINUTE)).toEqual([7, 1, 2, 0, 0]);
    expect(closed(engine, 5 * MINUTE)).toEqual([10]);
  });

  it('is put together for a longer bar that is opened in the middle', () => {
    const engine = new Engine();
    const bars = [bar(T0, 10, 7), bar(T0 + MINUTE, 4, 1)];
    engine.apply({ type: 'bars', instrument: 'sim:btcusdt', interval: MINUTE, bars });
    engine.apply(trade(T0 + 2 * MINUTE, 2, 'buy'));
    engine.watch('sim:btcusdt', 5 * MINUTE, 10);
    engine.apply({ type: 'clock', ts: T0 + 5 * MINUTE });
    expect(closed(engine, 5 * MINUTE)).toEqual([10]);
  });

  it('is never more than the volume, nor less than nothing', () => {
    for (const bought of [-1, 11]) {
      const engine = new Engine();
      const bars = [bar(T0, 10, bought)];
      const events = engine.apply({ type: 'bars', instrument: 'sim:btcusdt', interval: MINUTE, bars });
      expect(events).toContainEqual({ type: 'refused', instrument: 'sim:btcusdt', reason: 'malformed' });
      expect(closed(engine, MINUTE)).toEqual([]);
    }
  });
});
