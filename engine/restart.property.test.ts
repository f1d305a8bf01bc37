import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { parseRule } from './language/parse.ts';
import type { Bar, EngineEvent, MarketEvent, Trade } from './market/events.ts';
import { MINUTE } from './market/interval.ts';
import type { Firing } from './rules/rule.ts';

const BTC = 'sim:btcusdt';
const T0 = 1_700_000_100_000;
const INTERVALS = [MINUTE, 5 * MINUTE];

/** Averages that never forget, windows, fields, arithmetic, other intervals, all modes that time has a part in. */
const RULES = [
  'ema(4) > 100.01 every 1m',
  'rsi(3) > 60 every 1m',
  'macd(2, 4, 3).histogram > 0.02 every 2m',
  'atr(3) > 1.3 every 2m',
  'z(7) > 1.4 every 1m',
  'bb(6, 2).upper - close < 0.4 every 3m',
  'ema(3) crosses above ema(5) every 1m',
  '5m rsi(3) < 40 every 5m',
  'ema(3)@5m > ema(4) every 3m',
  'rsi(3) < 45 on close',
  'ema(ema(3), 4) > 100 on close every 2m',
  '5m sma(ema(3), 3) > 100.1 on close',
  'price > 101 for 2m every 4m',
  'garch(100) > 0.4% every 1m',
  'z(5) > 1 and rsi(4) > 55 every 1m',
].map((text) =>
  parseRule(text, {
    resolve: (name) => (name.includes(':') ? name : undefined),
    suggest: () => [],
    instrument: BTC,
    interval: MINUTE,
    now: T0,
    wallTime: Date.UTC,
  }),
);

const step = fc.record({ wait: fc.integer({ min: 0, max: 50_000 }), move: fc.integer({ min: -90, max: 90 }) });
const walk = fc.array(step, { minLength: 250, maxLength: 400 }).map((steps): Trade[] => {
  let ts = T0;
  let price = 100;
  return steps.map(({ wait, move }, i) => {
    ts += wait;
    price = 100 + (price - 100) * 0.97 + move / 100;
    return {
      type: 'trade',
      instrument: BTC,
      ts,
      price: Math.round(price * 100) / 100,
      size: 1 + (i % 4),
      side: 'buy',
      id: String(i),
    };
  });
});

/** An engine, and all that came of it. */
function host() {
  const engine = new Engine();
  const fired: Firing[] = [];
  const closed = new Map<number, Bar[]>(INTERVALS.map((interval) => [interval, []]));
  const take = (events: readonly EngineEvent[]): void => {
    for (const event of events) {
      if (event.type === 'fired') fired.push(event.firing);
      if (event.type === 'bar-closed') closed.get(event.interval)?.push(event.bar);
    }
  };
  return { engine, fired, closed, apply: (event: MarketEvent) => take(engine.apply(event)) };
}

/** Bars before the tape, so that all is warm: of a minute, and the same as bars of five. */
function past(count: number): Map<number, Bar[]> {
  const minutes = Array.from({ length: count * 5 }, (_, i): Bar => {
    const price = 100 + Math.sin(i / 7) + Math.sin(i / 2.3) / 3;
    const start = Math.floor(T0 / (5 * MINUTE)) * 5 * MINUTE - (count * 5 - i) * MINUTE;
    return { start, open: price, high: price + 0.5, low: price - 0.5, close: price + 0.1, volume: 3, trades: 5 };
  });
  const fives = Array.from({ length: count }, (_, i): Bar => {
    const part = minutes.slice(i * 5, i * 5 + 5);
    return {
      start: part[0]!.start,
      open: part[0]!.open,
      high: Math.max(...part.map((bar) => bar.high)),
      low: Math.min(...part.map((bar) => bar.low)),
      close: part[4]!.close,
      volume: 15,
      trades: 25,
    };
  });
  return new Map([
    [MINUTE, minutes],
    [5 * MINUTE, fives],
  ]);
}

/** As the program does at its start: the bars that are stored, then the rules as they stood. */
function begin(bars: ReadonlyMap<number, readonly Bar[]>, rulesOf?: Engine) {
  const next = host();
  for (const interval of INTERVALS) {
    next.engine.watch(BTC, interval, 400);
    next.apply({ type: 'bars', instrument: BTC, interval, bars: bars.get(interval)! });
  }
  RULES.forEach((text, i) => {
    const id = `r${i}`;
    const saved = rulesOf?.rule(id)?.saved;
    next.apply({ type: 'rule-set', ts: T0, rule: { id, text }, ...(saved && { saved }) });
  });
  return next;
}

const key = (firings: readonly Firing[]) => firings.map(({ id, ts, price, values }) => ({ id, ts, price, values }));

describe('a run with restarts in between', () => {
  it('fires what a run without them fires, with the same values to the last bit', () => {
    fc.assert(
      fc.property(walk, fc.array(fc.nat({ max: 399 }), { minLength: 1, maxLength: 3 }), (trades, cuts) => {
        const before = past(160);
        const whole = begin(before);
        for (const trade of trades) whole.apply(trade);

        const stored = new Map([...before].map(([interval, bars]) => [interval, [...bars]]));
        const fired: Firing[] = [];
        let part = begin(before);
        const ends = [...new Set(cuts.map((cut) => cut % trades.length))].sort((a, b) => a - b);
        for (const [n, end] of [...ends, trades.length].entries()) {
          const from = n === 0 ? 0 : ends[n - 1]!;
          for (const trade of trades.slice(from, end)) part.apply(trade);
          fired.push(...part.fired);
          if (end === trades.length) break;
          for (const interval of INTERVALS) stored.get(interval)!.push(...part.closed.get(interval)!);
          const next = begin(stored, part.engine);
          // The feed gives the trades of the running minute again.
          const last = trades[end - 1];
          if (last !== undefined) {
            const minute = Math.floor(last.ts / MINUTE) * MINUTE;
            for (const trade of trades.slice(0, end)) if (trade.ts >= minute) next.apply(trade);
          }
          part = next;
        }
        expect(key(fired)).toEqual(key(whole.fired));
      }),
      { numRuns: 40 },
    );
  });
});
