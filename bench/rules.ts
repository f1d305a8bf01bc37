import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import type { Scope } from '../engine/language/scope.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { parseTradeFrame } from '../feeds/binance-parse.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

export const INSTRUMENTS = 1000;
const FEW = 1_000;
const SOME = 100_000;
const MANY = 1_000_000;
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
  // From the usual volume of five minutes to ten times as much.
  ['volume', (random) => (1500 * (1 + random() * 9)).toFixed(1)],
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
          volume: random() * 600 * (interval / MINUTE),
          trades: 9,
        };
      });
      engine.apply({ type: 'bars', instrument, interval, bars });
    }
  }
  return engine;
}

/** Trades a second of each instrument, and for how many seconds: some to warm up, then those that are measured. */
const PACE = 10;
const WARM_S = 60;
const MEASURED_S = 240;
/** Two minutes into a bar of five, so that one closes while it is measured. */
const TAPE_BEGINS = T0 + 2 * MINUTE;

/** Frames as the venue sends them, a second at a time: a random walk by ticks of all instruments. */
function* frames(): Generator<readonly string[]> {
  const random = createRandom(7);
  const prices = new Float64Array(INSTRUMENTS).fill(START);
  let id = 1_000_000;
  for (let second = 0; second < WARM_S + MEASURED_S; second++) {
    yield Array.from({ length: PACE * INSTRUMENTS }, (_, n) => {
      const i = Math.floor(random() * INSTRUMENTS);
      if (random() < 0.5) prices[i]! += random() < 0.5 ? -0.01 : 0.01;
      const ts = TAPE_BEGINS + second * 1000 + Math.floor((n / (PACE * INSTRUMENTS)) * 1000);
      const [price, size] = [prices[i]!.toFixed(2), (0.00001 + random()).toFixed(5)];
      return `{"stream":"coin${i}usdt@trade","data":{"e":"trade","E":${ts + 3},"s":"COIN${i}USDT","t":${id++},"p":"${price}","q":"${size}","T":${ts},"m":${random() < 0.5},"M":true}}`;
    });
  }
}

interface Run {
  /** Frames a second of processor time: a machine that does other things besides counts only what is ours. */
  readonly rate: number;
  /** The same of the engine without parsing, and of JSON.parse alone. */
  readonly engineRate: number;
  readonly jsonRate: number;
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

/** Processor time of `work` in seconds. */
function cpuSeconds(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

/** The whole tape through an engine: what its measured part took, by what it went for. */
function play(engine: Engine): Pick<Run, 'rate' | 'engineRate' | 'jsonRate' | 'fired'> {
  let [all, parsing, json, count, fired, second] = [0, 0, 0, 0, 0, 0];
  const apply = (frame: string): void => {
    const events = engine.apply(parseTradeFrame(frame)!);
    for (let i = 0; i < events.length; i++) if (events[i]!.type === 'fired') fired++;
  };
  for (const chunk of frames()) {
    if (second++ < WARM_S) {
      for (const frame of chunk) apply(frame);
      fired = 0;
      continue;
    }
    json += cpuSeconds(() => chunk.forEach((frame) => void JSON.parse(frame)));
    parsing += cpuSeconds(() => chunk.forEach((frame) => void parseTradeFrame(frame)));
    all += cpuSeconds(() => chunk.forEach(apply));
    count += chunk.length;
  }
  return { rate: count / all, engineRate: count / (all - parsing), jsonRate: count / json, fired };
}

function run(rules: number): Run {
  const random = createRandom(13);
  const engine = marketOf();
  const before = held();
  const seconds = cpuSeconds(() => {
    for (let k = 0; k < rules; k++) {
      const text = parseRule(ruleText(k, random), scope);
      engine.apply({ type: 'rule-set', ts: T0, rule: { id: `r${k}`, text } });
    }
  });
  const bytesPerRule = (held() - before) / rules;
  return { ...play(engine), bytesPerRule, seconds, series: engine.size().series };
}

const figure = (value: number): string => Math.round(value).toLocaleString('en');

/** What it takes to read a rule and check its types. */
function benchParse(): BenchRow {
  const random = createRandom(19);
  const texts = Array.from({ length: 100_000 }, (_, k) => ruleText(k, random));
  for (const text of texts.slice(0, 20_000)) parseRule(text, scope);
  const seconds = cpuSeconds(() => {
    for (const text of texts) parseRule(text, scope);
  });
  return {
    name: 'parse + type check of a rule',
    figure: `${figure(texts.length / seconds)} rules/s`,
    wanted: 'at least 20,000 /s',
  };
}

/** A thousand rules against a million: what a trade costs, and what a rule weighs. */
export function benchRules(): readonly BenchRow[] {
  // Once to warm up: the first of them must not pay for the compiler.
  run(FEW);
  const [few, some, many] = [run(FEW), run(SOME), run(MANY)];
  const row = (rules: number, { rate, engineRate, fired, series, seconds }: Run): BenchRow => ({
    name: `${figure(rules)} rules, ${INSTRUMENTS} instruments, ${figure(series)} series`,
    figure: `${figure(rate)} trades/s from the frame on, ${figure(engineRate)} in the engine alone, ${figure(fired)} firings, parsed and set in ${seconds.toFixed(1)} s`,
  });
  return [
    benchParse(),
    row(FEW, few),
    {
      ...row(SOME, some),
      ratio: `${(some.rate / some.jsonRate).toFixed(2)} of JSON.parse alone (${figure(some.jsonRate)} /s)`,
      wanted: 'at least 0.35 of it',
    },
    {
      ...row(MANY, many),
      ratio: `${(few.rate / many.rate).toFixed(2)} from the frame on, ${(few.engineRate / many.engineRate).toFixed(2)} in the engine alone`,
      wanted: 'a trade at most twice as dear',
    },
    {
      name: 'memory of a rule, its share of the series included',
      figure: `${Math.round(many.bytesPerRule)} B`,
      wanted: 'below 1024 B',
    },
  ];
}
