import { describe, expect, it } from 'vitest';
import { parseStrategy } from '../../language/strategy.ts';
import { testScope } from '../../language/test-scope.ts';
import { toColumns } from '../../market/bar-history.ts';
import { DAY, HOUR } from '../../market/interval.ts';
import type { HistoryColumns } from '../../preflight/replay.ts';
import { planBacktest } from '../backtest-plan.ts';
import { randomBars } from '../test-market.ts';
import { TAPE_START, tape } from '../test-tape.ts';
import { cutTo, type SearchMaterial, warmFrom } from './material.ts';
import { isSearched, type ParameterSet, parameterSets, type SearchedParam } from './parameter-sets.ts';
import { searchReport } from './report.ts';
import { backtestBetween, type ReadStrategy, trySet } from './search.ts';
import { axisOf, influenceOf, surfaceOf } from './surface.ts';
import { LEAST_FOR_SPLITS, partOf, splitPeriod, stitched } from './walk-forward.ts';

const BTC = 'binance:btcusdt';
const param = (name: string, value: number, low: number, high: number): SearchedParam => {
  return { name, value, low, high, percent: false };
};

describe('what is tried', () => {
  it('is the whole grid where it is small: whole numbers one by one, others in seven steps', () => {
    const { how, sets } = parameterSets([param('n', 3, 2, 4), param('x', 1.5, 1, 4)], 21);
    expect(how).toBe('grid');
    expect(sets).toHaveLength(21);
    expect(new Set(sets.map(({ n }) => n))).toEqual(new Set([2, 3, 4]));
    expect(sets.slice(0, 7).map(({ x }) => x)).toEqual([1, 1.5, 2, 2.5, 3, 3.5, 4]);
  });

  it('is drawn evenly where it is not, the text’s own values first, none twice, the same for the same seed', () => {
    const params = [param('n', 10, 1, 100), param('m', 7, 1, 100)];
    const { how, sets } = parameterSets(params, 400);
    expect(how).toBe('random');
    expect(sets[0]).toEqual({ n: 10, m: 7 });
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(400);
    expect(parameterSets(params, 400)).toEqual({ how, sets });
    expect(parameterSets(params, 400, 2).sets).not.toEqual(sets);
    // 400 draws of 1 to 100: a mean of 50.5 with an error of 28.9 / 20.
    expect(Math.abs(sets.reduce((sum, { n }) => sum + n!, 0) / 400 - 50.5)).toBeLessThan(4 * 1.45);
    expect(sets.every(({ n, m }) => Number.isInteger(n) && Number.isInteger(m) && n! >= 1 && n! <= 100)).toBe(true);
  });
});

describe('a range too long to be listed', () => {
  it('is drawn from all over, without a list of it', () => {
    const [low, high] = [1, 999_999_999_999];
    const { how, sets } = parameterSets([param('n', 14, low, high), param('m', 7, 1, 3)], 200);
    expect(how).toBe('random');
    expect(sets).toHaveLength(200);
    expect(sets.every(({ n }) => Number.isInteger(n) && n! >= low && n! <= high)).toBe(true);
    // The share of 199 even draws in the upper half: 1/2 with an error of 1 / (2 * sqrt(199)).
    const upper = sets.slice(1).filter(({ n }) => n! > high / 2).length / 199;
    expect(Math.abs(upper - 0.5)).toBeLessThan(4 / (2 * Math.sqrt(199)));
  });
});

