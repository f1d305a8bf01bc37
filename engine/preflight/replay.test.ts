import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/doubles/random.ts';
import type { RuleText } from '../language/ast.ts';
import { parseRule } from '../language/parse.ts';
import { TEST_NOW, testScope } from '../language/test-scope.ts';
import { toColumns } from '../market/bar-history.ts';
import type { Bar } from '../market/events.ts';
import { DAY, HOUR, MINUTE } from '../market/interval.ts';
import { type HistoryColumns, type Replay, replay } from './replay.ts';
import { planReplay, type ReplayPlan } from './replay-plan.ts';

/** Bars whose prices walk at random around 100. */
function made(seed: number, interval: number, from: number, to: number): Bar[] {
  const random = createRandom(seed);
  const bars: Bar[] = [];
  let price = 100;
  for (let start = Math.ceil(from / interval) * interval; start + interval <= to; start += interval) {
    const open = price;
    price = 100 + (price - 100) * 0.97 + (random() - 0.5) * 2;
    const [high, low] = [Math.max(open, price) + random(), Math.min(open, price) - random()];
    bars.push({ start, open, high, low, close: price, volume: 1 + random(), trades: 40 });
  }
  return bars;
}

/** One seed for each instrument and interval that a plan asks for; coarser bars are joined from the walked ones. */
function historyOf(plan: ReplayPlan): HistoryColumns[] {
  const earliest = Math.min(...plan.needs.map(({ from }) => from));
  return plan.needs.map(({ instrument, interval, to }) => {
    const fine = made(instrument.length * 7 + instrument.charCodeAt(8), plan.walked, earliest, to);
    return { instrument, interval, columns: toColumns(interval === plan.walked ? fine : joined(fine, interval)) };
  });
}

function joined(fine: readonly Bar[], interval: number): Bar[] {
  const groups = new Map<number, Bar[]>();
  for (const bar of fine) {
    const start = Math.floor(bar.start / interval) * interval;
    groups.set(start, [...(groups.get(start) ?? []), bar]);
  }
  return [...groups].map(([start, bars]) => ({
    start,
    open: bars[0].open,
    high: Math.max(...bars.map((bar) => bar.high)),
    low: Math.min(...bars.map((bar) => bar.low)),
    close: bars.at(-1)!.close,
    volume: bars.reduce((sum, bar) => sum + bar.volume, 0),
    trades: bars.reduce((sum, bar) => sum + bar.trades, 0),
  }));
}

function tried(text: string, interval = 5 * MINUTE): { rule: RuleText; plan: ReplayPlan; done: Replay; walked: Bar[] } {
  const rule = parseRule(text, testScope({ interval }));
  const plan = planReplay(rule, TEST_NOW + 7 * MINUTE);
  const history = historyOf(plan);
  const [done] = replay([rule], plan, history);
  const { columns } = history.find((part) => part.interval === plan.walked && part.instrument === rule.instrument)!;
  const walked = Array.from({ length: columns.length }, (_, i) => ({
    start: columns.start[i],
    open: columns.open[i],
    high: columns.high[i],
    low: columns.low[i],
    close: columns.close[i],
    volume: columns.volume[i],
    trades: columns.trades[i],
  })).filter((bar) => bar.start >= plan.from);
  return { rule, plan, done: done!, walked };
}

/** The prices that a bar is walked through, written down anew: open, the nearer extreme, the other, close. */
const pathOf: (bar: Bar) => number[] = ({ open, high, low, close }) =>
  open - low <= high - open ? [open, low, high, close] : [open, high, low, close];

/** When a price path rises above a level: the starts of the bars. */
function crossings(bars: readonly Bar[], level: number): number[] {
  let above = bars[0].open > level;
  return bars.flatMap((bar) =>
    pathOf(bar).flatMap((price) => {
      const rises = price > level && !above;
      above = price > level;
      return rises ? [bar.start] : [];
    }),
  );
}

