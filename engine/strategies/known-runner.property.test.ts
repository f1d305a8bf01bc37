import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseStrategy } from '../language/strategy.ts';
import { testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import type { Bar, EngineEvent } from '../market/events.ts';
import { barStart, formatInterval, HOUR, MINUTE } from '../market/interval.ts';
import { beginning, type HistoryColumns } from '../preflight/replay.ts';
import { createDraw, type Draw } from '../quant/random.ts';
import { CATALOG } from '../series/catalog.ts';
import { planBacktest } from './backtest-plan.ts';
import { walkThrough } from './backtest-walk.ts';
import type { FundingPayments } from './funding.ts';
import { graphRunner } from './graph-runner.ts';
import { knownRunner } from './known-runner.ts';
import type { StrategyRun, StrategyRunner } from './runner.ts';
import { TEMPLATES, templateText } from './templates.ts';
import { TAPE_START } from './test-tape.ts';

const SYMBOLS = ['btcusdt', 'ethusdt', 'solusdt'];
const COUNT = 700;

interface Mood {
  /** Shares of bars that nothing is traded in, and that are missing. */
  readonly flat: number;
  readonly missing: number;
}

const CALM: Mood = { flat: 0, missing: 0 };

/** Bars that walk at random; volumes of which nobody says who bought are among them. */
function market(draw: Draw, interval: number, { flat, missing }: Mood): readonly Bar[] {
  const bars: Bar[] = [];
  let price = 50 + 100 * draw();
  const knowsBought = draw() < 0.7;
  for (let i = 0; i < COUNT; i++) {
    const start = TAPE_START + i * interval;
    const isSpared = i < COUNT / 3;
    if (!isSpared && draw() < missing) continue;
    if (!isSpared && draw() < flat) {
      bars.push({ start, open: price, high: price, low: price, close: price, volume: 0, trades: 0 });
      continue;
    }
    const open = draw() < 0.2 ? price * (1 + 0.01 * (draw() - 0.5)) : price;
    const close = Math.max(1, open * (1 + 0.02 * (draw() - 0.5)));
    const [high, low] = [Math.max(open, close) * (1 + 0.005 * draw()), Math.min(open, close) * (1 - 0.005 * draw())];
    const volume = 1 + 20 * draw();
    const bought = knowsBought || draw() < 0.9 ? { bought: volume * draw() } : {};
    bars.push({ start, open, high, low, close, volume, trades: 1 + Math.floor(20 * draw()), ...bought });
    price = close;
  }
  return bars;
}

/** Longer bars of shorter ones, as venues tell them: those that nothing was in are missing. */
function merged(bars: readonly Bar[], interval: number): readonly Bar[] {
  const groups = new Map<number, Bar[]>();
  for (const bar of bars) {
    const start = barStart(bar.start, interval);
    const group = groups.get(start);
    if (group === undefined) groups.set(start, [bar]);
    else group.push(bar);
  }
  return [...groups].map(([start, parts]) => ({
    start,
    open: parts[0]!.open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: parts.at(-1)!.close,
    volume: parts.reduce((sum, { volume }) => sum + volume, 0),
    trades: parts.reduce((sum, { trades }) => sum + trades, 0),
  }));
}

/** What is drawn at random may make no sense. */
function readOr(text: string) {
  try {
    return parseStrategy(text, testScope());
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A strategy over a market of its own. */
function runOf(text: string, seed: number, mood: Mood): StrategyRun | undefined {
  const draw = createDraw(seed);
  const strategy = readOr(text);
  if (strategy === undefined) return undefined;
  const probe = planBacktest(strategy, TAPE_START, TAPE_START + MINUTE);
  const { walked } = probe;
  const end = TAPE_START + COUNT * walked;
  const plan = planBacktest(
    strategy,
    TAPE_START + Math.floor(COUNT * 0.2) * walked,
    end - Math.floor(2 * draw()) * walked,
  );
  const tapes = new Map(plan.instruments.map((instrument) => [instrument, market(draw, walked, mood)]));
  const history = plan.needs.map(({ instrument, interval }): HistoryColumns => {
    const tape = tapes.get(instrument)!;
    return { instrument, interval, columns: toColumns(interval === walked ? tape : merged(tape, interval)) };
  });
  const from = beginning(plan, history);
  return from === undefined ? undefined : { text: strategy, plan, history, from };
}

/** What a runner tells, in order, and what comes of it. */
function heard(run: StrategyRun, runner: StrategyRunner, funding: readonly FundingPayments[]) {
  const events: EngineEvent[] = [];
  const note = (some: readonly EngineEvent[]): readonly EngineEvent[] => {
    for (const event of some) if (event.type === 'signal' || event.type === 'signal-event') events.push(event);
    return some;
  };
  const listening: StrategyRunner = {
    apply: (event) => note(runner.apply(event)),
    minute: (instrument, columns, at) => note(runner.minute(instrument, columns, at)),
    view: () => runner.view(),
    narrow: (instrument, calm) => runner.narrow(instrument, calm),
  };
  return { done: walkThrough(run, listening, [], funding), events, open: runner.view().open };
}

/** Rates that are due at some bars, and between them. */
function fundingOf({ plan }: StrategyRun): readonly FundingPayments[] {
  const times = [0.3, 0.5, 0.7].map(
    (part) => TAPE_START + Math.floor(part * COUNT) * plan.walked + (part === 0.5 ? 7 : 0),
  );
  return plan.instruments.map((instrument) => ({ instrument, times, rates: [0.001, -0.002, 0.003] }));
}

/** @returns signals that were raised; undefined where only the graph can run it */
function compare(text: string, seed: number, mood: Mood): number | undefined {
  const run = runOf(text, seed, mood);
  const known = run && knownRunner(run);
  if (run === undefined || known === undefined) return undefined;
  const funding = fundingOf(run);
  const quick = heard(run, known, funding);
  expect(quick, `${text} (seed ${seed})`).toEqual(heard(run, graphRunner(run), funding));
  return quick.done?.signals ?? 0;
}

const COMPUTED = CATALOG.filter(({ input }) => input !== 'fact');

describe('a strategy over bars that are all known', () => {
  it.each(TEMPLATES)(
    'gives the signals, fills and equity of the engine: the template $name',
    ({ name, text, interval }) => {
      const other = 'solusdt';
      const asked = templateText({ name, text, interval, summary: '' }, other);
      const counts = ['btc', 'btc, eth'].flatMap((on) =>
        [interval, HOUR].flatMap((each) =>
          [CALM, { flat: 0.1, missing: 0.03 }].map((mood, i) =>
            compare(`x on ${on} ${formatInterval(each)} ${asked}`, 10 + i, mood),
          ),
        ),
      );
      // The book is no bar, and of a pair with holes it is a question of what comes first.
      if (name === 'scalping') expect(counts.every((count) => count === undefined)).toBe(true);
      else expect(counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBeGreaterThan(0);
    },
  );

  it('gives the signals, fills and equity of the engine: every indicator as its example says', () => {
    const counts = COMPUTED.map(({ example }, i) => {
      const interval = [MINUTE, 3 * MINUTE, 15 * MINUTE, HOUR][i % 4]!;
      const side = i % 3 === 0 ? 'short' : 'long';
      const text = `x on btc ${formatInterval(interval)} ${side} when ${example} exit when not (${example}) stop 1% target 2%`;
      return compare(text, i, i % 2 === 0 ? CALM : { flat: 0.1, missing: 0.02 });
    });
    expect(counts.filter((count) => count !== undefined).length).toBeGreaterThan(0.8 * COMPUTED.length);
    expect(counts.filter((count) => count !== undefined && count > 0).length).toBeGreaterThan(0.5 * COMPUTED.length);
  });

  it('gives the signals, fills and equity of the engine: one that reads other instruments', () => {
    const texts = [
      'long when close > sma(5) and solusdt.close > solusdt.sma(5) exit when solusdt.z(9) < 0',
      'long when solusdt.rsi(5) crosses above 50 or close crosses above highest(5)[1] exit when corr(solusdt, 9) < 0 stop 1%',
      'short when rsi(5) < 40 and ols(solusdt, 20).z > 0 exit when rsi(5) > 50 or ols(solusdt, 20).z < -1',
    ];
    const counts = texts.flatMap((text) =>
      [5 * MINUTE, HOUR].map((interval, i) => compare(`x on btc ${formatInterval(interval)} ${text}`, 40 + i, CALM)),
    );
    for (const count of counts) expect(count).toBeGreaterThan(5);
  });

  it.each([
    ['facts', 'x on btc 1h long when funding > 0.0001 expire 1d', CALM],
    ['what counts from some time on, begun anew', 'x on btc 1h long when ema(obv, 9) crosses above 0 expire 1d', CALM],
    ['bars of seconds', 'x on btc 15s long when rsi(5) > 50 expire 1h', CALM],
    ['several of which one reads another', 'x on btc, eth 1h long when solusdt.rsi(5) > 50 expire 1d', CALM],
    ['another instrument with holes', 'x on btc 1h long when solusdt.rsi(5) > 50 expire 1d', { flat: 0, missing: 0.1 }],
  ] as const)('leaves to the engine itself: %s', (_what, text, mood) => {
    const run = runOf(text, 3, mood);
    expect(run).toBeDefined();
    expect(knownRunner(run!)).toBeUndefined();
  });

  it('gives the signals, fills and equity of the engine: whatever is written', () => {
    const draw = createDraw(77);
    let [quick, signals] = [0, 0];
    for (let i = 0; i < RUNS; i++) {
      const text = randomStrategy(draw);
      const mood = draw() < 0.5 ? CALM : { flat: 0.2 * draw(), missing: 0.05 * draw() };
      const count = compare(text, i, mood);
      if (count !== undefined) quick++;
      signals += count ?? 0;
    }
    expect(quick).toBeGreaterThan(RUNS * 0.6);
    expect(signals).toBeGreaterThan(RUNS * 5);
  });
});

const RUNS = 120;
const pick = <T>(draw: Draw, all: readonly T[]): T => all[Math.floor(draw() * all.length)]!;

function randomStrategy(draw: Draw): string {
  const interval = pick(draw, [MINUTE, 3 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR]);
  const others = [2, 5].map((times) => formatInterval(interval * times));
  const bars = (): number => 2 + Math.floor(draw() * 12);
  const series = (): string => {
    const own = pick(draw, [
      ...['close', 'high', 'open', 'volume', 'price'],
      ...[`sma(${bars()})`, `ema(${bars()})`, `rsi(${bars()})`, `z(${bars()})`, `atr(${bars()})`],
      ...[`donchian(${bars()}).upper[1]`, `bb(${bars()}, 2).lower`, `supertrend(${bars()}, 2).direction`],
      ...[`ema(rsi(${bars()}), 3)`, 'macd(3, 6, 4).histogram', 'vwap', `sma(volume, ${bars()})`, 'delta', 'obv'],
    ]);
    const at = draw() < 0.15 && !own.includes('[') ? `@${pick(draw, others)}` : '';
    const of = draw() < 0.06 ? 'solusdt.' : '';
    return `${of}${own}${at}`;
  };
  const compared = (): string =>
    `${series()} ${pick(draw, ['>', '<', '>=', 'crosses above', 'crosses below', 'crosses'])} ${series()}`;
  const condition = (): string =>
    pick(draw, [
      compared,
      () => `${compared()} and ${series()} > ${series()}`,
      () => `${compared()} or not (${compared()})`,
      () => `z(${bars()}) ${pick(draw, ['leaves', 'enters', 'inside', 'outside'])} [-1, 1]`,
      () => `rsi(${bars()}) crosses ${pick(draw, ['above', 'below'])} ${20 + 60 * draw()}`,
    ])();
  const side = (name: string): string => {
    const exit = draw() < 0.6 ? ` exit ${name} when ${condition()}` : '';
    return `${name} when ${condition()}${exit}`;
  };
  const sides = pick(draw, [['long'], ['short'], ['long', 'short']]).map(side);
  const stop = pick(draw, ['', 'stop 1%', 'stop 2*atr(5)', 'stop 0.4%']);
  const target = pick(draw, ['', 'target 1%', 'target 3*atr(5)']);
  const expire = `expire ${formatInterval(interval * bars())}`;
  const costs = pick(draw, ['', 'fee 0 slippage 0', 'size 50%']);
  const symbols = SYMBOLS.slice(0, pick(draw, [1, 1, 2, 3])).join(', ');
  return `x on ${symbols} ${formatInterval(interval)} ${sides.join(' ')} ${stop} ${target} ${expire} ${costs}`;
}
