import { describe, expect, it } from 'vitest';
import type { Bar } from '../market/events.ts';
import { HOUR, MINUTE } from '../market/interval.ts';
import type { BacktestTrade } from './account.ts';
import { runTape, TAPE_START, type TapeRow, tape, templateOn } from './test-tape.ts';

const ETH = 'binance:ethusdt';
const BTC = 'binance:btcusdt';

/** A bar from one close to the next, 2 high where the way is no longer: its true range is 2, or the way. */
function row(open: number, close: number, volume?: number): TapeRow {
  const over = Math.max(0, 2 - Math.abs(close - open)) / 2;
  return [open, Math.max(open, close) + over, Math.min(open, close) - over, close, volume];
}
const path = (closes: readonly number[], volumes: Readonly<Record<number, number>> = {}): readonly TapeRow[] =>
  closes.map((close, i) => row(closes[i - 1] ?? close, close, volumes[i]));
const flat = (count: number, price = 100): readonly number[] => new Array<number>(count).fill(price);
/** `count` closes, each `by` above the one before. */
const steps = (count: number, from: number, by: number): readonly number[] =>
  Array.from({ length: count }, (_each, i) => from + by * (i + 1));
const inTurn = (count: number, even: number, odd: number): readonly number[] =>
  Array.from({ length: count }, (_each, i) => (i % 2 === 0 ? even : odd));

interface Wanted {
  readonly side: 'long' | 'short';
  /** Numbers of the bars: at the close of the first it is decided, in the others it is filled. */
  readonly bars: readonly [decided: number, entered: number, left: number];
  /** Prices of the market at the fills. */
  readonly entry: number;
  readonly exit: number;
  readonly why: BacktestTrade['why'];
}

/** Each fill is 0.05% worse than the price, and costs 0.1% of what is filled; the fee of the entry is taken out of what is put in. */
function expectTrades(trades: readonly BacktestTrade[], wanted: readonly Wanted[], interval: number = HOUR): void {
  const barOf = (ts: number): number => Math.floor((ts - TAPE_START) / interval);
  expect(trades.map(({ side, why }) => `${side} ${why}`)).toEqual(wanted.map(({ side, why }) => `${side} ${why}`));
  let equity = 1;
  trades.forEach((trade, i) => {
    const { side, bars, entry, exit } = wanted[i]!;
    const way = side === 'long' ? 1 : -1;
    const [paid, got] = [entry * (1 + way * 0.0005), exit * (1 - way * 0.0005)];
    const worth = equity / 1.001;
    const out = (worth / paid) * got;
    const fees = 0.001 * worth + 0.001 * out;
    const profit = way * (out - worth) - fees;
    expect([barOf(trade.decided) - 1, barOf(trade.entered), barOf(trade.left)]).toEqual(bars);
    for (const [found, meant] of [
      [trade.entry, paid],
      [trade.exit, got],
      [trade.fees, fees],
      [trade.profit, profit],
    ] as const) {
      expect(found).toBeCloseTo(meant, 9);
    }
    equity += profit;
  });
}

