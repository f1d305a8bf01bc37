import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { parseRule } from './language/parse.ts';
import type { Bar, EngineEvent, MarketEvent, Trade } from './market/events.ts';
import { MINUTE } from './market/interval.ts';
import type { SavedRule } from './rules/rule.ts';

const T0 = 1_700_000_040_000; // a whole minute
const BTC = 'sim:btcusdt';
const ETH = 'sim:ethusdt';

function rule(text: string, interval = MINUTE) {
  return parseRule(text, {
    resolve: (name) =>
      ({ btc: BTC, btcusdt: BTC, eth: ETH, ethusdt: ETH })[name.toLowerCase()] ??
      (name.includes(':') ? name : undefined),
    suggest: () => [],
    instrument: undefined,
    interval,
    now: T0,
    wallTime: Date.UTC,
  });
}

let ids = 0;
const trade = (ts: number, price: number, size = 1, instrument = BTC): Trade => ({
  type: 'trade',
  instrument,
  ts,
  price,
  size,
  side: 'buy',
  id: String(++ids),
});

/** A driver that keeps what came out. */
function drive() {
  const engine = new Engine();
  const out: EngineEvent[] = [];
  return {
    engine,
    out,
    apply: (event: MarketEvent) => void out.push(...engine.apply(event)),
    set: (id: string, text: string, saved?: SavedRule) =>
      void out.push(
        ...engine.apply({ type: 'rule-set', ts: T0, rule: { id, text: rule(text) }, ...(saved && { saved }) }),
      ),
    fired: () => out.flatMap((event) => (event.type === 'fired' ? [event.firing] : [])),
    closed: (interval: number) =>
      out.flatMap((event) => (event.type === 'bar-closed' && event.interval === interval ? [event.bar] : [])),
  };
}

/** Bars by their definition: group, fill the empty intervals with flat ones. */
function naiveBars(trades: readonly Trade[], interval: number): Bar[] {
  const groups = new Map<number, Trade[]>();
  for (const item of trades) {
    const start = Math.floor(item.ts / interval) * interval;
    groups.set(start, [...(groups.get(start) ?? []), item]);
  }
  const starts = [...groups.keys()].sort((a, b) => a - b);
  const bars: Bar[] = [];
  for (let start = starts[0]; start <= starts[starts.length - 1]; start += interval) {
    const group = groups.get(start);
    const last = bars[bars.length - 1]?.close ?? Number.NaN;
    if (group === undefined) {
      bars.push({ start, open: last, high: last, low: last, close: last, volume: 0, trades: 0, bought: 0 });
    } else {
      const prices = group.map((item) => item.price);
      bars.push({
        start,
        open: prices[0],
        high: Math.max(...prices),
        low: Math.min(...prices),
        close: prices[prices.length - 1],
        volume: group.reduce((sum, item) => sum + item.size, 0),
        trades: group.length,
        bought: group.reduce((sum, { side, size }) => sum + (side === 'buy' ? size : 0), 0),
      });
    }
  }
  return bars;
}

const tape = fc
  .array(fc.record({ wait: fc.integer({ min: 0, max: 200_000 }), price: fc.integer({ min: 50, max: 150 }) }), {
    minLength: 1,
    maxLength: 80,
  })
  .map((steps) => {
    let ts = T0;
    return steps.map(({ wait, price }) => {
      ts += wait;
      return trade(ts, price);
    });
  });

