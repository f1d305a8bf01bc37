import { describe, expect, it } from 'vitest';
import { HOUR } from '../market/interval.ts';
import { reportOf } from './report.ts';
import { runTape, TAPE_START, type TapeRow, tape } from './test-tape.ts';

const BTC = 'binance:btcusdt';
const ETH = 'binance:ethusdt';
const flat = (price: number): TapeRow => [price, price, price, price];
const btc = (rows: readonly TapeRow[]) => ({ [BTC]: tape(HOUR, rows) });
const run = (clauses: string, rows: readonly TapeRow[]) => runTape(`x on btc 1h ${clauses}`, btc(rows), { warm: 1 });
/** Which bar of the tape a time lies in. */
const barOf = (ts: number): number => Math.floor((ts - TAPE_START) / HOUR);

describe('a backtest', () => {
  it('fills at the open of the next bar, with slippage and fees on both sides', () => {
    const rows: TapeRow[] = [
      flat(100),
      flat(100),
      [100, 111, 100, 110],
      [112, 120, 111, 120],
      [119, 119, 90, 95],
      [94, 96, 93, 95],
    ];
    const { trades, equity, signals } = run('long when close > 105 exit when close < 100 fee 0.1% slippage 0.5%', rows);
    // Signal at the close of bar 2, filled at 112 * 1.005 = 112.56; all of 1, the fee taken out of it: 1 / 1.001 is put in.
    const worth = 1 / 1.001;
    const quantity = worth / 112.56;
    // Out at the open of bar 5, 94 * 0.995 = 93.53.
    const out = quantity * 93.53;
    const fees = worth * 0.001 + out * 0.001;
    expect(signals).toBe(1);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ side: 'long', instrument: BTC, why: 'exit', decided: TAPE_START + 3 * HOUR });
    expect([trades[0]!.entered, trades[0]!.left].map(barOf)).toEqual([3, 5]);
    expect(trades[0]!.entry).toBeCloseTo(112.56, 9);
    expect(trades[0]!.exit).toBeCloseTo(93.53, 9);
    expect(trades[0]!.fees).toBeCloseTo(fees, 12);
    expect(trades[0]!.profit).toBeCloseTo(out - worth - fees, 12);
    expect(trades[0]!.gain).toBeCloseTo((out - worth - fees) / worth, 12);
    // Bars 1 and 2: nothing held. Bar 3: marked at its close, the fee paid.
    expect([...equity].map((each) => Number(each.toFixed(9)))).toEqual([
      1,
      1,
      Number((quantity * 120).toFixed(9)),
      Number((quantity * 95).toFixed(9)),
      Number((out * 0.999).toFixed(9)),
    ]);
  });

  it('sells short against the same capital', () => {
    const rows: TapeRow[] = [flat(100), flat(100), flat(90), flat(80), [79, 79, 60, 65], flat(65)];
    const { trades } = run('short when close < 95 target 20 fee 0 slippage 0', rows);
    // Signal at 90, the target 70; filled at 80; bar 4 opens above the target and passes it.
    expect(trades).toMatchObject([{ side: 'short', entry: 80, exit: 70, why: 'target', fees: 0 }]);
    expect(trades[0]!.gain).toBeCloseTo(10 / 80, 12);
  });

  it.each([
    ['long', 'stop', [100, 130, 70, 100], 90],
    ['long', 'target', [100, 130, 95, 100], 110],
    ['long', 'stop', [85, 130, 80, 100], 85],
    ['long', 'target', [115, 130, 80, 100], 110],
    ['short', 'stop', [100, 130, 70, 100], 110],
    ['short', 'target', [100, 105, 70, 100], 90],
    ['short', 'stop', [118, 130, 70, 100], 118],
  ] as const)(
    'a %s ends at its %s in a bar of %j: stops come first, a gap fills a stop at the open and a target at its level',
    (side, why, bar, exit) => {
      const { trades } = run(`${side} when volume > 15 stop 10 target 10 fee 0 slippage 0`, [
        flat(100),
        flat(100),
        [100, 100, 100, 100, 20],
        flat(100),
        bar,
        flat(100),
      ]);
      expect(trades).toMatchObject([{ side, why, exit, entry: 100 }]);
      expect(barOf(trades[0]!.left)).toBe(4);
    },
  );

  it('shares one capital among symbols, and leaves out what nothing is left for', () => {
    const up: TapeRow[] = [flat(100), flat(100), flat(110), flat(110), flat(121), flat(121)];
    const both = { [BTC]: tape(HOUR, up), [ETH]: tape(HOUR, up) };
    const of = (size: string) =>
      runTape(`x on btc, eth 1h long when close > 105 expire 90d ${size} fee 0 slippage 0`, both, { warm: 1 });
    // Without a size: half of the equity each. 1 -> 1.1 for both together.
    expect(of('').trades.map(({ profit }) => Number(profit.toFixed(9)))).toEqual([0.05, 0.05]);
    // 70% for the first, and the 30% that are left for the second.
    const some = of('size 70%');
    expect(some.trades.map(({ profit }) => Number(profit.toFixed(9)))).toEqual([0.07, 0.03]);
    expect(some.trades.map(({ why }) => why)).toEqual(['end', 'end']);
    const all = of('size 100%');
    expect([all.trades.length, all.unfunded]).toEqual([1, 1]);
    expect(all.equity.at(-1)).toBeCloseTo(1.1, 12);
    // Bought in equal parts at the open of the first bar of the test, 100.
    expect(all.held.at(-1)).toBeCloseTo(1.21, 12);
  });

  it('is told as a report', () => {
    const rows: TapeRow[] = [
      flat(100),
      flat(100),
      flat(110),
      flat(110),
      flat(99),
      flat(99),
      flat(110),
      flat(110),
      flat(121),
      flat(98),
      flat(98),
    ];
    const report = reportOf(run('long when close > 105 exit when close < 100 fee 0 slippage 0', rows));
    // In at 110, out at 99: -10%. In at 110, over 121, out at 98.
    expect(report.trades).toMatchObject({
      count: 2,
      winRate: 0,
      profitFactor: 0,
      whys: { exit: 2 },
    });
    expect(report.equity.total).toBeCloseTo(0.9 * (98 / 110) - 1, 12);
    // The high is 1, the first trade leaves 0.9, at 121 it is 0.99: the deepest is the end.
    expect(report.equity.maxDrawdown).toBeCloseTo(1 - 0.9 * (98 / 110), 12);
    // Of the ten bars of the test 3 to 5 and 7 to 10 held something for a while.
    expect(report.exposure).toBeCloseTo(7 / 10, 12);
    expect(report.held.total).toBeCloseTo(-0.02, 12);
    expect(report.equity.cagr).toBeUndefined();
    expect(report.band).toBeUndefined();
    expect(report.line.equity.at(-1)).toBeCloseTo(0.9 * (98 / 110), 12);
    expect(JSON.stringify(report)).not.toContain('null');
  });

  it('has no answer where its series never had values', () => {
    expect(() =>
      runTape('x on btc 1h long when close > sma(50) expire 1d', btc([flat(100), flat(101), flat(102)]), { warm: 1 }),
    ).toThrow('never had values');
  });
});
