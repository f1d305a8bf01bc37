import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { parseRule } from './language/parse.ts';
import type { Bar, EngineEvent, FactEvent, FactTaken, MarketEvent, Trade } from './market/events.ts';
import { MINUTE } from './market/interval.ts';
import type { Firing } from './rules/rule.ts';

const BTC = 'sim:btcusdt';
const T0 = 1_700_000_100_000;

const RULES = [
  'oi > 10.5 every 1m',
  'sma(oi, 3) > 10.3 every 1m',
  'ema(oi, 4) > 10.2 on close',
  'close - 10*oi > 2.5 every 1m',
  'change(oi, 2) > 5% on close every 2m',
  'liquidations > 3 every 1m',
  'liquidations - liquidations[1] > 1 every 1m',
  'sma(liquidations, 4) > 2.2 on close',
  'z(oi, 6) > 1 and close > 100',
  'gdp_growth_rate > 2 for 1m',
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

const step = fc.record({
  wait: fc.integer({ min: 0, max: 40_000 }),
  move: fc.integer({ min: -90, max: 90 }),
  what: fc.constantFrom<'trade' | 'oi' | 'liquidations' | 'gdp_growth_rate'>(
    ...(['trade', 'trade', 'trade', 'oi', 'oi', 'liquidations', 'gdp_growth_rate'] as const),
  ),
});

/** Trades and facts; time is told before each fact, as a host does four times a second. */
const tape = fc.array(step, { minLength: 200, maxLength: 300 }).map((steps) => {
  let ts = T0;
  let price = 100;
  return steps.flatMap(({ wait, move, what }, i): (Trade | FactEvent | { type: 'clock'; ts: number })[] => {
    ts += wait;
    if (what === 'trade') {
      price = Math.round((100 + (price - 100) * 0.97 + move / 100) * 100) / 100;
      return [{ type: 'trade', instrument: BTC, ts, price, size: 1, side: 'buy', id: String(i) }];
    }
    const value = what === 'oi' ? 10 + move / 90 : what === 'liquidations' ? Math.abs(move) / 30 : move / 30;
    const instrument = what === 'gdp_growth_rate' ? undefined : BTC;
    return [
      { type: 'clock', ts },
      { type: 'fact', name: what, instrument, ts, value },
    ];
  });
});

function host() {
  const engine = new Engine();
  const [fired, closed, told]: [Firing[], Bar[], FactTaken[]] = [[], [], []];
  const take = (events: readonly EngineEvent[]): void => {
    for (const event of events) {
      if (event.type === 'fired') fired.push(event.firing);
      if (event.type === 'bar-closed' && event.interval === MINUTE) closed.push(event.bar);
      if (event.type === 'fact-taken') told.push(event);
    }
  };
  return { engine, fired, closed, told, apply: (event: MarketEvent) => take(engine.apply(event)) };
}

/** One point a minute, as it is stored. */
function byMinute(told: readonly FactTaken[], name: string) {
  const rows = new Map<number, { ts: number; at: number; value: number }>();
  for (const { ts, at, value } of told.filter((each) => each.name === name)) {
    const minute = Math.floor(at / MINUTE);
    const before = name === 'liquidations' ? (rows.get(minute)?.value ?? 0) : 0;
    rows.set(minute, { ts, at, value: before + value });
  }
  return [...rows.values()];
}

/** As the program does at its start: the bars and facts that are stored, then the rules as they stood. */
function begin(bars: readonly Bar[], told: readonly FactTaken[], rulesOf?: Engine) {
  const next = host();
  next.engine.watch(BTC, MINUTE, 400);
  next.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars });
  for (const name of ['oi', 'liquidations', 'gdp_growth_rate']) {
    const instrument = name === 'gdp_growth_rate' ? undefined : BTC;
    next.apply({ type: 'facts', name, instrument, points: byMinute(told, name) });
  }
  RULES.forEach((text, i) => {
    const saved = rulesOf?.rule(`r${i}`)?.saved;
    next.apply({ type: 'rule-set', ts: T0, rule: { id: `r${i}`, text }, ...(saved && { saved }) });
  });
  return next;
}

const PAST = Array.from({ length: 60 }, (_, i): Bar => {
  const start = Math.floor(T0 / MINUTE) * MINUTE - (60 - i) * MINUTE;
  return { start, open: 100, high: 100.5, low: 99.5, close: 100 + Math.sin(i) / 3, volume: 3, trades: 5 };
});
const TOLD = PAST.flatMap(({ start }, i): FactTaken[] => [
  { type: 'fact-taken', name: 'oi', instrument: BTC, ts: start, at: start, value: 10 + Math.sin(i) / 2 },
  { type: 'fact-taken', name: 'liquidations', instrument: BTC, ts: start, at: start, value: i % 3 },
  { type: 'fact-taken', name: 'gdp_growth_rate', instrument: undefined, ts: start, at: start, value: 1 },
]);

const key = (firings: readonly Firing[]) =>
  firings.map(({ id, ts, price, values }) => ({ id, ts, price, values: values.map(({ value }) => value) }));

describe('a run on facts with restarts in between', () => {
  it('fires what a run without them fires, with the same values to the last bit', () => {
    let count = 0;
    fc.assert(
      fc.property(tape, fc.array(fc.nat({ max: 399 }), { minLength: 1, maxLength: 3 }), (events, cuts) => {
        const whole = begin(PAST, TOLD);
        for (const event of events) whole.apply(event);
        const [bars, told, fired]: [Bar[], FactTaken[], Firing[]] = [[...PAST], [...TOLD], []];
        let part = begin(PAST, TOLD);
        const ends = [...new Set(cuts.map((cut) => cut % events.length))].sort((a, b) => a - b);
        for (const [n, end] of [...ends, events.length].entries()) {
          for (const event of events.slice(n === 0 ? 0 : ends[n - 1], end)) part.apply(event);
          fired.push(...part.fired);
          if (end === events.length || end === 0) continue;
          bars.push(...part.closed);
          // What belongs to the minute that is running comes again, in its order.
          const minute = Math.floor(events[end - 1].ts / MINUTE) * MINUTE;
          told.push(...part.told.filter(({ at }) => at < minute));
          const next = begin(bars, told, part.engine);
          for (const event of events.slice(0, end)) if (event.ts >= minute) next.apply(event);
          part = next;
        }
        expect(key(fired)).toEqual(key(whole.fired));
        count += whole.fired.length;
      }),
      { numRuns: 60 },
    );
    expect(count).toBeGreaterThan(600);
  });
});