describe('the windows', () => {
  it('roll over the period: each is tried right behind what it was chosen on, and what is tried has no hole', () => {
    const windows = splitPeriod(TAPE_START, TAPE_START + 800 * HOUR + 1, HOUR, HOUR);
    expect(windows).toHaveLength(5);
    windows.forEach(({ from, split, to }, i) => {
      expect([split - from, to - split]).toEqual([300 * HOUR, 100 * HOUR]);
      if (i > 0) expect(split).toBe(windows[i - 1]!.to);
    });
    expect(windows[0]!.from).toBe(TAPE_START);
    expect(windows.at(-1)!.to).toBe(TAPE_START + 800 * HOUR);
    expect(splitPeriod(TAPE_START, TAPE_START + (LEAST_FOR_SPLITS - 1) * HOUR, HOUR, HOUR)).toEqual([]);
    // Bars of a day are read too: all begins with one.
    for (const { from, split } of splitPeriod(TAPE_START, TAPE_START + 60 * DAY, HOUR, DAY))
      expect([from % DAY, split % DAY]).toEqual([0, 0]);
  });
});

describe('the surface', () => {
  const scored = parameterSets([param('a', 1, 1, 4), param('b', 1, 1, 3), param('idle', 1, 1, 2)], 24).sets.map(
    (values) => ({ values, score: 10 * values.a! + values.b! }),
  );

  it('is over the two parameters that tell the scores apart, with their means', () => {
    const { columns, rows, scores } = surfaceOf(scored);
    expect([columns.name, rows!.name]).toEqual(['a', 'b']);
    expect(scores).toEqual([1, 2, 3].map((b) => [1, 2, 3, 4].map((a) => 10 * a + b)));
    // Between groups of a: variance 100 * 1.25; all: that and 2 / 3 of b.
    expect(influenceOf(axisOf('a', scored), scored)).toBeCloseTo(125 / (125 + 2 / 3), 12);
    expect(influenceOf(axisOf('idle', scored), scored)).toBeCloseTo(0, 12);
  });

  it('has one row for one parameter, takes many values together, and leaves a hole where nothing was tried', () => {
    const one = surfaceOf(Array.from({ length: 100 }, (_each, i) => ({ values: { n: i }, score: i < 50 ? 0 : 1 })));
    expect(one.rows).toBeUndefined();
    expect(one.columns.parts).toHaveLength(7);
    expect(one.columns.parts[0]).toEqual([0, 13]);
    expect(one.scores[0]![0]).toBe(0);
    const holed = surfaceOf(scored.filter(({ values }) => values.a !== 2 || values.b !== 2));
    expect(holed.scores[1]![1]).toBeNaN();
  });
});

const TEXT =
  'x on btc 1h param n = 20 [5..60] long when close crosses above sma(n) exit long when close < sma(n) expire 9d';
const read: ReadStrategy = (values) => parseStrategy(TEXT, testScope(), { values: new Map(Object.entries(values)) });

function materialOf(bars: ReturnType<typeof randomBars>, first: number): SearchMaterial {
  const to = bars.at(-1)!.start + HOUR;
  return {
    from: bars[first]!.start,
    to,
    history: [{ instrument: BTC, interval: HOUR, columns: toColumns(bars) }],
    told: [],
  };
}

