import type { CompareOp, Condition, Expr } from '../language/ast.ts';
import type { NamedValue } from '../rules/rule.ts';
import type { NaiveMarket } from './market.ts';
import { type NaiveSeries, newestStep } from './points.ts';
import { type Combined, column, difference, seriesOf } from './series.ts';

const MINUTE = 60_000;

/** A comparison, asked anew at each look. Where there is no number it stays as it was. */
export interface NaiveComparison {
  readonly instruments: ReadonlySet<string>;
  /** Undefined until there was a number. */
  holds: boolean | undefined;
  look(): void;
  named(): Omit<NamedValue, 'series'>;
}

/** A condition that can be asked. What is a moment is true only when its inner condition has just become so. */
export interface NaiveTest {
  ask(): boolean;
  /** What has just become true is none any more. @returns whether there are moments in it */
  rest(): boolean;
}

export interface Reading {
  readonly market: NaiveMarket;
  readonly onClose: boolean;
  /** With `for`, what would be moments are states. */
  readonly lasting: boolean;
  readonly comparisons: NaiveComparison[];
}

const HOLDS: Record<CompareOp, (x: number, y: number) => boolean> = {
  '>': (x, y) => x > y,
  '<': (x, y) => x < y,
  '>=': (x, y) => x >= y,
  '<=': (x, y) => x <= y,
};

export function testOf(condition: Condition, reading: Reading): NaiveTest {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.left, condition.op, condition.right, reading);
    case 'cross': {
      const { left, right, direction } = condition;
      const above = direction !== 'below' && moment(compare(left, '>', right, reading), reading);
      const below = direction !== 'above' && moment(compare(left, '<', right, reading), reading);
      return any([above, below].filter((test) => test !== false));
    }
    case 'range': {
      const { expr, low, high, how } = condition;
      const inside = all([compare(expr, '>=', low, reading), compare(expr, '<=', high, reading)]);
      const wanted = how === 'inside' || how === 'enters' ? inside : opposite(inside);
      return how === 'inside' || how === 'outside' ? wanted : moment(wanted, reading);
    }
    case 'not':
      return opposite(testOf(condition.item, reading));
    case 'and':
      return all(condition.items.map((item) => testOf(item, reading)));
    case 'or':
      return any(condition.items.map((item) => testOf(item, reading)));
  }
}

const restAll = (tests: readonly NaiveTest[]): boolean => tests.map((test) => test.rest()).includes(true);
const all = (tests: readonly NaiveTest[]): NaiveTest => ({
  ask: () => tests.every((test) => test.ask()),
  rest: () => restAll(tests),
});
const any = (tests: readonly NaiveTest[]): NaiveTest => ({
  ask: () => tests.some((test) => test.ask()),
  rest: () => restAll(tests),
});
const opposite = (test: NaiveTest): NaiveTest => ({ ask: () => !test.ask(), rest: () => test.rest() });

function moment(test: NaiveTest, { lasting }: Reading): NaiveTest {
  if (lasting) return test;
  let was = false;
  return {
    ask: () => !was && test.ask(),
    rest: () => {
      was = test.ask();
      return true;
    },
  };
}

function compare(left: Expr, op: CompareOp, right: Expr, reading: Reading): NaiveTest {
  const [x, y] = [operand(left, reading), operand(right, reading)];
  if (typeof x === 'number') throw new RangeError('a number stands on the right side');
  const read = typeof y === 'number' ? againstLevel(x, y, reading) : againstSeries(x, y, reading);
  const comparison: NaiveComparison = {
    instruments: read.instruments,
    holds: undefined,
    look() {
      const value = read.value();
      if (!Number.isNaN(value)) comparison.holds = HOLDS[op](value, typeof y === 'number' ? y : 0);
    },
    named: read.named,
  };
  reading.comparisons.push(comparison);
  return { ask: () => comparison.holds === true, rest: () => false };
}

/** The price has no interval of its own, but where only closes are looked at. */
function operand(expr: Expr, { market, onClose }: Reading): NaiveSeries | number {
  const isPrice = expr.kind === 'series' && expr.name === 'price';
  return isPrice && !onClose ? column(market.track(expr.instrument, MINUTE), 'close') : seriesOf(expr, market);
}

interface Reader {
  readonly instruments: ReadonlySet<string>;
  value(): number;
  named(): Omit<NamedValue, 'series'>;
}

const namesOf = (series: NaiveSeries): ReadonlySet<string> =>
  new Set(series.tracks.map(({ instrument }) => instrument));
const orNone = (x: number | undefined): number | undefined => (Number.isNaN(x) ? undefined : x);
const closedOf = (series: NaiveSeries, ago: number): number => {
  const { values } = series.closed();
  return values[values.length - ago] ?? Number.NaN;
};

function againstLevel(x: NaiveSeries, level: number, { onClose }: Reading): Reader {
  const value = (): number => (onClose ? closedOf(x, 1) : x.live());
  return {
    instruments: namesOf(x),
    value,
    named: () => ({
      value: value(),
      before: orNone(onClose ? closedOf(x, 2) : x.before(newestStep(x.tracks))),
      threshold: level,
    }),
  };
}

function againstSeries(x: NaiveSeries, y: NaiveSeries, { onClose, market }: Reading): Reader {
  const both = difference(x, y, market);
  const live = {
    value: () => both.live(),
    named: () => ({ value: x.live(), before: orNone(x.before(newestStep(x.tracks))), threshold: y.live() }),
  };
  const closed = { value: () => closedOf(both, 1), named: () => namedAtClose(both) };
  return { instruments: namesOf(both), ...(onClose ? closed : live) };
}

/** At the newest close that both sides have. */
function namedAtClose(both: Combined): Omit<NamedValue, 'series'> {
  const { starts } = both.closed();
  const [value, threshold] = both.rowAt(starts[starts.length - 1]);
  const [before] = both.rowAt(starts[starts.length - 2] ?? Number.NaN);
  return { value, before: orNone(before), threshold };
}
