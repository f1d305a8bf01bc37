import type { Expr, SeriesExpr } from '../language/ast.ts';
import type { Bar } from '../market/events.ts';
import { averageRange, type Formula, formulaOf } from './formulas.ts';
import { barAt, lastTraded, type NaiveMarket, type NaiveTrack } from './market.ts';
import { beganWithFacts, countAt, growing, hasFacts, isMoved, type NaiveSeries, newest } from './points.ts';
import { firstInput, memoryOf, stretchesOf, windowOf } from './stretch.ts';
import { factSeries, isFactName } from './told.ts';

const MINUTE = 60_000;

/** The series of an expression; the bars that it needs are kept from now on. */
export function seriesOf(expr: Expr, market: NaiveMarket): NaiveSeries | number {
  switch (expr.kind) {
    case 'truth':
      throw new RangeError('no condition stands for a number here');
    case 'number':
      return expr.value;
    case 'duration':
      return expr.ms;
    case 'series':
      return named(expr, market);
    case 'lag':
      return lag(seriesOf(expr.expr, market) as NaiveSeries, expr.bars);
    case 'negate':
      return combine('-', [0, seriesOf(expr.expr, market)], market);
    case 'binary':
      return combine(expr.op, [seriesOf(expr.left, market), seriesOf(expr.right, market)], market);
    case 'math':
      return combine(
        expr.name,
        expr.args.map((arg) => seriesOf(arg, market)),
        market,
      );
  }
}

/** Left less right, at the finer of their intervals. */
export function difference(left: NaiveSeries, right: NaiveSeries, market: NaiveMarket): Combined {
  return combine('-', [left, right], market);
}

const OPERATIONS: Record<string, (...values: number[]) => number> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => (y === 0 ? Number.NaN : x / y),
  '^': (x, y) => x ** y,
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
  log: Math.log,
  sqrt: Math.sqrt,
};

const COLUMNS = new Set(['price', 'open', 'high', 'low', 'close', 'volume', 'trades']);

function named(expr: SeriesExpr, market: NaiveMarket): NaiveSeries {
  const { name, params, field = '', instrument } = expr;
  if (COLUMNS.has(name)) return column(market.track(instrument, expr.interval), name === 'price' ? 'close' : name);
  if (isFactName(name)) return factSeries(name, market, instrument, expr.interval);
  const numbers = params.map((param) => (param.kind === 'number' ? param.value : param.ms));
  if (name === 'atr') return ranges(market.track(instrument, expr.interval), numbers[0]);
  const span = params.find((param) => param.kind === 'duration');
  if (span === undefined) {
    const input = seriesOf(expr.input!, market) as NaiveSeries;
    return indicator(name, numbers, field, sampled(input, expr.interval, market));
  }
  // A length of time is measured in minutes, and where it is shorter than five of them in seconds.
  const interval = span.ms >= 5 * MINUTE ? MINUTE : 1000;
  const input = column(market.track(instrument, interval), 'close');
  return sampled(indicator(name, [span.ms / interval], '', input), expr.interval, market);
}

export function column(track: NaiveTrack, name: string): NaiveSeries {
  const key = name as Exclude<keyof Bar, 'bought'>;
  const tracks = [track];
  const closed = growing(tracks, ({ starts, values }) => {
    for (const bar of track.closed.slice(starts.length)) {
      starts.push(bar.start);
      values.push(bar[key]);
    }
  });
  const self = { name: `${track.instrument}.${name}@${track.interval}`, tracks, interval: track.interval };
  const lastClosed = (): number => closed().values[countAt(closed(), self) - 1] ?? Number.NaN;
  const open = (without: number): Bar | undefined =>
    track.seen === undefined ? undefined : barAt(track, lastTraded(track), without);
  return {
    ...self,
    closed,
    live: () => open(0)?.[key] ?? lastClosed(),
    before: (step) => (isMoved(closed(), self, step) ? open(1) : open(0))?.[key] ?? lastClosed(),
    began: () => open(1) === undefined,
  };
}

function indicator(name: string, params: readonly number[], field: string, input: NaiveSeries): NaiveSeries {
  const base = `${name}(${params.join(',')})[${input.name}]@${input.interval}`;
  const stretches = stretchesOf(memoryOf(name, params), base, input.interval);
  const window = windowOf(name, params);
  const first = (starts: readonly number[], i: number): number =>
    window === undefined ? firstInput(stretches, starts, i) : Math.max(0, i + 1 - window);
  return kernel(field === '' ? base : `${base}.${field}`, formulaOf(name, params, field), input, first);
}

/** From which input on the value at input `i` is computed. */
type First = (starts: readonly number[], i: number) => number;

const known = (xs: readonly number[]): number[] => xs.filter((x) => !Number.isNaN(x));

function kernel(name: string, formula: Formula, input: NaiveSeries, first: First): NaiveSeries {
  const { tracks, interval, began } = input;
  const closed = growing(tracks, ({ starts, values }) => {
    const inputs = input.closed();
    for (let i = starts.length; i < inputs.starts.length; i++) {
      starts.push(inputs.starts[i]);
      values.push(
        Number.isNaN(inputs.values[i]) ? Number.NaN : formula(known(inputs.values.slice(first(starts, i), i + 1))),
      );
    }
  });
  const count = (): number => countAt(input.closed(), input);
  const lastClosed = (): number => closed().values[count() - 1] ?? Number.NaN;
  const ending = (x: number): number => {
    const { starts, values } = input.closed();
    const from = first(starts, count() - 1);
    return Number.isNaN(x) ? Number.NaN : formula([...known(values.slice(from, count())), x]);
  };
  const live = (): number => (newest(tracks) === undefined ? lastClosed() : ending(input.live()));
  const before = (step: number): number => {
    if (!isMoved(input.closed(), input, step)) return live();
    return began() ? lastClosed() : ending(input.before(step));
  };
  return {
    name,
    tracks,
    interval,
    began,
    closed,
    live,
    before,
  };
}

