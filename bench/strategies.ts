import { availableParallelism } from 'node:os';
import { ATR, EMA, RSI } from 'trading-signals';
import { createSearches } from '../app/backtests/searches.ts';
import { systemClock } from '../app/system-clock.ts';
import { storedScope } from '../commands/scope.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import { type BarColumns, toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import { MINUTE } from '../engine/market/interval.ts';
import type { HistoryColumns } from '../engine/preflight/replay.ts';
import { type Backtest, backtest } from '../engine/strategies/backtest.ts';
import { planBacktest } from '../engine/strategies/backtest-plan.ts';
import { isSearched, parameterSets } from '../engine/strategies/search/parameter-sets.ts';
import { TEMPLATES } from '../engine/strategies/templates.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

const BARS = 1_000_000;
/** What is optimised, and how many sets the threads are compared with. */
const [SETS, SEARCHED_BARS, FEW_SETS] = [500, 100_000, 40];
/** The searches have as many times their usual patience: so many bars they are never asked for. */
const PATIENCE = 10;
const WARM = 500;
const ROUNDS = 3;
const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error };
const T0 = 28_000_000 * MINUTE;
const BTC = 'binance:btcusdt';

/** Minutes of a price that walks at random, calm and lively in turn. */
function minutes(seed: number, count: number): readonly Bar[] {
  const random = createRandom(seed);
  let price = 30_000;
  return Array.from({ length: count }, (_each, i) => {
    const step = (i % 4_000 < 2_000 ? 0.0004 : 0.0015) * price;
    const open = price;
    price = Math.max(100, open + (random() + random() - 1) * step);
    const [high, low] = [Math.max(open, price) + random() * step * 0.5, Math.min(open, price) - random() * step * 0.5];
    return { start: T0 + i * MINUTE, open, high, low, close: price, volume: 1 + random(), trades: 40 };
  });
}

const MA_CROSS = TEMPLATES.find(({ name }) => name === 'ma-cross')!;
const maCross = parseStrategy(
  `${MA_CROSS.text} fee 0% slippage 0%`,
  storedScope({ instrument: '', interval: MINUTE }),
  { instruments: [BTC] },
);

/** What is filled when at which price of the market. */
interface Fill {
  readonly at: number;
  readonly price: number;
}

/** The template's rules as one writes them in a loop over a library of indicators: the same entries, stops, targets and exits. */
function bareLoop(columns: BarColumns, from: number): { readonly fills: readonly Fill[]; readonly equity: number } {
  const [fast, slow, rsi, atr] = [new EMA(12), new EMA(26), new RSI(14), new ATR(14)];
  const fills: Fill[] = [];
  const { open: opens, high: highs, low: lows, close: closes } = columns;
  let [side, next, stop, target, equity] = [0, undefined as number | undefined, 0, 0, 1];
  let [wasUp, wasLong, wasShort, quantity, worth] = [false, false, false, 0, 0];
  let [nextStop, nextTarget] = [0, 0];
  const leave = (at: number, price: number): void => {
    fills.push({ at, price });
    equity += side * (quantity * price - worth);
    side = 0;
  };
  for (let i = 0; i < columns.length; i++) {
    const [open, high, low, close] = [opens[i], highs[i], lows[i], closes[i]];
    if (next !== undefined) {
      if (side !== 0) leave(i, open);
      if (next !== 0) {
        [side, stop, target, worth] = [next, nextStop, nextTarget, equity];
        quantity = worth / open;
        fills.push({ at: i, price: open });
      }
      next = undefined;
    }
    if (side !== 0 && (open - stop) * side <= 0) leave(i, open);
    else if (side !== 0 && (open - target) * side >= 0) leave(i, target);
    else if (side !== 0 && ((side > 0 ? low : high) - stop) * side <= 0) leave(i, stop);
    else if (side !== 0 && ((side > 0 ? high : low) - target) * side >= 0) leave(i, target);
    fast.add(close);
    slow.add(close);
    rsi.add(close);
    atr.add({ high, low, close });
    if (i < WARM - 1) continue;
    const [f, s, r] = [fast.getResultOrThrow(), slow.getResultOrThrow(), rsi.getResultOrThrow()];
    const isUp = f > s;
    const isLong = isUp && !wasUp && r > 50;
    const isShort = !isUp && wasUp && r < 50;
    const range = atr.getResultOrThrow();
    if (i + 1 > from) {
      if (side > 0 && !isUp) next = 0;
      if (side < 0 && isUp) next = 0;
      if (isLong && !wasLong && side <= 0) [next, nextStop, nextTarget] = [1, close - 2 * range, close + 4 * range];
      if (isShort && !wasShort && side >= 0) [next, nextStop, nextTarget] = [-1, close + 2 * range, close - 4 * range];
    }
    [wasUp, wasLong, wasShort] = [isUp, isLong, isShort];
  }
  if (side !== 0) leave(columns.length, closes[columns.length - 1]);
  return { fills, equity };
}