describe('bars', () => {
  it('are what their definition says for any tape, at every interval', () => {
    fc.assert(
      fc.property(tape, (trades) => {
        const host = drive();
        for (const interval of [1_000, 5 * MINUTE, 15 * MINUTE]) host.engine.watch(BTC, interval, 10);
        for (const item of trades) host.apply(item);
        for (const interval of [1_000, MINUTE, 5 * MINUTE, 15 * MINUTE]) {
          const { open } = host.engine.barsOf(BTC, interval, 1);
          expect([...host.closed(interval), open]).toEqual(naiveBars(trades, interval));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of an interval that is asked for while others run already begin with the next trade and close in time', () => {
    const host = drive();
    host.apply(trade(T0 + 100, 10));
    host.engine.watch(BTC, 1_000, 10);
    for (const [wait, price] of [
      [300, 11],
      [900, 12],
      [1_500, 13],
      [3_200, 14],
    ])
      host.apply(trade(T0 + wait, price));
    expect(host.closed(1_000).map((bar) => [bar.start - T0, bar.open, bar.close, bar.trades])).toEqual([
      [0, 11, 12, 2],
      [1_000, 13, 13, 1],
      [2_000, 13, 13, 0],
    ]);
  });

  it('close by the clock where no trade comes, with a flat bar for the minute after', () => {
    const host = drive();
    host.apply(trade(T0 + 10, 100));
    host.apply({ type: 'clock', ts: T0 + 2 * MINUTE });
    expect(host.closed(MINUTE).map((bar) => [bar.start - T0, bar.close, bar.trades])).toEqual([
      [0, 100, 1],
      [MINUTE, 100, 0],
    ]);
  });

  it('stay open while the feed is blind, however late the clock says it is', () => {
    const host = drive();
    host.apply(trade(T0 + 10, 100));
    host.apply({ type: 'gap', instrument: BTC, open: true, from: T0 + 20, ts: T0 + 30 });
    host.apply({ type: 'clock', ts: T0 + 10 * MINUTE });
    expect(host.closed(MINUTE)).toEqual([]);
  });

  it('count a trade that is older than the open minute as late and leave it out', () => {
    const host = drive();
    host.apply(trade(T0 + MINUTE + 10, 100));
    host.apply(trade(T0 + 10, 7));
    expect(host.out).toContainEqual({ type: 'refused', instrument: BTC, reason: 'late' });
    expect(host.engine.barsOf(BTC, MINUTE, 1).open).toMatchObject({ low: 100, trades: 1 });
  });

  it('take a trade of the open minute that comes out of order into all but the close', () => {
    const host = drive();
    host.apply(trade(T0 + 500, 100));
    host.apply(trade(T0 + 400, 90));
    expect(host.engine.barsOf(BTC, MINUTE, 1).open).toMatchObject({
      open: 100,
      high: 100,
      low: 90,
      close: 100,
      trades: 2,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1])('refuse a trade at the price %s', (price) => {
    const host = drive();
    host.apply(trade(T0, price));
    expect(host.out).toEqual([{ type: 'refused', instrument: BTC, reason: 'malformed' }]);
  });

  it('open a longer bar from the minutes of its span that are known', () => {
    const host = drive();
    const start = Math.floor(T0 / (60 * MINUTE)) * 60 * MINUTE;
    const minutes = Array.from({ length: 5 }, (_, i) => ({
      start: start + i * MINUTE,
      open: 10 + i,
      high: 20 + i,
      low: 5,
      close: 11 + i,
      volume: 2,
      trades: 3,
    }));
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: minutes });
    host.apply(trade(start + 5 * MINUTE + 1, 30));
    host.engine.watch(BTC, 60 * MINUTE, 1);
    expect(host.engine.barsOf(BTC, 60 * MINUTE, 1).open).toEqual({
      start,
      open: 10,
      high: 30,
      low: 5,
      close: 30,
      volume: 11,
      trades: 16,
    });
  });
});

describe('a rule', () => {
  it('fires once per crossing and re-arms when the condition is false again', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 every 1s');
    for (const [wait, price] of [
      [10_000, 101],
      [20_000, 105],
      [30_000, 99],
      [40_000, 102],
    ])
      host.apply(trade(T0 + wait, price));
    expect(host.fired().map((firing) => [firing.id, firing.price])).toEqual([
      ['1.1', 101],
      ['1.2', 102],
    ]);
  });

  it('that is true when it is saved waits for the next time', () => {
    const host = drive();
    host.apply(trade(T0, 110));
    host.set('1', 'btc > 100');
    expect(host.engine.rule('1')).toMatchObject({ truth: true, state: 'fired' });
    host.apply(trade(T0 + 1, 111));
    expect(host.fired()).toEqual([]);
    host.apply(trade(T0 + 2, 99));
    host.apply(trade(T0 + 3, 101));
    expect(host.fired()).toHaveLength(1);
  });

  it('keeps quiet within its cooldown and says how often', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 every 15m');
    for (let i = 1; i <= 6; i++) host.apply(trade(T0 + i * MINUTE, i % 2 === 1 ? 101 : 99));
    expect(host.fired()).toHaveLength(1);
    host.apply(trade(T0 + 17 * MINUTE, 101));
    expect(host.fired().map((firing) => firing.suppressed)).toEqual([0, 2]);
  });

  it('with `once` is done after it fired', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 once');
    for (let i = 1; i <= 4; i++) host.apply(trade(T0 + i, i % 2 === 1 ? 101 : 99));
    expect(host.fired()).toHaveLength(1);
    expect(host.engine.rule('1')?.state).toBe('done');
  });

  it('with `for` fires when it has held so long, at that very moment, and not when it broke off', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 for 3m');
    host.apply(trade(T0 + MINUTE, 101));
    host.apply(trade(T0 + 2 * MINUTE, 99));
    host.apply(trade(T0 + 3 * MINUTE, 101));
    host.apply({ type: 'clock', ts: T0 + 5 * MINUTE });
    expect(host.fired()).toEqual([]);
    host.apply({ type: 'clock', ts: T0 + 7 * MINUTE });
    expect(host.fired().map((firing) => firing.ts - T0)).toEqual([6 * MINUTE]);
  });

  it('with `for` does not fire on time that it could not see', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 for 3m');
    host.apply(trade(T0 + MINUTE, 101));
    host.apply({ type: 'gap', instrument: BTC, open: true, from: T0 + MINUTE, ts: T0 + MINUTE });
    host.apply({ type: 'clock', ts: T0 + 10 * MINUTE });
    expect(host.engine.rule('1')?.state).toBe('stale');
    host.apply(trade(T0 + 2 * MINUTE, 99));
    host.apply({ type: 'gap', instrument: BTC, open: false, from: T0 + MINUTE, ts: T0 + 10 * MINUTE });
    expect(host.fired()).toEqual([]);
    expect(host.engine.rule('1')?.state).toBe('armed');
  });

  it('with `rearm` waits until the series has gone back so far', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 rearm 95');
    for (const [i, price] of [101, 99, 102, 94, 103].entries()) host.apply(trade(T0 + 1 + i, price));
    expect(host.fired().map((firing) => firing.price)).toEqual([101, 103]);
  });

  it('with `on close` looks at closed bars alone', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc close > 100 on close');
    host.apply(trade(T0 + 1, 150));
    host.apply(trade(T0 + 2, 90));
    host.apply(trade(T0 + MINUTE, 120));
    expect(host.fired()).toEqual([]);
    host.apply(trade(T0 + 2 * MINUTE, 90));
    expect(host.fired().map((firing) => firing.ts - T0)).toEqual([2 * MINUTE]);
  });

  it('of a crossing fires at the crossing and is armed again at once', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc crosses above 100 every 1s');
    for (const [i, price] of [101, 102, 99, 101].entries()) host.apply(trade(T0 + (1 + i) * 2_000, price));
    expect(host.fired().map((firing) => firing.price)).toEqual([101, 101]);
    expect(host.engine.rule('1')?.state).toBe('armed');
  });

  it('of a range fires when the price leaves it on either side', () => {
    const host = drive();
    host.apply(trade(T0, 100));
    host.set('1', 'btc leaves [90, 110] every 1s');
    for (const [i, price] of [110, 111, 100, 89, 85].entries()) host.apply(trade(T0 + (1 + i) * 2_000, price));
    expect(host.fired().map((firing) => firing.price)).toEqual([111, 89]);
  });

  it('of two parts fires when both are true, whichever comes last', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.apply(trade(T0, 10, 1, ETH));
    host.set('1', 'btc > 100 and ethusdt.close < 5');
    host.apply(trade(T0 + 1, 101));
    expect(host.fired()).toEqual([]);
    host.apply(trade(T0 + 2, 4, 1, ETH));
    expect(host.fired()[0].values.map((value) => [value.series, value.value, value.threshold])).toEqual([
      ['price', 101, 100],
      ['ethusdt', 4, 5],
    ]);
  });

  it('expires at its `until` and then never fires', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 for the next 1h');
    host.apply(trade(T0 + 61 * MINUTE, 101));
    expect(host.fired()).toEqual([]);
    expect(host.engine.rule('1')?.state).toBe('expired');
  });

  it('that is paused says nothing, muted for a time comes back by itself', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 every 1s');
    host.apply({ type: 'rule-pause', ts: T0 + 1, ruleId: '1', until: T0 + MINUTE });
    host.apply(trade(T0 + 2, 101));
    host.apply(trade(T0 + 3, 99));
    host.apply(trade(T0 + MINUTE + 1, 102));
    expect(host.fired().map((firing) => firing.price)).toEqual([102]);
  });
});

