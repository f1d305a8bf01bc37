import type { RuleText } from '../language/ast.ts';
import { barAt } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { barStart, DAY, HOUR, MINUTE } from '../market/interval.ts';
import type { Firing } from '../rules/rule.ts';
import { changedRule, changesFor, type Proposal, proposalsOf } from './changes.ts';
import { type HistoryColumns, type Replay, replay, type ToldFact } from './replay.ts';
import type { ReplayPlan } from './replay-plan.ts';
import { isNoisy, type Tally, tallyOf } from './tally.ts';

/** A rule and what it is tried on: plain data. */
export interface TrialRequest {
  readonly rule: RuleText;
  readonly plan: ReplayPlan;
  readonly history: readonly HistoryColumns[];
  readonly told?: readonly ToldFact[];
}

/** What came of it. */
export interface Trial {
  readonly tally: Tally;
  /** What would make the rule quieter, where it needs that. */
  readonly proposals: readonly Proposal[];
  /** The first firing in each of the bars, oldest first, to be marked on a chart. */
  readonly firings: readonly Firing[];
  /** The time that it was tried on in few bars of the rule's instrument. */
  readonly bars: readonly Bar[];
  /** Length of these bars, in ms. */
  readonly interval: number;
}

const MOST_BARS = 250;
const BAR_LENGTHS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];

/** Tries a rule on its past, and where it is noisy also what may calm it. @returns undefined where it never had values */
export function tryRule({ rule, plan, history, told }: TrialRequest): Trial | undefined {
  const [done] = replay([rule], plan, history, told);
  if (done === undefined) return undefined;
  const tally = tallyOf(done);
  const changes = isNoisy(tally) && !rule.modes.once ? changesFor(rule) : [];
  const changed = changes.map((change) => changedRule(rule, change));
  const proposals = changes.length === 0 ? [] : proposalsOf(changes, replay(changed, plan, history, told));
  const { bars, interval } = overview(plan, history, done);
  return { tally, proposals, firings: firstOfEach(done.firings, interval), bars, interval };
}

/** More than one in a bar could not be told apart on a picture. */
function firstOfEach(firings: readonly Firing[], interval: number): readonly Firing[] {
  // A firing at a bar's end belongs to that bar.
  const place = ({ ts }: Firing): number => barStart(ts - 1, interval);
  return firings.filter((firing, i) => i === 0 || place(firing) !== place(firings[i - 1]));
}

/** The walked bars of the rule's instrument, joined until they fit on a picture. */
function overview(
  { walked, instruments }: ReplayPlan,
  history: readonly HistoryColumns[],
  { from, to }: Replay,
): Pick<Trial, 'bars' | 'interval'> {
  const fits = (length: number): boolean =>
    length >= walked && length % walked === 0 && (to - from) / length <= MOST_BARS;
  const interval = BAR_LENGTHS.find(fits) ?? walked * Math.ceil((to - from) / walked / MOST_BARS);
  const { columns } = history.find((part) => part.instrument === instruments[0] && part.interval === walked)!;
  const bars: Bar[] = [];
  for (let i = 0; i < columns.length; i++) {
    if (columns.start[i] >= from) join(bars, barAt(columns, i), interval);
  }
  return { bars, interval };
}

function join(bars: Bar[], { start, open, high, low, close, volume, trades }: Bar, interval: number): void {
  const longer = barStart(start, interval);
  const last = bars.at(-1);
  if (last?.start !== longer) {
    bars.push({ start: longer, open, high, low, close, volume, trades });
    return;
  }
  bars[bars.length - 1] = {
    ...last,
    high: Math.max(last.high, high),
    low: Math.min(last.low, low),
    close,
    volume: last.volume + volume,
    trades: last.trades + trades,
  };
}
