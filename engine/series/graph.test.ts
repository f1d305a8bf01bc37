import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../engine.ts';
import { parseExpression, parseRule } from '../language/parse.ts';
import type { Scope } from '../language/scope.ts';
import { toColumns } from '../market/bar-history.ts';
import type { Bar, Trade } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import { evaluate } from './evaluate.ts';
import { planOf, spanBars, spanInterval, type VaryingPlan } from './plan.ts';

const T0 = 1_700_000_100_000 - (1_700_000_100_000 % (15 * MINUTE));
const SYMBOLS: Record<string, string> = {
  btc: 'sim:btcusdt',
  btcusdt: 'sim:btcusdt',
  eth: 'sim:ethusdt',
  ethusdt: 'sim:ethusdt',
};
const scope: Scope = {
  resolve: (name) => SYMBOLS[name.toLowerCase()] ?? (name.includes(':') ? name.toLowerCase() : undefined),
  suggest: () => [],
  instrument: 'sim:btcusdt',
  interval: MINUTE,
  now: T0,
  wallTime: Date.UTC,
};

/** Every kind of step: columns, indicators, fields, lags, arithmetic, other intervals, other instruments. */
const EXPRESSIONS = [
  'close',
  'volume',
  'sma(5)',
  'sma(volume, 3)',
  'rsi(4)[2]',
  'macd(2, 4, 3).histogram',
  'bb(5, 2).upper - close',
  'close - ema(3)@5m',
  'sma(rsi(3)@5m, 4)',
  'sma(close@1m, 3)@5m',
  'btcusdt/ethusdt',
  'z(btcusdt/ethusdt, 6)',
  'ethusdt.atr(4) * 2',
  'max(close, ethusdt.close, 100) - min(open, low)',
  'change(5m)',
  'highest(4)[1]',
  '-log(close) ^ 2',
  '(close - open)@5m',
  'barssince(close > open)',
  'barssince(sma(2) crosses sma(4) or ethusdt.close < 90)',
  'barssince(rsi(3) inside [40, 60] and not volume > 3)',
  'barssince(close leaves [80, 120])[1]',
  'corr(ethusdt, 4)',
  'beta(ethusdt, btcusdt, 3)',
  'ols(btcusdt, ethusdt, 4).z',
  'ols(ethusdt@5m, 3).hedge',
  'coint(ethusdt, 30).statistic',
  'corr(rsi(3), volume, 4)',
  'sma(spread(ethusdt, 4), 3)[1]',
  'delta + sells - buys',
  'sma(delta, 3)',
  'cvd(3)@5m',
  'buyratio(4)',
  'traderate(3)@5m',
];

/** Live, a longer bar that is still open counts; over stored bars it does not: these have no bar more. */
const MIXED = new Set(['close - ema(3)@5m', 'sma(rsi(3)@5m, 4)', 'sma(close@1m, 3)@5m', 'ols(ethusdt@5m, 3).hedge']);

const tape = fc.array(
  fc.record({
    wait: fc.integer({ min: 0, max: 90_000 }),
    price: fc.integer({ min: 5_000, max: 15_000 }),
    eth: fc.boolean(),
  }),
  { minLength: 60, maxLength: 160 },
);

const SIDES: readonly Trade['side'][] = ['buy', 'sell', 'sell', 'buy', 'buy'];

function toTrades(steps: readonly { wait: number; price: number; eth: boolean }[]): Trade[] {
  let ts = T0;
  return steps.map(({ wait, price, eth }, i) => {
    ts += wait;
    const instrument = eth ? 'sim:ethusdt' : 'sim:btcusdt';
    return { type: 'trade', instrument, ts, price: price / 100, size: 1 + (i % 3), side: SIDES[i % 5], id: String(i) };
  });
}

