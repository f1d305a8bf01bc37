import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import type { Scope } from '../engine/language/scope.ts';
import type { Trade } from '../engine/market/events.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

export const INSTRUMENTS = 1000;
const FEW = 1_000;
const MANY = 1_000_000;
const TRADES = 200_000;
export const T0 = 1_700_000_100_000;
const START = 500;

/** Kinds of series that rules compare with a number, with what numbers fit. */
const PLAIN: readonly (readonly [series: string, level: (random: () => number) => string])[] = [
  ['price', (random) => near(random, 0.05)],
  ['change(12)', (random) => `${((random() - 0.5) * 6).toFixed(3)}%`],
  ['rsi(14)', (random) => (15 + random() * 70).toFixed(2)],
  ['z(20)', (random) => (random() * 6 - 3).toFixed(3)],
  ['ema(50)', (random) => near(random, 0.03)],
  ['sma(200)', (random) => near(random, 0.03)],
  ['bb(20).upper', (random) => near(random, 0.05)],
  ['bb(20).width', (random) => `${(0.01 + random() * 5).toFixed(3)}%`],
  ['macd.histogram', (random) => ((random() - 0.5) * 4).toFixed(3)],
  ['atr(14)', (random) => (0.01 + random() * 5).toFixed(3)],
  ['highest(50)', (random) => near(random, 0.05)],
  ['volume', (random) => (1 + random() * 900).toFixed(1)],
];
const CROSSINGS = [
  'ema(20) crosses above ema(50)',
  'close crosses below sma(200)',
  'macd crosses above macd.signal',
  'close crosses above bb(20).upper',
];

const near = (random: () => number, width: number): string => (START * (1 + (random() - 0.5) * 2 * width)).toFixed(2);
export const scope: Scope = {
  resolve: (name) => (name.includes(':') ? name : undefined),
  suggest: () => [],
  instrument: undefined,
  interval: 5 * MINUTE,
  now: T0,
  wallTime: Date.UTC,
};

/** The text of rule `k`: 70 of 100 compare a series with a number, 20 are crossings, 10 are compound. */
export function ruleText(k: number, random: () => number): string {
  const instrument = `binance:coin${k % INSTRUMENTS}usdt`;
  const plain = (): string => {
    const [series, level] = PLAIN[Math.floor(random() * PLAIN.length)]!;
    return `${series} ${random() < 0.5 ? '>' : '<'} ${level(random)}`;
  };
  const kind = Math.floor(k / INSTRUMENTS + random() * 10) % 10;
  if (kind < 7) return `${instrument} ${plain()}`;
  if (kind < 9) return `${instrument} ${CROSSINGS[Math.floor(random() * CROSSINGS.length)]!}`;
  return `${instrument} ${plain()} ${random() < 0.7 ? 'and' : 'or'} ${plain()}`;
}

export function marketOf(): Engine {
  const engine = new Engine();
  const random = createRandom(11);
  for (let i = 0; i < INSTRUMENTS; i++) {
    const instrument = `binance:coin${i}usdt`;
    engine.watch(instrument, 5 * MINUTE, 300);
    let price = START;
    for (const interval of [MINUTE, 5 * MINUTE]) {
      const bars = Array.from({ length: 300 }, (_, k) => {
        price = START + (price - START) * 0.98 + (random() - 0.5) * 4;
        const start = Math.floor(T0 / interval) * interval - (300 - k) * interval;
        return {
          start,
          open: price,
          high: price + random(),
          low: price - random(),
          close: price,
          volume: random() * 800,
          trades: 9,
        };
      });
      engine.apply({ type: 'bars', instrument, interval, bars });
    }
  }
  return engine;
}

/** A random walk of all instruments, a trade every 2 ms. */
function tape(count: number): Trade[] {
  const random = createRandom(7);
  const prices = new Float64Array(INSTRUMENTS).fill(START);
  return Array.from({ length: count }, (_, n) => {
    const i = Math.floor(random() * INSTRUMENTS);
    if (random() < 0.5) prices[i] = prices[i]! + (random() < 0.5 ? -0.01 : 0.01);
    const side = random() < 0.5 ? 'buy' : 'sell';
    return {
      type: 'trade',
      instrument: `binance:coin${i}usdt`,
      ts: T0 + n * 2,
      price: Number(prices[i]!.toFixed(2)),
      size: random(),
      side,
      id: String(n),
    };
  });
}

interface Run {
  /** Trades a second of processor time: a machine that does other things besides counts only what is ours. */
  readonly rate: number;
  readonly bytesPerRule: number;
  readonly fired: number;
  /** To parse and set all rules. */
  readonly seconds: number;
  readonly series: number;
}

const held = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

function run(rules: number, trades: readonly Trade[]): Run {
  const random = createRandom(13);
  const engine = marketOf();
  const before = held();
  const from = performance.now();
  for (let k = 0; k < rules; k++) {
    const text = parseRule(ruleText(k, random), scope);
    engine.apply({ type: 'rule-set', ts: T0, rule: { id: `r${k}`, text } });
  }
  const seconds = (performance.now() - from) / 1000;
  const bytesPerRule = (held() - before) / rules;
  const half = trades.length / 2;
  for (let n = 0; n < half; n++) engine.apply(trades[n]!);
  let fired = 0;
  const used = process.cpuUsage();
  for (let n = half; n < trades.length; n++) {
    const events = engine.apply(trades[n]!);
    for (let i = 0; i < events.length; i++) if (events[i]!.type === 'fired') fired++;
  }
  const { user, system } = process.cpuUsage(used);
  return { rate: (half / (user + system)) * 1e6, bytesPerRule, fired, seconds, series: engine.size().series };
}

/** A thousand rules against a million: what a trade costs, and what a rule weighs. */
export function benchRules(): readonly BenchRow[] {
  const trades = tape(TRADES);
  // Once to warm up: the first of the two must not pay for the compiler.
  run(FEW, trades);
  const [few, many] = [run(FEW, trades), run(MANY, trades)];
  const row = (rules: number, { rate, fired, series, seconds }: Run): BenchRow => ({
    name: `${rules.toLocaleString('en')} rules, ${INSTRUMENTS} instruments, ${series.toLocaleString('en')} series`,
    figure: `${Math.round(rate).toLocaleString('en')} trades/s, ${fired} firings, parsed and set in ${seconds.toFixed(1)} s`,
  });
  return [
    row(FEW, few),
    {
      ...row(MANY, many),
      ratio: (few.rate / many.rate).toFixed(2),
      wanted: 'a trade at most twice as dear',
    },
    {
      name: 'memory of a rule, its share of the series included',
      figure: `${Math.round(many.bytesPerRule)} B`,
      wanted: 'below 1024 B',
    },
  ];
}
