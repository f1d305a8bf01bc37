import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { parseRule } from './language/parse.ts';
import type { Bar, EngineEvent, MarketEvent } from './market/events.ts';
import { MINUTE, SECOND } from './market/interval.ts';
import type { SavedRule } from './rules/rule.ts';

const T0 = 1_700_000_040_000; // a whole minute
const BTC = 'sim:btcusdt';
const ETH = 'sim:ethusdt';

const rule = (text: string) =>
  parseRule(text, {
    resolve: (name) => ({ btc: BTC, btcusdt: BTC, ethusdt: ETH })[name.toLowerCase()],
    suggest: () => [],
    instrument: undefined,
    interval: MINUTE,
    now: T0,
    wallTime: Date.UTC,
  });

/** An engine, and what came out of it. */
function drive() {
  const engine = new Engine();
  const out: EngineEvent[] = [];
  const apply = (event: MarketEvent) => void out.push(...engine.apply(event));
  let ids = 0;
  return {
    engine,
    out,
    apply,
    set: (id: string, text: string, saved?: SavedRule) =>
      apply({ type: 'rule-set', ts: T0, rule: { id, text: rule(text) }, ...(saved && { saved }) }),
    trade: (ts: number, price: number, instrument = BTC) =>
      apply({ type: 'trade', instrument, ts, price, size: 1, side: 'buy', id: String(++ids) }),
    gap: (open: boolean, ts: number) => apply({ type: 'gap', instrument: BTC, open, from: T0 + MINUTE, ts }),
    missed: (bars: readonly Bar[]) => apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars }),
    fired: () => out.flatMap((event) => (event.type === 'fired' ? [event.firing] : [])),
  };
}

/** A price that wiggles by 1 around 100, without any trend. */
const calm = (i: number): number => 100 + ((i * 7) % 5) / 2 - 1;

const minute = (start: number, high: number): Bar => ({
  start,
  open: 100,
  high,
  low: 99,
  close: high - 1,
  volume: 50,
  trades: 40,
});

/** A minute of calm trades, one a second, then three missed minutes in the second of which the price went to 130. */
function missThree(host: ReturnType<typeof drive>): void {
  for (let i = 0; i < 60; i++) host.trade(T0 + i * SECOND + 10, calm(i));
  host.gap(true, T0 + MINUTE);
  host.missed([101, 130, 131].map((high, i) => minute(T0 + (i + 1) * MINUTE, high)));
  host.gap(false, T0 + 4 * MINUTE);
}