describe('the live graph', () => {
  it.each(EXPRESSIONS)('closes with what is computed over the same bars at once: %s', (text) => {
    fc.assert(
      fc.property(tape, fc.integer({ min: 0, max: 40 }), (steps, early) => {
        const engine = new Engine();
        const trades = toTrades(steps);
        const first = { ...trades[0], instrument: 'sim:ethusdt', ts: T0 };
        for (const trade of [{ ...first, instrument: 'sim:btcusdt' }, first]) engine.apply(trade);
        for (const trade of trades.slice(0, early)) engine.apply(trade);
        engine.apply({
          type: 'rule-set',
          ts: T0,
          rule: { id: '1', text: parseRule(`btcusdt (${text}) * 1 > 123456 on close`, scope) },
        });
        for (const trade of trades.slice(early)) engine.apply(trade);
        const end = Math.ceil((trades[trades.length - 1].ts + 1) / (15 * MINUTE)) * 15 * MINUTE;
        engine.apply({ type: 'clock', ts: end });

        const bars = (id: string, interval: number): readonly Bar[] => engine.barsOf(id, interval, 1e6).closed;
        const { values } = evaluate(planOf(parseExpression(text, scope)), (id, interval) =>
          toColumns(bars(id, interval)),
        );
        const wanted = values[values.length - 1];
        const view = engine.rule('1')!;
        if (Number.isNaN(wanted)) expect(view.ready && !Number.isNaN(view.values[0].value)).toBe(false);
        else expect(view.values[0].value).toBeCloseTo(wanted, 7);
      }),
      { numRuns: 25 },
    );
  });

  it.each(EXPRESSIONS.filter((text) => !MIXED.has(text)))(
    'follows each trade with what a bar more would give: %s',
    (text) => {
      fc.assert(
        fc.property(tape, (steps) => {
          const engine = new Engine();
          const trades = toTrades(steps);
          for (const id of ['sim:btcusdt', 'sim:ethusdt']) engine.apply({ ...trades[0], instrument: id, ts: T0 });
          engine.apply({
            type: 'rule-set',
            ts: T0,
            rule: { id: '1', text: parseRule(`btcusdt (${text}) * 1 > 123456`, scope) },
          });
          for (const trade of trades) {
            engine.apply(trade);
            // All instruments stand in the same minute: what "a bar more" is has one meaning then.
            engine.apply({ ...trade, instrument: 'sim:btcusdt' });
            engine.apply({ ...trade, instrument: 'sim:ethusdt' });
          }
          const source = (id: string, interval: number) => {
            const { closed, open } = engine.barsOf(id, interval, 1e6);
            return toColumns(open === undefined ? closed : [...closed, open]);
          };
          const { values } = evaluate(planOf(parseExpression(text, scope)), source);
          const wanted = values[values.length - 1];
          const view = engine.rule('1')!;
          if (Number.isNaN(wanted)) expect(view.ready && !Number.isNaN(view.values[0].value)).toBe(false);
          else expect(view.values[0].value).toBeCloseTo(wanted, 7);
        }),
        { numRuns: 15 },
      );
    },
  );

  it('holds one node for each distinct series and none that nobody needs', () => {
    const engine = new Engine();
    const set = (id: string, text: string) =>
      engine.apply({ type: 'rule-set', ts: T0, rule: { id, text: parseRule(text, scope) } });
    set('1', 'btc rsi(14) > 70');
    const { series } = engine.size();
    for (let i = 2; i < 100; i++) set(String(i), `btc 1m rsi(close, 14) > ${i}`);
    expect(engine.size().series).toBe(series);
    for (let i = 1; i < 100; i++) engine.apply({ type: 'rule-remove', ts: T0, ruleId: String(i) });
    expect(engine.size()).toMatchObject({ series: 0, rules: 0 });
  });
});

describe('a length of time', () => {
  it.each([
    ['1h', 60 * MINUTE, MINUTE],
    ['24h', 24 * 60 * MINUTE, 15 * MINUTE],
    ['5m', 5 * MINUTE, MINUTE],
    ['1m', MINUTE, 1_000],
    ['7d', 7 * 24 * 60 * MINUTE, 60 * MINUTE],
  ])('of %s is measured in bars that divide it and number at most a few hundred', (_text, ms, interval) => {
    expect(spanInterval(ms)).toBe(interval);
  });

  it.each([
    ['1h', 60 * MINUTE, 5 * MINUTE, MINUTE],
    ['24h', 24 * 60 * MINUTE, 60 * MINUTE, 15 * MINUTE],
    ['24h', 24 * 60 * MINUTE, 5 * MINUTE, 5 * MINUTE],
    ['24h', 24 * 60 * MINUTE, 1_000, MINUTE],
    ['7d', 7 * 24 * 60 * MINUTE, 5 * MINUTE, 5 * MINUTE],
    ['7d', 7 * 24 * 60 * MINUTE, MINUTE, 5 * MINUTE],
    ['30d', 30 * 24 * 60 * MINUTE, 5 * MINUTE, 60 * MINUTE],
    ['1m', MINUTE, MINUTE, 1_000],
  ])(
    'of %s is measured in no longer bars than it is asked for at, where they are not too many',
    (_text, ms, own, bars) => {
      expect(spanBars(ms, own)).toBe(bars);
    },
  );

  it('is known at each close as it is then', () => {
    const closes = Array.from({ length: 300 }, (_, i) => 100 + 10 * Math.sin(i / 7));
    const start = T0 - closes.length * 5 * MINUTE;
    const bars = closes.map((close, i) => {
      const at = { start: start + i * 5 * MINUTE, open: close, high: close, low: close, close };
      return { ...at, volume: 1, trades: 1 };
    });
    const plan = planOf(parseExpression('change(1d)', { ...scope, interval: 5 * MINUTE })) as VaryingPlan;
    const source = (_id: string, interval: number) => toColumns(interval === 5 * MINUTE ? bars : []);
    const { values } = evaluate(plan, source);
    expect(values[299]).toBeCloseTo(closes[299] / closes[11] - 1, 12);
    expect(values[298]).toBeCloseTo(closes[298] / closes[10] - 1, 12);
  });
});
