import { describe, expect, it } from 'vitest';
import { Engine } from '../engine.ts';
import { parseStrategy } from '../language/strategy.ts';
import { testScope } from '../language/test-scope.ts';
import type { Bar, EngineEvent, MarketEvent } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import type { SavedStrategy } from './signal.ts';

const BTC = 'binance:btcusdt';
const T0 = 100 * MINUTE;

/** An engine with one strategy on btcusdt 1m, and what it says of it in short. */
function running(clauses: string, saved?: SavedStrategy, on = 'btc') {
  const engine = new Engine();
  const told: string[] = [];
  const other: EngineEvent[] = [];
  const note = (event: EngineEvent): void => {
    if (event.type === 'signal') {
      const { id, side, ts, price, stop, target } = event.signal;
      told.push(`${id} ${side} ${(ts - T0) / MINUTE} ${price} ${stop ?? '-'} ${target ?? '-'}`);
    } else if (event.type === 'signal-event') {
      const { signalId, what, ts, price } = event.event;
      told.push(`${signalId} ${what} ${Math.floor((ts - T0) / MINUTE)} ${price}`);
    } else other.push(event);
  };
  const apply = (event: MarketEvent): void => engine.apply(event).forEach(note);
  const text = parseStrategy(`x on ${on} 1m ${clauses}`, testScope());
  apply({ type: 'strategy-set', ts: T0, strategy: { id: 's', text }, ...(saved === undefined ? {} : { saved }) });
  /** Trades one after the other, each at a minute and a price. */
  const trade = (minute: number, ...prices: readonly number[]): void => {
    prices.forEach((price, i) => {
      const ts = T0 + minute * MINUTE + i * 1000;
      apply({ type: 'trade', instrument: BTC, ts, price, size: 1, side: undefined, id: String(ts) });
    });
  };
  return { engine, told, other, apply, trade };
}