/** The average true range takes whole bars. */
function ranges(track: NaiveTrack, length: number): NaiveSeries {
  const close = column(track, 'close');
  const name = `${track.instrument}.atr(${length})@${track.interval}`;
  const stretches = stretchesOf(memoryOf('atr', [length]), name, track.interval);
  const { tracks, interval, began } = close;
  const closed = growing(tracks, ({ starts, values }) => {
    for (let i = starts.length; i < track.closed.length; i++) {
      starts.push(track.closed[i].start);
      values.push(averageRange(track.closed.slice(firstInput(stretches, starts, i), i + 1), length));
    }
  });
  const count = (): number => countAt(close.closed(), close);
  const ending = (without: number): number => {
    const bar = track.seen && barAt(track, lastTraded(track), without);
    return bar === undefined
      ? (closed().values[count() - 1] ?? Number.NaN)
      : averageRange(
          [...track.closed.slice(firstInput(stretches, close.closed().starts, count() - 1), count()), bar],
          length,
        );
  };
  return {
    name,
    tracks,
    interval,
    began,
    closed,
    live: () => ending(0),
    before: (step) => ending(isMoved(close.closed(), close, step) ? 1 : 0),
  };
}

function lag(input: NaiveSeries, bars: number): NaiveSeries {
  const { tracks, interval, began } = input;
  const closed = growing(tracks, ({ starts, values }) => {
    const inputs = input.closed();
    for (let i = starts.length; i < inputs.starts.length; i++) {
      starts.push(inputs.starts[i]);
      values.push(inputs.values[i - bars] ?? Number.NaN);
    }
  });
  const back = (ago: number): number => input.closed().values[countAt(input.closed(), input) - ago] ?? Number.NaN;
  const lastClosed = (): number => back(bars + 1);
  const live = (): number => (newest(tracks) === undefined ? lastClosed() : back(bars));
  const name = `${input.name}[${bars}]`;
  return {
    name,
    tracks,
    interval,
    began,
    closed,
    live,
    before: (step) => (isMoved(input.closed(), input, step) && began() ? lastClosed() : live()),
  };
}

/** A series as it was known at the closes of another interval. */
export function sampled(input: NaiveSeries, interval: number, market: NaiveMarket): NaiveSeries {
  if (input.interval === interval) return input;
  const track = market.track(input.tracks[0].instrument, interval);
  const clock = column(track, 'close');
  const tracks = [...input.tracks, track];
  const closed = growing(tracks, ({ starts, values }) => {
    const inputs = input.closed();
    for (const start of clock.closed().starts.slice(starts.length)) {
      let at = inputs.starts.length - 1;
      while (at >= 0 && inputs.starts[at] + input.interval > start + interval) at--;
      starts.push(start);
      values.push(inputs.values[at] ?? Number.NaN);
    }
  });
  const name = `${input.name}~${interval}`;
  const began = (): boolean => (hasFacts(tracks) ? beganWithFacts(closed(), { tracks, interval }) : clock.began());
  return { name, tracks, interval, closed, live: input.live, before: input.before, began };
}

/** What is put together, with its parts at the same closes. */
export interface Combined extends NaiveSeries {
  readonly parts: readonly (NaiveSeries | number)[];
  /** The values of all parts at the close of the bar that starts at `start`. */
  rowAt(start: number): readonly number[];
}

function combine(operation: string, operands: readonly (NaiveSeries | number)[], market: NaiveMarket): Combined {
  const varying = operands.filter((part) => typeof part !== 'number');
  const interval = Math.min(...varying.map((part) => part.interval));
  const parts = operands.map((part) => (typeof part === 'number' ? part : sampled(part, interval, market)));
  const series = parts.filter((part) => typeof part !== 'number');
  const tracks = [...new Set(series.flatMap((part) => part.tracks))];
  const apply = OPERATIONS[operation];
  const name = `${operation}(${parts.map((part) => (typeof part === 'number' ? part : part.name)).join(';')})`;
  const self = { name, tracks, interval };
  const now = (read: (part: NaiveSeries) => number): number =>
    apply(...parts.map((part) => (typeof part === 'number' ? part : read(part))));
  const rowAt = (start: number): number[] =>
    parts.map((part) =>
      typeof part === 'number' ? part : part.closed().values[part.closed().starts.lastIndexOf(start)],
    );
  const closed = growing(tracks, ({ starts, values }) => {
    const last = starts[starts.length - 1] ?? Number.NEGATIVE_INFINITY;
    const [first, ...rest] = series.map((part) => part.closed().starts);
    const fresh = first.slice(first.findLastIndex((start) => start <= last) + 1);
    for (const start of fresh.filter((each) => rest.every((others) => others.lastIndexOf(each) >= 0))) {
      starts.push(start);
      values.push(apply(...rowAt(start)));
    }
  });
  return {
    ...self,
    parts,
    rowAt,
    closed,
    live: () => now((part) => part.live()),
    before: (step) => now((part) => part.before(step)),
    began: () => {
      const isOne = new Set(tracks.map(({ instrument }) => instrument)).size === 1;
      return isOne && !hasFacts(tracks) ? series[0].began() : beganWithFacts(closed(), self);
    },
  };
}
