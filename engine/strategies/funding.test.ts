import { describe, expect, it } from 'vitest';
import { parseStrategy } from '../language/strategy.ts';
import { testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import { HOUR } from '../market/interval.ts';
import { backtest } from './backtest.ts';
import { planBacktest } from './backtest-plan.ts';
import { fundingPayments } from './funding.ts';
import { reportOf } from './report.ts';
import { TAPE_START, type TapeRow, tape } from './test-tape.ts';

const BTC = 'binance:btcusdt';
const at = (hour: number): number => TAPE_START + hour * HOUR;
const flat = (price: number): TapeRow => [price, price, price, price];
const line = (...points: readonly (readonly [hour: number, value: number])[]) => ({
  times: points.map(([hour]) => at(hour)),
  values: points.map(([, value]) => value),
});

describe('what was due', () => {
  it('is the last rate that was known before, at 0, 8 and 16 UTC where nobody tells the time', () => {
    const rates = line([1, 0.0001], [7, 0.0002], [8, 0.0005], [15, -0.0003]);
    // The rate of hour 8 is told when it is paid: it is the next one. At 0 none was known; at 24 the last is 9 hours old, at 32 older.
    expect(fundingPayments(BTC, rates, undefined, at(0), at(32))).toEqual({
      ...{ instrument: BTC, times: [at(8), at(16), at(24)], rates: [0.0002, -0.0003, -0.0003] },
    });
  });

  it('is due when the venue says, whatever the clock', () => {
    const rates = line([0, 0.0001], [4, 0.0002]);
    const dues = line([0, at(3)], [1, at(3)], [3, at(7)], [7, at(11)]);
    const { times, rates: paid } = fundingPayments(BTC, rates, dues, at(0), at(10));
    expect(times).toEqual([at(3), at(7)]);
    expect(paid).toEqual([0.0001, 0.0002]);
  });
});

describe('funding in a backtest', () => {
  // Closes above 105 in hour 4: in at the open of hour 5, 110. Out at the open of hour 19, 130, after the close of 98 in hour 18.
  const rows: TapeRow[] = [
    ...[flat(100), flat(100), flat(100), flat(100), [100, 110, 100, 110] as const, flat(110), flat(110)],
    ...[[110, 120, 110, 120] as const, ...Array.from({ length: 10 }, () => flat(120)), [120, 120, 98, 98] as const],
    ...[[130, 130, 100, 100] as const, flat(100)],
  ];
  function run(side: 'long' | 'short', rates: readonly (readonly [number, number])[]) {
    const text = `x on btc 1h ${side} when close > 105 exit when close < 99 fee 0 slippage 0`;
    const strategy = parseStrategy(text, testScope());
    const bars = tape(HOUR, rows);
    const plan = planBacktest(strategy, at(1), at(rows.length));
    const history = [{ instrument: BTC, interval: HOUR, columns: toColumns(bars) }];
    const due = fundingPayments(BTC, line(...rates), undefined, at(1), at(rows.length));
    return backtest(strategy, plan, history, [], [due])!;
  }
  const RATES = [
    [2, 0.001],
    [9, -0.0004],
  ] as const;

  it('is paid by whoever is long, on what the position is worth: worked out by hand', () => {
    const { trades, funding, equity, times } = run('long', RATES);
    // All of 1 at 110: 1/110 are held. Hour 8 begins behind the close of 120: 120/110 * 0.1% are paid. At 16 -0.04% of 120/110 come in.
    const [paid, got] = [(120 / 110) * 0.001, (120 / 110) * 0.0004];
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ side: 'long', entered: at(5), left: at(19), entry: 110, exit: 130, fees: 0 });
    expect(trades[0]!.funding).toBeCloseTo(got - paid, 12);
    expect(trades[0]!.profit).toBeCloseTo(130 / 110 - 1 + got - paid, 12);
    expect(funding!.times).toBe(2);
    expect(funding!.received).toBeCloseTo(got - paid, 12);
    expect(equity.at(-1)).toBeCloseTo(130 / 110 + got - paid, 12);
    // Before hour 8 nothing was paid, in hour 8 the first.
    const owned = (hour: number): number => equity[times.indexOf(at(hour + 1))]!;
    expect(owned(7)).toBeCloseTo(120 / 110, 12);
    expect(owned(8)).toBeCloseTo(120 / 110 - paid, 12);
  });

  it('is received by whoever is short, and nothing is due where nothing is held or known', () => {
    const { trades, funding } = run('short', RATES);
    // Filled at 110, 1/110 owed; 120/110 of worth at both times.
    expect(trades[0]!.funding).toBeCloseTo((120 / 110) * (0.001 - 0.0004), 12);
    expect(funding!.received).toBeCloseTo(trades[0]!.funding, 12);
    expect(reportOf(run('long', [])).funding).toBeUndefined();
    // A rate that is known from hour 17 on is due at midnight, after the tape.
    expect(run('long', [[17, 0.01]]).funding).toBeUndefined();
  });
});