describe('missed minutes that are walked through', () => {
  it('do not fire a rule on seconds, but one on the price or on minutes', () => {
    const host = drive();
    host.trade(T0, 100);
    host.set('seconds', 'btc 1s z(20) > 3');
    host.set('price', 'btc 1s price > 120');
    host.set('minutes', 'btc 1m close > 120');
    missThree(host);
    expect(host.fired().map(({ ruleId, price }) => [ruleId, price])).toEqual([
      ['price', 130],
      ['minutes', 130],
    ]);
  });

  it.each([
    'btc z(20)@1s > 3 or price > 120',
    'btc 5m close > 50 and z(20)@1s > 3',
    'btc 1s z(20) > 3 on close',
    'btc 7s highest(3) > 120',
    'btc bb(20)@1s.upper crosses above 120',
    'btc 1s btcusdt/ethusdt > 1.2',
  ])('do not let %s be looked at', (text) => {
    const host = drive();
    host.trade(T0, 100);
    host.set('1', `${text} every 1s`.replace(' on close every 1s', ' every 1s on close'));
    for (let i = 0; i < 240; i++) host.trade(T0 + i * SECOND, 100, ETH);
    missThree(host);
    expect(host.fired()).toEqual([]);
    expect(host.engine.rule('1')).toMatchObject({ ready: false, values: [] });
  });

  it('close no bars of a second', () => {
    const host = drive();
    host.engine.watch(BTC, SECOND, 20);
    missThree(host);
    const seconds = host.out.flatMap((event) =>
      event.type === 'bar-closed' && event.interval === SECOND ? [event.bar.start] : [],
    );
    expect(Math.max(...seconds)).toBeLessThan(T0 + MINUTE);
    expect(host.engine.barsOf(BTC, SECOND, 1000)).toEqual({ closed: [], open: undefined });
  });

  it('ask once for the seconds that are wanted, when the feed has told all', () => {
    const host = drive();
    host.set('1', 'btc 1s z(20) > 3');
    host.out.length = 0;
    missThree(host);
    host.gap(true, T0 + 4 * MINUTE);
    host.gap(false, T0 + 4 * MINUTE);
    const asked = host.out.flatMap((event) => (event.type === 'history-needed' ? [event] : []));
    expect(asked).toEqual([{ type: 'history-needed', instrument: BTC, interval: SECOND, bars: expect.any(Number) }]);
    expect(asked[0].bars).toBeGreaterThan(20);
    const at = T0 + 4 * MINUTE;
    const seconds = Array.from({ length: 40 }, (_, i) => ({ ...minute(at + (i - 40) * SECOND, 101), trades: 1 }));
    host.apply({ type: 'bars', instrument: BTC, interval: SECOND, bars: seconds });
    expect(host.engine.rule('1')?.ready).toBe(true);
  });

  it('leave values that are those of an engine that knows nothing from before', () => {
    const whole = drive();
    whole.trade(T0, 100);
    const fresh = drive();
    for (const [i, text] of ['z(20)', 'rsi(14)', 'close[3]', 'highest(10) - ema(5)', 'bb(20).width'].entries()) {
      for (const host of [whole, fresh])
        host.set(String(i), `btc 1s ${text} > 1000000`.replace('rsi(14) > 1000000', 'rsi(14) > 99.9'));
    }
    missThree(whole);
    for (let i = 0; i < 400; i++)
      for (const host of [whole, fresh]) host.trade(T0 + 4 * MINUTE + i * SECOND, calm(i * i));
    for (const id of ['0', '1', '2', '3', '4']) {
      expect(whole.engine.rule(id)?.values).toEqual(fresh.engine.rule(id)?.values);
      expect(whole.engine.rule(id)?.values).toHaveLength(1);
    }
  });

  it('let a rule on seconds find, once it is warm, that it became true meanwhile, and fire on it once', () => {
    const host = drive();
    host.trade(T0, 100);
    host.set('1', 'btc 1s lowest(20) > 120');
    missThree(host);
    for (let i = 0; i < 60; i++) host.trade(T0 + 4 * MINUTE + i * SECOND, 130 + calm(i));
    const [firing, ...more] = host.fired();
    expect(more).toEqual([]);
    expect(firing.ts).toBeGreaterThan(T0 + 4 * MINUTE + 15 * SECOND);
    expect(firing.ts).toBeLessThan(T0 + 4 * MINUTE + 25 * SECOND);
  });

  it('after a restart do not fire a rule on seconds whose history was loaded before', () => {
    const host = drive();
    host.set('1', 'btc 1s z(20) > 3', { state: 'armed', since: T0, truth: false, firings: 0 });
    const hour = Array.from({ length: 60 }, (_, i) => minute(T0 + (i - 60) * MINUTE, 101));
    host.missed(hour);
    const seconds = Array.from({ length: 60 }, (_, i) => {
      const price = calm(i);
      return {
        start: T0 + (i - 60) * SECOND,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1,
        trades: 1,
      };
    });
    host.apply({ type: 'bars', instrument: BTC, interval: SECOND, bars: seconds });
    host.gap(true, T0);
    host.missed([minute(T0, 130)]);
    host.gap(false, T0 + MINUTE);
    for (let i = 0; i < 60; i++) host.trade(T0 + MINUTE + i * SECOND, calm(i));
    expect(host.fired()).toEqual([]);
    expect(host.engine.rule('1')?.ready).toBe(true);
  });
});

describe('a late trade that is the first after history', () => {
  const history = [minute(T0 - 2 * MINUTE, 101), minute(T0 - MINUTE, 102)];

  it('is left out: no closed bar changes, none opens in the past, no rule looks', () => {
    const host = drive();
    for (const interval of [SECOND, 5 * MINUTE, 60 * MINUTE]) host.engine.watch(BTC, interval, 5);
    host.missed(history);
    host.set('1', 'btc price < 50');
    host.out.length = 0;
    host.trade(T0 - 1, 7);
    expect(host.out).toEqual([{ type: 'refused', instrument: BTC, reason: 'late' }]);
    expect(host.engine.barsOf(BTC, MINUTE, 5)).toEqual({ closed: history, open: undefined });
    expect(host.engine.barsOf(BTC, SECOND, 5)).toEqual({ closed: [], open: undefined });
    for (const interval of [5 * MINUTE, 60 * MINUTE]) {
      const { closed, open } = host.engine.barsOf(BTC, interval, 5);
      expect(closed).toEqual([]);
      // The two minutes of history, which lie in it.
      expect(open).toMatchObject({ open: 100, high: 102, low: 99, close: 101, volume: 100, trades: 80 });
    }
    expect(host.engine.view(BTC)).toMatchObject({ price: 101, late: 1 });
  });

  it('does not keep the next one from opening the minute that it falls in', () => {
    const host = drive();
    host.missed(history);
    host.trade(T0 - 1, 7);
    host.trade(T0 + 5, 103);
    expect(host.engine.barsOf(BTC, MINUTE, 5)).toEqual({
      closed: history,
      open: { start: T0, open: 103, high: 103, low: 103, close: 103, volume: 1, trades: 1, bought: 1 },
    });
  });
});