describe('after a restart', () => {
  const history = Array.from({ length: 30 }, (_, i) => {
    const price = 100 + (i % 7);
    return { start: T0 + i * MINUTE, open: price, high: price + 1, low: price - 1, close: price, volume: 1, trades: 4 };
  });
  const later = T0 + 30 * MINUTE;

  it('a rule that was armed fires on what was missed, with the time at which it happened', () => {
    const host = drive();
    host.set('1', 'btc > 120', { state: 'armed', since: T0, truth: false, firings: 3 });
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: history });
    expect(host.fired()).toEqual([]);
    const missed = { start: later, open: 103, high: 125, low: 102, close: 104, volume: 9, trades: 20 };
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: [missed] });
    expect(host.fired()).toHaveLength(1);
    expect(host.fired()[0]).toMatchObject({ id: '1.4', price: 125 });
    expect(Math.floor((host.fired()[0].ts - later) / MINUTE)).toBe(0);
    expect(host.closed(MINUTE)).toContainEqual(missed);
  });

  it('a rule that had fired does not fire again on the same trades, nor within its cooldown', () => {
    const host = drive();
    const firedAt = later + 10;
    host.set('1', 'btc > 120 every 15m', {
      state: 'fired',
      since: firedAt,
      truth: true,
      firings: 1,
      lastFiredAt: firedAt,
    });
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: history });
    host.apply(trade(firedAt, 121));
    host.apply(trade(firedAt + 5, 119));
    host.apply(trade(firedAt + 9, 121));
    expect(host.fired()).toEqual([]);
  });

  it('a hold that was running fires when it is over', () => {
    const host = drive();
    const since = later - MINUTE;
    host.set('1', 'btc < 120 for 3m', { state: 'pending', since, truth: true, firings: 0, pendingSince: since });
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: history });
    host.apply({ type: 'clock', ts: since + 3 * MINUTE });
    // Nobody knows yet what happened while the program was down.
    expect(host.fired()).toEqual([]);
    host.apply({ type: 'gap', instrument: BTC, open: true, from: later, ts: since + 3 * MINUTE });
    host.apply({ type: 'gap', instrument: BTC, open: false, from: later, ts: since + 3 * MINUTE + 5 });
    host.apply({ type: 'clock', ts: since + 3 * MINUTE + 10 });
    expect(host.fired()).toHaveLength(1);
  });

  it('a rule on two instruments is not looked at while one of them has no data', () => {
    const host = drive();
    host.apply(trade(T0, 2000));
    host.apply(trade(T0, 100, 1, ETH));
    host.set('1', 'btcusdt/ethusdt > 21 every 1s');
    for (const instrument of [BTC, ETH]) host.apply({ type: 'gap', instrument, open: true, from: T0, ts: T0 });
    const minutes = (prices: readonly number[]) =>
      prices.map((price, i) => ({
        start: T0 + i * MINUTE,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1,
        trades: 2,
      }));
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: minutes([2100, 2200, 2300]) });
    host.apply({ type: 'bars', instrument: ETH, interval: MINUTE, bars: minutes([105, 110, 115]) });
    for (const instrument of [BTC, ETH])
      host.apply({ type: 'gap', instrument, open: false, from: T0, ts: T0 + 3 * MINUTE });
    expect(host.fired()).toEqual([]);
    host.apply(trade(T0 + 4 * MINUTE, 2500));
    expect(host.fired()).toHaveLength(1);
  });

  it('a rule does not fire on what happened before it was made', () => {
    const host = drive();
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: history });
    host.apply({ type: 'gap', instrument: BTC, open: true, from: later, ts: later });
    const text = rule('btc > 120');
    host.apply({ type: 'rule-set', ts: later + 30 * MINUTE, rule: { id: '1', text } });
    const spike = (start: number) => ({ start, open: 103, high: 125, low: 102, close: 104, volume: 9, trades: 20 });
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: [spike(later)] });
    expect(host.fired()).toEqual([]);
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: [spike(later + 31 * MINUTE)] });
    expect(host.fired()).toHaveLength(1);
  });

  it('a hold does not fire while nothing is known of the market', () => {
    const host = drive();
    host.set('1', 'btc > 120 for 3m', { state: 'pending', since: T0, truth: true, firings: 0, pendingSince: T0 });
    host.apply({ type: 'clock', ts: T0 + 60 * MINUTE });
    expect(host.fired()).toEqual([]);
  });

  it('the open bar of a long interval is asked for minute by minute, and is whole when they are there', () => {
    const host = drive();
    const day = Math.floor(T0 / (1440 * MINUTE)) * 1440 * MINUTE;
    const minutes = Array.from({ length: 1200 }, (_, i) => ({
      start: day + i * MINUTE,
      open: 100,
      high: i === 100 ? 500 : 101,
      low: 99,
      close: 100,
      volume: 1,
      trades: 1,
    }));
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: minutes.slice(900) });
    host.apply(trade(day + 1200 * MINUTE, 100));
    host.set('1', 'btc high@1d > 600');
    expect(host.out).toContainEqual({ type: 'history-needed', instrument: BTC, interval: MINUTE, bars: 1200 });
    host.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: minutes });
    expect(host.engine.barsOf(BTC, 1440 * MINUTE, 1).open).toMatchObject({ high: 500, volume: 1201 });
  });

  it('a changed rule goes on numbering its firings', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.apply({ type: 'rule-set', ts: T0, rule: { id: '1', text: rule('btc > 100 once') }, inherits: { firings: 4 } });
    host.apply(trade(T0 + 1, 101));
    expect(host.fired().map((firing) => firing.id)).toEqual(['1.5']);
  });

  it('a price that flaps on a level within the cooldown leaves no trail of states', () => {
    const host = drive();
    host.apply(trade(T0, 90));
    host.set('1', 'btc > 100 every 15m');
    for (let i = 1; i <= 1000; i++) host.apply(trade(T0 + i, i % 2 === 1 ? 101 : 99));
    expect(host.fired()).toHaveLength(1);
    expect(host.out.filter((event) => event.type === 'rule-state').length).toBeLessThan(5);
    expect(host.engine.rule('1')?.suppressed).toBe(499);
  });

  it('indicators have the same bits as if it had never stopped', () => {
    const texts = [
      'btc z(20) > 99',
      'btc std(20) > 99',
      'btc bb(20).width > 99',
      'btc highest(20) > 999',
      'btc mean(20) > 999',
      'btc change(5) > 99%',
    ];
    const trades = Array.from({ length: 400 }, (_, i) => trade(T0 + i * 10_000, 100 + Math.sin(i) * 10 + (i % 13) / 7));
    const whole = drive();
    for (const [i, text] of texts.entries()) whole.set(String(i), text);
    for (const item of trades) whole.apply(item);

    // Where a window begins must not matter: it is tried at every place of the windows' rings.
    for (let since = 20; since < 40; since++) {
      const again = drive();
      const from = T0 + since * MINUTE;
      const stored = whole.closed(MINUTE).filter((bar) => bar.start >= from && bar.start < T0 + 60 * MINUTE);
      again.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: stored });
      for (const [i, text] of texts.entries()) again.set(String(i), text);
      for (const item of trades.filter((t) => t.ts >= T0 + 60 * MINUTE)) again.apply(item);
      for (const [i] of texts.entries()) {
        expect(again.engine.rule(String(i))?.values[0].value).toBe(whole.engine.rule(String(i))?.values[0].value);
      }
    }
  });
});