describe('a search', () => {
  const bars = randomBars(3, HOUR, 900);
  const material = materialOf(bars, 100);
  const windows = splitPeriod(material.from, material.to, HOUR, HOUR);
  const sets: readonly ParameterSet[] = [5, 10, 20, 40, 60].map((n) => ({ n }));
  const tried = sets.flatMap((set) => trySet(read, set, material, windows) ?? []);

  it('chooses what was best in each window, and tries that behind it from nothing held: worked out anew', () => {
    const report = searchReport(read, tried, sets.length, material, windows)!;
    const parts = windows.map((window, i) => {
      const scores = sets.map((set) => {
        const { equity, times, trades } = backtestBetween(read(set), material, material.from, material.to)!;
        const at = Array.from(times, (ts, k) => (ts > window.from && ts <= window.split ? k : -1)).filter(
          (k) => k >= 0,
        );
        const moves = at.map((k) => equity[k]! / (k === 0 ? 1 : equity[k - 1]!) - 1);
        const mean = moves.reduce((sum, each) => sum + each, 0) / moves.length;
        const deviation = Math.sqrt(moves.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (moves.length - 1));
        const count = trades.filter(({ entered }) => entered >= window.from && entered < window.split).length;
        return count < 3 ? Number.NEGATIVE_INFINITY : mean / deviation;
      });
      const set = sets[scores.indexOf(Math.max(...scores))]!;
      expect(report.windows[i]!.values).toEqual(set);
      return backtestBetween(read(set), material, window.split, window.to)!;
    });
    expect(report.tested.equity.total).toBeCloseTo(parts.reduce((all, { equity }) => all * equity.at(-1)!, 1) - 1, 12);
    expect(report.tested.held.total).toBeCloseTo(parts.reduce((all, { held }) => all * held.at(-1)!, 1) - 1, 12);
    expect(report.tested.trades).toBe(parts.reduce((sum, { trades }) => sum + trades.length, 0));
    expect(report.tested.ms).toBe(500 * HOUR);
    expect(report).toMatchObject({ tried: 5, refused: 0, trials: { count: 5 } });
    const best = Math.max(...tried.map(({ whole }) => whole.sharpe!));
    expect(report.best.report.equity.perPeriod!.sharpe).toBeCloseTo(best, 12);
  });

  it('knows nothing in a window of what comes behind it', () => {
    const window = windows[1]!;
    const other = randomBars(99, HOUR, 900);
    const mixed = bars.map((bar, i) => (bar.start < window.split ? bar : other[i]!));
    const later = materialOf(mixed, 100);
    for (const set of tried) {
      const again = trySet(read, set.values, later, windows)!;
      expect(again.chosenOn[1]).toEqual(set.chosenOn[1]);
      expect(again.whole).not.toEqual(set.whole);
    }
  });

  it('leaves out what the language refuses, and says nothing where nothing traded', () => {
    expect(trySet(read, { n: 99 }, material, windows)).toBeUndefined();
    const still = materialOf(
      tape(
        HOUR,
        bars.map(() => [100, 100, 100, 100]),
      ),
      100,
    );
    const idle = sets.flatMap((set) => trySet(read, set, still, windows) ?? []);
    expect(idle).toHaveLength(5);
    expect(searchReport(read, idle, 5, still, windows)).toBeUndefined();
  });

  it('gives each backtest the bars that it would have alone', () => {
    const plan = planBacktest(read({ n: 20 }), windows[2]!.split, windows[2]!.to);
    const cut = cutTo(plan, material.history);
    const alone: readonly HistoryColumns[] = plan.needs.map(({ instrument, interval, from, to }) => {
      return { instrument, interval, columns: toColumns(bars.filter(({ start }) => start >= from && start < to)) };
    });
    expect(cut.map(({ columns }) => Array.from(columns.close))).toEqual(
      alone.map(({ columns }) => Array.from(columns.close)),
    );
    expect(warmFrom(plan, cut)).toBe(plan.from);
    expect(warmFrom(plan, [{ ...cut[0]!, columns: toColumns(bars.slice(-40)) }])).toBe(bars.at(-40)!.start + 21 * HOUR);
  });

  it('parts an equity at its times, and stitches parts to one', () => {
    const whole = backtestBetween(read({ n: 20 }), material, material.from, material.to)!;
    const middle = windows[2]!.split;
    const [first, second] = [partOf(whole, material.from, middle), partOf(whole, middle, material.to)];
    expect((1 + first.growth) * (1 + second.growth)).toBeCloseTo(whole.equity.at(-1)!, 12);
    expect(first.trades + second.trades).toBe(whole.trades.length);
    const twice = stitched([whole, whole]);
    expect(twice.equity.at(-1)).toBeCloseTo(whole.equity.at(-1)! ** 2, 12);
    expect(twice.equity).toHaveLength(2 * whole.equity.length);
  });
});

it('a parameter without a range is not searched', () => {
  const { params } = parseStrategy(
    'x on btc 1h param n = 20 param k = 3 [2..4] long when close > sma(n) expire 3h',
    testScope(),
  );
  expect(params.filter(isSearched).map(({ name }) => name)).toEqual(['k']);
});
