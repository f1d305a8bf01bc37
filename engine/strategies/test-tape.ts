import { parseStrategy, type StrategyOptions } from '../language/strategy.ts';
import { testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { DAY } from '../market/interval.ts';
import type { HistoryColumns, ToldFact } from '../preflight/replay.ts';
import { type Backtest, backtest } from './backtest.ts';
import { planBacktest } from './backtest-plan.ts';
import { TEMPLATES, templateText } from './templates.ts';

/** Where tapes begin: midnight of a day. */
export const TAPE_START = 20_000 * DAY;

/** One bar after the other; each is `[open, high, low, close]` and a volume, 10 where it says nothing. */
export type TapeRow = readonly [open: number, high: number, low: number, close: number, volume?: number];

export const tape = (interval: number, rows: readonly TapeRow[], start = TAPE_START): readonly Bar[] =>
  rows.map(([open, high, low, close, volume = 10], i) => {
    return { start: start + i * interval, open, high, low, close, volume, trades: 8 };
  });

export interface TapeOptions extends StrategyOptions {
  /** How many bars are there before the test begins. */
  readonly warm: number;
  readonly told?: readonly ToldFact[];
}

/** A strategy over bars of its own interval. */
export function runTape(
  text: string,
  bars: Readonly<Record<string, readonly Bar[]>>,
  { warm, told = [], ...options }: TapeOptions,
): Backtest {
  const strategy = parseStrategy(text, testScope(), options);
  const [any] = Object.values(bars);
  const from = any![warm]!.start;
  const plan = planBacktest(strategy, from, any!.at(-1)!.start + strategy.interval);
  const history = plan.needs.flatMap(({ instrument, interval }): HistoryColumns[] => {
    const own = interval === strategy.interval ? bars[instrument] : undefined;
    return own === undefined ? [] : [{ instrument, interval, columns: toColumns(own) }];
  });
  const done = backtest(strategy, plan, history, told);
  if (done === undefined) throw new Error('it never had values');
  return done;
}

/** A template's text with some of its parameters changed. */
export function templateOn(name: string, on: string): string {
  const template = TEMPLATES.find((each) => each.name === name);
  if (template === undefined) throw new Error(`no template ${name}`);
  return `${name} on ${on} ${templateText(template, 'btcusdt')}`;
}