describe('a tape worked out by hand, of the template', () => {
  it('ma-cross', () => {
    // Flat at 100, from bar 40 on 1 more each bar. At its close of 101 ema(12) is 100 + 2/13 and ema(26) 100 + 2/27: crossed, and a
    // rise without a fall has an RSI of 100. Each true range is 2: stop 101 - 4, target 101 + 8 = 109. In at the open of bar 41, 101. Bar
    // 47 closes at 108 and reaches 108.5; bar 48 opens at 108 and reaches 109.5.
    const closes = [...flat(40), ...steps(9, 100, 1), ...flat(6, 109)];
    const { trades } = runTape(templateOn('ma-cross', 'eth 1h'), { [ETH]: tape(HOUR, path(closes)) }, { warm: 38 });
    const wanted = { side: 'long', bars: [40, 41, 48], entry: 101, exit: 109, why: 'target' } as const;
    expectTrades(trades, [wanted]);
    // Where bar 48 opens beyond the target, at 112, it is filled at its 109 all the same: nothing is counted on that nobody asked for.
    const rows = path(closes).map((each, i): TapeRow => (i === 48 ? [112, 112.5, 108.5, 109] : each));
    const jumped = runTape(templateOn('ma-cross', 'eth 1h'), { [ETH]: tape(HOUR, rows) }, { warm: 38 });
    expectTrades(jumped.trades, [wanted]);
  });

  it('momentum', () => {
    // Flat, then the MACD rises from 0 and leaves its signal behind: crossed in bar 60, whose volume of 20 is 1.2 times the mean of
    // (19 * 10 + 20) / 20 = 10.5 and more. Target 101 + 3 * 2 = 107: bar 65 reaches 106.5, bar 66 opens at 106 and reaches 107.5.
    const closes = [...flat(60), ...steps(7, 100, 1), ...flat(5, 107)];
    const busy = { [ETH]: tape(HOUR, path(closes, { 60: 20 })) };
    const { trades } = runTape(templateOn('momentum', 'eth 1h'), busy, { warm: 58 });
    expectTrades(trades, [{ side: 'long', bars: [60, 61, 66], entry: 101, exit: 107, why: 'target' }]);
    // Without the volume there is no signal.
    const calm = { [ETH]: tape(HOUR, path(closes)) };
    expect(runTape(templateOn('momentum', 'eth 1h'), calm, { warm: 58 }).signals).toBe(0);
  });

  it('mean-reversion', () => {
    // 99 and 101 in turn, then 94 in bar 40. The last 20: ten of 101, nine of 99, and 94: mean 99.75, variance 53.75 / 20 = 2.6875,
    // deviation 1.639: the lower band is 96.47, z is -3.5. The middle is 1983 / 20 = 99.15 at the close of 99 of bar 43, and
    // 1985 / 20 = 99.25 at the 101 of bar 44: out at the open of bar 45. The stop is 94 - 3 * 33 / 14 = 86.9.
    const closes = [...inTurn(40, 99, 101), 94, 94, 96, 99, 101, 100, 100];
    const bars = { [ETH]: tape(15 * MINUTE, path(closes)) };
    const { trades } = runTape(templateOn('mean-reversion', 'eth 15m'), bars, { warm: 30 });
    const wanted = { side: 'long', bars: [40, 41, 45], entry: 94, exit: 101, why: 'exit' } as const;
    expectTrades(trades, [wanted], 15 * MINUTE);
  });

  it('breakout', () => {
    // Highs of 101, true ranges of 2. Bar 75 closes at 109 with a range of 11: atr (13 * 2 + 11) / 14 = 37/14 = 2.643, against 1.1 times
    // (49 * 2 + 2.643) / 50 = 2.013. Stop 109 - 2 * 37/14. Bar 78 falls through it, from 111 to 95, and closes at 96, below the lowest
    // low before, 99, with a range of 17: short from the open of bar 79, 96, until the tape ends there.
    const wide: readonly TapeRow[] = [
      [100, 110, 99, 109],
      [109, 111, 108, 110],
      [110, 112, 109, 111],
      [111, 112, 95, 96],
      [96, 97, 95, 96],
      [96, 97, 95, 96],
    ];
    const bars = { [ETH]: tape(HOUR, [...path(flat(75)), ...wide]) };
    const { trades } = runTape(templateOn('breakout', 'eth 1h'), bars, { warm: 68 });
    expectTrades(trades, [
      { side: 'long', bars: [75, 76, 78], entry: 109, exit: 109 - (2 * 37) / 14, why: 'stop' },
      { side: 'short', bars: [78, 79, 81], entry: 96, exit: 96, why: 'end' },
    ]);
    // A bar that went through the stop was at it. One that opens beyond it was not: nobody paid more than its open of 100.
    const gap = path(flat(75)).concat(wide.map((each, i) => (i === 3 ? [100, 100, 95, 96] : each)));
    const jumped = runTape(templateOn('breakout', 'eth 1h'), { [ETH]: tape(HOUR, gap) }, { warm: 68 });
    expectTrades(jumped.trades.slice(0, 1), [{ side: 'long', bars: [75, 76, 78], entry: 109, exit: 100, why: 'stop' }]);
  });

  it('trend', () => {
    // Bands 3 * 2 = 6 from the middle: 94 and 106. The rise from bar 60 on ends the downtrend with a close above 106: 107 in bar 66. At
    // the top of 110 (bar 69) the lower band is 109.5 - 6 = 103.5 and stays there; the first close below is 103 in bar 76: out and
    // short at the open of bar 77. The stop of 103 + 8 is far; the tape ends at 110 - 12 = 98.
    const closes = [...flat(60), ...steps(10, 100, 1), ...steps(12, 110, -1)];
    const bars = { [ETH]: tape(4 * HOUR, path(closes)) };
    const { trades } = runTape(templateOn('trend', 'eth 4h'), bars, { warm: 55 });
    const wanted = [
      { side: 'long', bars: [66, 67, 77], entry: 107, exit: 103, why: 'exit' },
      { side: 'short', bars: [76, 77, 82], entry: 103, exit: 98, why: 'end' },
    ] as const;
    expectTrades(trades, wanted, 4 * HOUR);
  });

  it('squeeze', () => {
    // 99.5 and 100.5 in turn: twice the deviation of 0.5 lies within 1.5 ranges of 2. Bar 60 jumps to 104, a range of 3.5: the mean range
    // is 41.5 / 20 from then on, 1.5 times 3.1125. Twice the deviation is 1.99 there, 2.73 in bar 61 (104.5), and in bar 62 (105)
    // 2 * sqrt(55.7 / 20) = 3.34: let go. atr: 2, then (26 + 3.5) / 14, and twice (13 * atr + 2) / 14. Target 105 + 3 * 2.0924 = 111.277:
    // bar 67 reaches 110.5, bar 68 111.5.
    const closes = [...inTurn(60, 99.5, 100.5), 104, 104.5, 105, 106, 107, 108, 109, 110, 111];
    const bars = { [ETH]: tape(HOUR, path(closes)) };
    const { trades } = runTape(templateOn('squeeze', 'eth 1h'), bars, { warm: 50 });
    const smooth = (atr: number, range: number): number => (13 * atr + range) / 14;
    const atr = smooth(smooth(smooth(2, 3.5), 2), 2);
    expectTrades(trades, [{ side: 'long', bars: [62, 63, 68], entry: 105, exit: 105 + 3 * atr, why: 'target' }]);
  });

  it('scalping', () => {
    // From midnight on 20 bars at 100, where the VWAP lies; bar 20 closes at 100.5, the VWAP is (20 * 100 + 100.33) / 21 = 100.016, and the
    // book leans by 0.5. Target 100.5 * 1.005 = 101.0025, in bar 24 from 100.7 to 101.2.
    const closes = [...flat(20), 100.5, 100.5, 100.6, 100.7, 101.2, ...flat(5, 101.2)];
    const thin = closes.map((close, i): TapeRow => {
      const open = closes[i - 1] ?? close;
      return [open, Math.max(open, close), Math.min(open, close), close];
    });
    const bars = tape(MINUTE, thin);
    const told = (lean: number) => [
      {
        ...{ name: 'imbalance', instrument: ETH, times: bars.map(({ start }) => start + 30_000) },
        values: bars.map((_bar, i) => (i === 20 ? lean : 0)),
      },
    ];
    const text = templateOn('scalping', 'eth 1m');
    const { trades } = runTape(text, { [ETH]: bars }, { warm: 10, told: told(0.5) });
    const wanted = { side: 'long', bars: [20, 21, 24], entry: 100.5, exit: 101.0025, why: 'target' } as const;
    expectTrades(trades, [wanted], MINUTE);
    expect(runTape(text, { [ETH]: bars }, { warm: 10, told: told(0.1) }).signals).toBe(0);
  });

  it('pairs', () => {
    // eth is 20 + btc / 2 and half a point above or below in turn; 3 below from bar 130 on, 0.4 below from bar 132 on, and then back. What z
    // and the ADF statistic are is computed plainly beneath.
    const count = 144;
    const btc = Array.from({ length: count }, (_each, i) => 100 + 10 * Math.sin(i / 9));
    const off = (i: number): number => (i >= 130 && i < 134 ? (i < 132 ? -3 : -0.4) : i % 2 === 0 ? 0.5 : -0.5);
    const eth = btc.map((price, i) => 20 + price / 2 + off(i));
    const bars: Record<string, readonly Bar[]> = { [ETH]: tape(HOUR, path(eth)), [BTC]: tape(HOUR, path(btc)) };
    const text = templateOn('pairs', 'eth 1h').replace('length = 120', 'length = 60');
    const { trades } = runTape(text, bars, { warm: 125 });
    const z = (at: number): number => residual(eth, btc, at).z;
    const low = Array.from({ length: 10 }, (_each, i) => 126 + i).filter((at) => z(at) < -2);
    const high = Array.from({ length: 10 }, (_each, i) => 131 + i).filter((at) => z(at) > 0);
    expect([low[0], high[0]]).toEqual([130, 134]);
    expect(dickeyFuller(Array.from({ length: 61 }, (_each, i) => residual(eth, btc, 70 + i).rest))).toBeLessThan(-2.86);
    expectTrades(trades.slice(0, 1), [
      { side: 'long', bars: [130, 131, 135], entry: eth[130]!, exit: eth[134]!, why: 'exit' },
    ]);
  });
});

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;
/** Sum of the products of the distances from the means. */
const cross = (xs: readonly number[], ys: readonly number[]): number =>
  xs.reduce((sum, x, i) => sum + (x - mean(xs)) * (ys[i]! - mean(ys)), 0);

/** What the newest of 60 values is above the line through all, and that in deviations of all. */
function residual(ys: readonly number[], xs: readonly number[], at: number): { rest: number; z: number } {
  const [y, x] = [ys, xs].map((all) => all.slice(at - 59, at + 1));
  const slope = cross(x!, y!) / cross(x!, x!);
  const rests = y!.map((each, i) => each - mean(y!) - slope * (x![i]! - mean(x!)));
  const rest = rests.at(-1)!;
  return { rest, z: rest / Math.sqrt(mean(rests.map((each) => each * each))) };
}

function dickeyFuller(values: readonly number[]): number {
  const before = values.slice(0, -1);
  const changes = values.slice(1).map((value, i) => value - before[i]!);
  const slope = cross(before, changes) / cross(before, before);
  const rests = changes.map((each, i) => each - mean(changes) - slope * (before[i]! - mean(before)));
  return (
    slope / Math.sqrt(rests.reduce((sum, each) => sum + each * each, 0) / (before.length - 2) / cross(before, before))
  );
}