/** Where two ways of reckoning part, or undefined. */
function difference(done: Backtest, bare: ReturnType<typeof bareLoop>): string | undefined {
  const fills = done.trades.flatMap(({ entered, left, entry, exit }) => [
    { at: Math.floor((entered - T0) / MINUTE), price: entry },
    { at: Math.floor((left - T0) / MINUTE), price: exit },
  ]);
  for (let i = 0; i < Math.max(fills.length, bare.fills.length); i++) {
    const [a, b] = [fills[i], bare.fills[i]];
    if (a === undefined || b === undefined || a.at !== b.at || Math.abs(a.price / b.price - 1) > 1e-9) {
      return `fill ${i}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
    }
  }
  return undefined;
}

/** A backtest of a million minutes, beside the same rules in a bare loop. */
function benchBacktest(): BenchRow {
  const columns = toColumns(minutes(1, BARS));
  const from = T0 + WARM * MINUTE;
  const plan = planBacktest(maCross, from, T0 + BARS * MINUTE);
  const history: readonly HistoryColumns[] = [{ instrument: BTC, interval: MINUTE, columns }];
  let [whole, bare, best] = [0, 0, 0];
  let told = '';
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const loop = bareLoop(columns, WARM);
    const middle = performance.now();
    const done = backtest(maCross, plan, history)!;
    const end = performance.now();
    const [a, b] = [BARS / (end - middle), BARS / (middle - begin)];
    if (a / b > best) [whole, bare, best] = [a, b, a / b];
    const off = difference(done, loop);
    told = off === undefined ? `equal results, ${done.trades.length} trades` : `NOT EQUAL at ${off}`;
  }
  const rate = (perMs: number): string => Math.round(perMs * 1000).toLocaleString('en');
  return {
    name: `backtest of ma-cross over ${BARS.toLocaleString('en')} minutes`,
    figure: `${rate(whole)} bars/s (bare loop over trading-signals ${rate(bare)}/s; ${told})`,
    ratio: best.toFixed(2),
    wanted: 'at least 0.5',
  };
}

/** Sets over bars through the searches as the program has them. @returns how long it took, in ms */
async function searched(threads: number, sets: number, bars: readonly Bar[]): Promise<number> {
  const searches = createSearches({
    range: async (_instrument, _interval, from, to) =>
      bars.slice(Math.max(0, Math.ceil((from - T0) / MINUTE)), Math.max(0, Math.ceil((to - T0) / MINUTE))),
    facts: async () => () => undefined,
    clock: { now: systemClock.now, after: (ms, task) => systemClock.after(ms * PATIENCE, task) },
    ...{ log: quiet, threads },
  });
  const strategy = maCross;
  const all = parameterSets(strategy.params.filter(isSearched), sets).sets;
  const ask = async (some: typeof all): Promise<void> => {
    const from = T0 + WARM * MINUTE;
    const search = { candidates: [{ strategy, sets: some }], from, to: T0 + bars.length * MINUTE };
    const running = searches.start('console:bench', 'console:bench', search);
    const answer = typeof running === 'string' ? undefined : await running.done;
    if (answer?.kind !== 'done') throw new RangeError(`a search came to ${answer?.kind}`);
  };
  try {
    // Starts and warms the threads.
    await ask(all.slice(0, 2 * threads));
    const begin = performance.now();
    await ask(all);
    return performance.now() - begin;
  } finally {
    await searches.close();
  }
}

async function benchSearch(): Promise<BenchRow> {
  const bars = minutes(2, SEARCHED_BARS);
  const threads = Math.min(2, availableParallelism());
  const [one, two] = [await searched(1, FEW_SETS, bars), await searched(threads, FEW_SETS, bars)];
  const whole = await searched(threads, SETS, bars);
  const rate = (SETS * SEARCHED_BARS) / whole;
  return {
    name: `optimise: ${SETS} sets over ${SEARCHED_BARS.toLocaleString('en')} minutes in ${threads} threads`,
    figure: `${(whole / 1000).toFixed(1)} s, ${Math.round(rate).toLocaleString('en')}k bars/s; ${FEW_SETS} sets ${(one / two).toFixed(2)} times as fast as in one thread`,
  };
}

export async function benchStrategies(): Promise<readonly BenchRow[]> {
  return [benchBacktest(), await benchSearch()];
}