describe('a strategy that runs', () => {
  it('raises a signal at the close, is filled at the next price, and leaves at the price after its exit', () => {
    const { told, trade, other } = running('long when close > 105 exit when close < 103 stop 10% target 10%');
    trade(0, 100, 101);
    trade(1, 104, 106);
    expect(told).toEqual([]);
    trade(2, 107, 104, 102);
    // At the close of minute 1 the close is 106: the stop 106 - 10.6, the target 106 + 10.6.
    expect(told).toEqual(['s.1 long 2 106 95.4 116.6', 's.1 opened 2 107']);
    trade(3, 101, 100);
    expect(told.slice(2)).toEqual(['s.1 exit 3 101']);
    // 120 is far above, but the condition was false in between: a new signal.
    trade(4, 120);
    trade(5, 121);
    expect(told.slice(3)).toEqual(['s.2 long 5 120 108 132', 's.2 opened 5 121']);
    expect(other.filter(({ type }) => type === 'fired' || type === 'rule-state')).toEqual([]);
  });

  it('is stopped at its level within a bar, at the first price of a bar that lies beyond it, and at its target likewise', () => {
    const run = (...prices: (readonly [number, ...number[]])[]): readonly string[] => {
      const { told, trade } = running('long when close > 105 stop 4 target 4');
      trade(0, 100);
      trade(1, 106);
      for (const [minute, ...of] of prices) trade(minute, ...of);
      return told.slice(2);
    };
    // No trade was at the stop, 102: it is filled at the first one beyond it. The target, 110, is never filled better.
    expect(run([2, 107, 101, 103])).toEqual(['s.1 stop 2 101']);
    expect(run([2, 107], [3, 99])).toEqual(['s.1 stop 3 99']);
    expect(run([2, 107, 115])).toEqual(['s.1 target 2 110']);
    expect(run([2, 107], [3, 115])).toEqual(['s.1 target 3 110']);
    // Filled beyond its stop: out at that price.
    const { told, trade } = running('long when close > 105 stop 4');
    trade(0, 100);
    trade(1, 106);
    trade(2, 90);
    expect(told.slice(1)).toEqual(['s.1 opened 2 90', 's.1 stop 2 90']);
  });

  it('of a missed minute that touches both levels takes the bad one, long and short', () => {
    const bar: Bar = { start: T0 + 2 * MINUTE, open: 106, high: 120, low: 90, close: 106, volume: 4, trades: 9 };
    for (const [side, price] of [
      ['long when close > 105', 102],
      ['short when close > 105', 110],
    ] as const) {
      const { told, trade, apply } = running(`${side} stop 4 target 4`);
      trade(0, 100);
      trade(1, 106);
      apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: [bar] });
      expect(told.slice(1)).toEqual(['s.1 opened 2 106', `s.1 stop 2 ${price}`]);
    }
  });

  it('turns round when it enters the other way, and does not enter while its exit is true', () => {
    const { told, trade } = running(
      'long when close > 105 exit when volume > 2 short when close < 95 exit short when close crosses above 100',
    );
    trade(0, 100);
    trade(1, 106);
    trade(2, 104);
    trade(3, 94);
    trade(4, 93);
    expect(told).toEqual([
      's.1 long 2 106 - -',
      's.1 opened 2 104',
      's.2 short 4 94 - -',
      's.1 exit 4 93',
      's.2 opened 4 93',
    ]);
    trade(5, 101);
    trade(6, 102, 102, 107);
    trade(7, 108);
    // Three trades in minute 6: its volume is 3, so that its exit is true at the entry.
    expect(told.slice(5)).toEqual(['s.2 exit 6 102']);
  });

  it('gives up at the first price of a bar when its time is over', () => {
    const { told, trade } = running('long when close > 105 expire 3m');
    trade(0, 100);
    trade(1, 106);
    for (const minute of [2, 3, 4]) trade(minute, 106, 107);
    trade(5, 108, 109);
    expect(told.slice(1)).toEqual(['s.1 opened 2 106', 's.1 expired 5 108']);
  });

  it('raises nothing where a level lies on the wrong side, or both sides are entered at once', () => {
    const wrong = running('long when close > 105 stop at 107');
    const both = running('long when close > 105 short when volume > 1');
    for (const { trade } of [wrong, both]) {
      trade(0, 100);
      trade(1, 106, 106);
      trade(2, 106);
    }
    expect([...wrong.told, ...both.told]).toEqual([]);
    expect([wrong, both].map(({ engine }) => engine.strategy('s')?.skipped)).toEqual([1, 1]);
  });

  it('goes on after a restart where it stood, and ends when it is removed', () => {
    const whole = running('long when close > 105 exit when close < 103 stop 10%');
    whole.trade(0, 100);
    whole.trade(1, 106);
    whole.trade(2, 107);
    const saved = structuredClone(whole.engine.strategy('s')!.saved);
    const again = running('long when close > 105 exit when close < 103 stop 10%', saved);
    for (const { trade } of [whole, again]) {
      trade(3, 107);
      trade(4, 102);
      trade(5, 101);
      trade(6, 110);
      trade(7, 111);
    }
    expect(again.told).toEqual(whole.told.slice(2));
    expect(again.told).toEqual(['s.1 exit 5 101', 's.2 long 7 110 99 -', 's.2 opened 7 111']);
    const { engine, apply, told } = again;
    apply({ type: 'strategy-remove', ts: T0 + 8 * MINUTE, strategyId: 's' });
    again.trade(8, 50);
    expect(told).toHaveLength(3);
    expect(engine.strategy('s')).toBeUndefined();
    expect(engine.size().rules).toBe(0);
    expect(engine.size().series).toBe(0);
  });

  it('has nothing to do with prices from before a signal that it is told again after a restart', () => {
    const rules = 'long when close > 105 exit when close < 100 stop 10%';
    const whole = running(rules);
    whole.trade(0, 100);
    whole.trade(1, 90, 106);
    whole.trade(2, 107);
    const { saved } = whole.engine.strategy('s')!;
    // The minute before the signal fell below its stop; the one after it did not.
    const again = running(rules, structuredClone(saved));
    const minute = (at: number, open: number, high: number, low: number, close: number): Bar => {
      return { start: T0 + at * MINUTE, open, high, low, close, volume: 1, trades: 2 };
    };
    const bars = [minute(0, 100, 100, 100, 100), minute(1, 90, 106, 90, 106), minute(2, 107, 107, 107, 107)];
    again.trade(0, 100);
    again.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars });
    expect(again.told).toEqual([]);
    again.trade(3, 94);
    expect(again.told).toEqual(['s.1 stop 3 94']);
    // What was decided at the close of a minute is not done at a price of that minute.
    const leaving = running(rules);
    leaving.trade(0, 100);
    leaving.trade(1, 106);
    leaving.trade(2, 107);
    leaving.trade(3, 99);
    leaving.apply({ type: 'clock', ts: T0 + 4 * MINUTE });
    const late = running(rules, structuredClone(leaving.engine.strategy('s')!.saved));
    late.trade(2, 107);
    late.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: [minute(3, 104, 104, 99, 99)] });
    expect(late.told).toEqual([]);
    late.trade(4, 98);
    expect(late.told).toEqual(['s.1 exit 4 98']);
  });

  it('shows why: the values of its condition', () => {
    const { engine, trade } = running('long when close > 105 and rsi(2) > 50 expire 1d');
    trade(0, 100);
    trade(1, 104);
    trade(2, 104);
    trade(3, 106);
    trade(4, 106);
    const [open] = engine.strategy('s')!.open;
    expect(open?.signal.values.map(({ series, threshold }) => `${series} ${threshold}`)).toEqual([
      'close 105',
      'rsi(2) 50',
    ]);
  });
});