describe('a replay', () => {
  it.each([
    ['1m', MINUTE, 7 * DAY],
    ['2m', 2 * MINUTE, 7 * DAY],
    ['5m', 5 * MINUTE, 7 * DAY],
    ['15m', 15 * MINUTE, 30 * DAY],
    ['1h', HOUR, 30 * DAY],
    ['4h', 4 * HOUR, 365 * DAY],
    ['1d', DAY, 365 * DAY],
  ])('of a %s close fires at each crossing of the level that the bars have', (name, interval, reach) => {
    const { done, walked, plan } = tried(`btcusdt ${name} close > 100.5 every 1s`, interval);
    expect(plan.to - plan.from).toBeGreaterThanOrEqual(reach);
    expect(walked.length).toBeGreaterThan(300);
    const naive = crossings(walked, 100.5);
    expect(naive.length).toBeGreaterThan(20);
    expect(done.firings.map(({ ts }) => ts - (ts % plan.walked))).toEqual(naive);
    expect(done).toMatchObject({ from: plan.from, to: plan.to, suppressed: 0 });
  });

  it('of a price alone goes through minutes, whatever the chat’s interval', () => {
    const { done, plan, walked } = tried('btcusdt 4h price > 100.5 every 1s', 4 * HOUR);
    expect(plan).toMatchObject({ walked: MINUTE, to: TEST_NOW + 7 * MINUTE });
    expect(plan.to - plan.from).toBe(7 * DAY);
    expect(done.firings.length).toBe(crossings(walked, 100.5).length);
  });

  it('counts what the cooldown keeps quiet', () => {
    const { done, walked } = tried('btcusdt 1h close > 100.5 every 6h', HOUR);
    const all = crossings(walked, 100.5).length;
    expect(done.firings.length).toBeLessThan(all);
    expect(done.suppressed).toBeGreaterThan(0);
    expect(done.firings.length + done.suppressed).toBe(all);
  });

  it('fires on closes where the rule says so', () => {
    const { done, walked } = tried('btcusdt 5m close > 100.5 on close every 1s');
    const rises = walked.filter((bar, i) => i > 0 && bar.close > 100.5 && walked[i - 1].close <= 100.5);
    expect(rises.length).toBeGreaterThan(20);
    // The close before the first bar that is walked is known too.
    expect(Math.abs(done.firings.length - rises.length)).toBeLessThanOrEqual(1);
    expect(done.firings.map(({ ts }) => ts).slice(-20)).toEqual(
      rises.map(({ start }) => start + 5 * MINUTE).slice(-20),
    );
  });

  it('has indicators warm from its beginning, as they are at the bars’ closes', () => {
    const { done, plan } = tried('btcusdt 5m sma(20) > 100.5 on close every 1s');
    expect(done.from).toBe(plan.from);
    const bars = made(9 + 7 * 15, 5 * MINUTE, plan.needs[0].from, plan.to);
    expect(bars.length).toBeGreaterThan(2016);
    const own = historyOf(plan).find((part) => part.interval === 5 * MINUTE)!.columns;
    const closes = Array.from(own.close);
    const sma = closes.map((_, i) => closes.slice(Math.max(0, i - 19), i + 1).reduce((sum, x) => sum + x, 0) / 20);
    const expected = Array.from(own.start).flatMap((start, i) =>
      start >= plan.from && sma[i] > 100.5 && sma[i - 1] <= 100.5 ? [start + 5 * MINUTE] : [],
    );
    expect(expected.length).toBeGreaterThan(5);
    expect(done.firings.map(({ ts }) => ts)).toEqual(expected);
  });

  it('reads a longer interval beside its own', () => {
    const { done, plan } = tried('btcusdt 5m close > 100.2 and sma(3)@1h < 100 every 1s');
    expect(plan).toMatchObject({ walked: 5 * MINUTE, longest: HOUR });
    expect(plan.needs.map(({ interval }) => interval).sort((a, b) => a - b)).toEqual([5 * MINUTE, HOUR]);
    expect(done.from).toBe(plan.from);
    expect(done.firings.length).toBeGreaterThan(5);
    for (const { values } of done.firings) {
      expect(values[0].value).toBeGreaterThan(100.2);
      expect(values[1].value).toBeLessThan(100);
    }
  });

  it('needs the bars of every instrument, and goes through them side by side', () => {
    const { done, plan } = tried('z(btcusdt/ethusdt, 60) > 2 every 1s');
    expect(plan.instruments).toEqual(['binance:btcusdt', 'binance:ethusdt']);
    expect(done.firings.length).toBeGreaterThan(5);
    const rule = parseRule('z(btcusdt/ethusdt, 60) > 2', testScope());
    const half = historyOf(plan).filter(({ instrument }) => instrument === 'binance:btcusdt');
    expect(replay([rule], plan, half)).toEqual([undefined]);
  });

  it('tries a rule that fires once as often as it would have been true', () => {
    const often = tried('btcusdt 5m close > 100.5 every 1s').done.firings.length;
    expect(often).toBeGreaterThan(5);
    const once = parseRule('btcusdt 5m close > 100.5 once until 2026-01-16', testScope());
    const plan = planReplay(once, TEST_NOW + 7 * MINUTE);
    expect(replay([once], plan, historyOf(plan))[0]?.firings.length).toBe(often);
  });

  it('begins where the history does, and is none where series never have values', () => {
    const rule = parseRule('btcusdt 5m sma(200) > 100', testScope());
    const plan = planReplay(rule, TEST_NOW);
    const of = (from: number): HistoryColumns[] => [
      {
        instrument: 'binance:btcusdt',
        interval: 5 * MINUTE,
        columns: toColumns(made(3, 5 * MINUTE, from, plan.to)),
      },
    ];
    const [short] = replay([rule], plan, of(plan.to - DAY));
    // 288 bars, of which 200 have passed when there is a first value; who is warm is asked every 200 bars.
    expect(short?.from).toBe(plan.to - DAY + 200 * 5 * MINUTE);
    expect(replay([rule], plan, of(plan.to - 16 * HOUR))).toEqual([undefined]);
    expect(replay([rule], plan, of(plan.to))).toEqual([undefined]);
    expect(replay([rule], plan, [])).toEqual([undefined]);
  });

  it('walks bars of seconds trade by trade', () => {
    const { done, plan, walked } = tried('btcusdt 1s sma(20) > 100.5 on close every 1s', 1000);
    expect(plan.walked).toBe(1000);
    expect(walked.length).toBeGreaterThanOrEqual(10_080);
    const closes = walked.map(({ close }) => close);
    const sma = (i: number) => closes.slice(i - 19, i + 1).reduce((sum, x) => sum + x, 0) / 20;
    const expected = walked.flatMap(({ start }, i) =>
      i > 20 && sma(i) > 100.5 && sma(i - 1) <= 100.5 ? [start + 1000] : [],
    );
    expect(expected.length).toBeGreaterThan(20);
    expect(done.firings.map(({ ts }) => ts).slice(-expected.length)).toEqual(expected);
  });

  it('sees a longer bar’s volume and trades as they were', () => {
    const { done, walked } = tried('btcusdt 1h volume > 1.9 on close every 1s', HOUR);
    const rises = walked.filter((bar, i) => i > 0 && bar.volume > 1.9 && !(walked[i - 1].volume > 1.9));
    expect(rises.length).toBeGreaterThan(20);
    expect(done.firings.map(({ ts }) => ts).slice(-rises.length)).toEqual(rises.map(({ start }) => start + HOUR));
  });
});
