import { describe, expect, it } from 'vitest';
import { parseStrategy } from '../../language/strategy.ts';
import { testScope } from '../../language/test-scope.ts';
import { toColumns } from '../../market/bar-history.ts';
import type { Bar } from '../../market/events.ts';
import { MINUTE } from '../../market/interval.ts';
import { createDraw } from '../../quant/random.ts';
import { planBacktest } from '../backtest-plan.ts';
import { needsOther, TEMPLATES } from '../templates.ts';
import { randomBars } from '../test-market.ts';
import { TAPE_START } from '../test-tape.ts';
import { isSearched, parameterSets } from './parameter-sets.ts';
import { searchReport } from './report.ts';
import { type ReadStrategy, trySet } from './search.ts';
import { judged, survivorOf } from './survivor.ts';
import { splitPeriod } from './walk-forward.ts';

const IS_LONG = process.env.MODE === 'long';
const [SEEDS, COUNT, SETS] = IS_LONG ? [200, 1_500, 5] : [3, 1_200, 4];
/** Bars of the markets that something can be found in. */
const PLANTED = 1_600;
const BTC = 'binance:btcusdt';
const WARM = 350;

const ALONE = TEMPLATES.filter((template) => !needsOther(template)).filter(({ name, text }) => {
  const strategy = parseStrategy(`${name} on btc 1m ${text}`, testScope());
  return planBacktest(strategy, 0, MINUTE).facts.length === 0;
});

/** The templates on bars of one symbol, as they are tried for a suggestion. */
function suggestedOn(bars: readonly Bar[]) {
  const to = bars.at(-1)!.start + MINUTE;
  const from = bars[WARM]!.start;
  const material = { from, to, history: [{ instrument: BTC, interval: MINUTE, columns: toColumns(bars) }], told: [] };
  const windows = splitPeriod(from, to, MINUTE, MINUTE);
  const reports = ALONE.map(({ name, text }) => {
    const read: ReadStrategy = (values) =>
      parseStrategy(`${name} on btc 1m ${text}`, testScope(), { values: new Map(Object.entries(values)) });
    const { sets } = parameterSets(read({}).params.filter(isSearched), SETS);
    const tried = sets.flatMap((set) => trySet(read, set, material, windows) ?? []);
    return searchReport(read, tried, sets.length, material, windows);
  });
  const all = judged(reports);
  const at = survivorOf(all);
  return { all, name: at === undefined ? undefined : ALONE[at]!.name };
}

/** Bars of a price that is drawn back to 100 by a share of the way, with a noise of so much a bar. */
function drawnBack(seed: number, share: number, noise: number): readonly Bar[] {
  const draw = createDraw(seed);
  let price = 100;
  return Array.from({ length: PLANTED }, (_each, i) => {
    const open = price;
    price += (100 - price) * share + (draw() + draw() + draw() - 1.5) * 2 * noise;
    const [high, low] = [Math.max(open, price), Math.min(open, price)];
    return { start: TAPE_START + i * MINUTE, open, high, low, close: price, volume: 10, trades: 9 };
  });
}

/** Bars that go one way for long, and then the other. */
function trending(seed: number, pace: number, noise: number): readonly Bar[] {
  const draw = createDraw(seed);
  let [price, way, left] = [100, 1, 0];
  return Array.from({ length: PLANTED }, (_each, i) => {
    if (left-- <= 0) [way, left] = [-way, 20 + Math.floor(draw() * 30)];
    const open = price;
    price *= 1 + way * pace + (draw() + draw() + draw() - 1.5) * 2 * noise;
    const [high, low] = [Math.max(open, price), Math.min(open, price)];
    return { start: TAPE_START + i * MINUTE, open, high, low, close: price, volume: 10, trades: 9 };
  });
}

describe('a suggestion', () => {
  it('is nearly never made on random walks', () => {
    let proposed = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { all, name } = suggestedOn(randomBars(seed, MINUTE, COUNT));
      expect(all.filter((each) => each !== undefined).length).toBeGreaterThan(2);
      if (name !== undefined) proposed++;
    }
    // 5% at most are meant: by chance up to 19 of 200 in one of a thousand, or 1 of 3 in one of a hundred.
    expect(proposed).toBeLessThanOrEqual(IS_LONG ? 19 : 1);
  }, 900_000);

  it('finds what returns to its mean where the price does, and what follows where it goes on', () => {
    expect(suggestedOn(drawnBack(5, 0.2, 0.9)).name).toBe('mean-reversion');
    const { name } = suggestedOn(trending(5, 0.003, 0.001));
    expect(['ma-cross', 'momentum', 'breakout', 'trend', 'squeeze']).toContain(name);
  });

  it('says what a candidate lacks', () => {
    const { all } = suggestedOn(drawnBack(5, 0.2, 0.9));
    const at = ALONE.findIndex(({ name }) => name === 'mean-reversion');
    const good = all[at]!.report;
    const having = (over: Partial<typeof good.tested>) =>
      judged([{ ...good, tested: { ...good.tested, ...over } }])[0]!;
    expect(having({}).lacks).toBeUndefined();
    expect(having({}).sure).toBeGreaterThan(0.95);
    expect(having({ trades: 19 }).lacks).toBe('trades');
    expect(having({ equity: { ...good.tested.equity, total: -0.01 } }).lacks).toBe('loss');
    expect(having({ held: { ...good.tested.held, sharpe: 1e6 } }).lacks).toBe('holding');
    const { perPeriod } = good.tested.equity;
    expect(having({ equity: { ...good.tested.equity, perPeriod: { ...perPeriod!, sharpe: 0.001 } } }).lacks).toBe(
      'luck',
    );
    // The more were tried, the less sure.
    const many = judged([good, ...new Array<undefined>(30)])[0]!;
    expect(many.sure).toBeLessThan(having({}).sure!);
    expect(survivorOf([undefined])).toBeUndefined();
  });
});
