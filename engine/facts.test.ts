import { beforeEach, describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { parseRule } from './language/parse.ts';
import { testScope } from './language/test-scope.ts';
import type { EngineEvent, MarketEvent } from './market/events.ts';

const MINUTE = 60_000;
/** A whole hour. */
const T0 = 1_768_478_400_000;
const BTC = 'binance:btcusdt';

let engine: Engine;
beforeEach(() => {
  engine = new Engine();
});

const fired = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === 'fired' ? [event.firing] : []));
const apply = (event: MarketEvent): readonly EngineEvent[] => engine.apply(event);
const set = (text: string, id = '1') =>
  apply({
    type: 'rule-set',
    ts: T0,
    rule: {
      id,
      text: parseRule(text, testScope({ facts: { has: (name) => name === 'mood', names: () => ['mood'] } })),
    },
  });
const fact = (name: string, ts: number, value: number) => apply({ type: 'fact', name, instrument: BTC, ts, value });
const growth = (ts: number, value: number) =>
  apply({ type: 'fact', name: 'gdp_growth_rate', instrument: undefined, ts, value });
const trade = (ts: number, price: number, size = 1) =>
  apply({ type: 'trade', instrument: BTC, ts, price, size, side: 'buy', id: String(ts) });

describe('a rule on a fact', () => {
  it('fires at the moment at which the fact becomes so, and again after it was otherwise', () => {
    set('btc funding > 0.01% every 1s');
    const firings = [0.00005, 0.0002, 0.0003, 0.00005, 0.0004].flatMap((value, i) =>
      fired(fact('funding', T0 + i * MINUTE, value)),
    );
    expect(firings.map(({ ts, values }) => [ts, values[0].value, values[0].before])).toEqual([
      [T0 + MINUTE, 0.0002, 0.00005],
      [T0 + 4 * MINUTE, 0.0004, 0.00005],
    ]);
  });

  it('does not fire for what was so when the first value came', () => {
    set('btc funding > 0.01%');
    expect(engine.rule('1')).toMatchObject({ ready: false, waitsFor: ['funding'] });
    expect(fired(fact('funding', T0, 0.0002))).toEqual([]);
    expect(engine.rule('1')).toMatchObject({ ready: true, truth: true, state: 'fired', waitsFor: [] });
  });

  it('knows facts by all names that the language has for them, and by those that it has not', () => {
    set('btc oi > 5');
    set('btc mood > 5', '2');
    fact('open_interest', T0, 1);
    fact('mood', T0, 1);
    expect(fired(fact('Open_Interest', T0 + 1, 6))).toHaveLength(1);
    expect(fired(fact('mood', T0 + 1, 6))).toHaveLength(1);
  });

  it('holds for every instrument where the fact has none', () => {
    set('btc gdp_growth_rate < 0');
    set('eth gdp_growth_rate < 0', '2');
    growth(T0, 1);
    expect(fired(growth(T0 + 1, -1)).map(({ ruleId }) => ruleId)).toEqual(['1', '2']);
  });

  it('counts from when the fact became known, whatever time it speaks of', () => {
    set('btc gdp_growth_rate < 0');
    growth(T0 - 90 * 86_400_000, 1);
    trade(T0 + 5 * MINUTE, 100);
    const [firing] = fired(growth(T0 - 86_400_000, -1));
    expect(firing.ts).toBe(T0 + 5 * MINUTE);
  });

  it('goes with prices: each of them may make it true', () => {
    set('btc mark - price > 5 every 1s');
    trade(T0, 100);
    fact('mark', T0, 101);
    expect(fired(fact('mark', T0 + 1, 106))).toHaveLength(1);
    expect(fired(trade(T0 + 1000, 102))).toHaveLength(0);
    expect(fired(trade(T0 + 2000, 100.5))).toHaveLength(1);
  });

  it('is held back while the trades of its instrument are missing, and looked at when they are back', () => {
    set('btc funding > 0.01%');
    fact('funding', T0, 0.00001);
    apply({ type: 'gap', instrument: BTC, open: true, from: T0, ts: T0 });
    expect(fired(fact('funding', T0 + 1, 0.0002))).toHaveLength(0);
    const back = apply({ type: 'gap', instrument: BTC, open: false, from: T0, ts: T0 + MINUTE });
    expect(fired(back)).toHaveLength(1);
  });
});

describe('what is told', () => {
  const refused = (events: readonly EngineEvent[]) =>
    events.flatMap((event) => (event.type === 'refused' ? [event.reason] : []));

  it('is left out and counted where it is older than what is known, and refused where it is no number', () => {
    fact('oi', T0 + 10, 5);
    expect(refused(fact('oi', T0, 6))).toEqual(['late']);
    expect(refused(fact('oi', T0 + 20, Number.NaN))).toEqual(['malformed']);
    expect(refused(fact('oi', Number.POSITIVE_INFINITY, 1))).toEqual(['malformed']);
    expect(engine.factOf('oi', BTC)).toMatchObject({ value: 5, at: T0 + 10, late: 1 });
  });

  it('is added up within a bar where it counts events, even where one comes late', () => {
    trade(T0, 100);
    set('btc 1m liquidations > 5');
    fact('liquidations', T0 + 2000, 3);
    expect(fired(fact('liquidations', T0 + 1000, 3))).toHaveLength(1);
    trade(T0 + MINUTE, 100);
    expect(engine.rule('1')).toMatchObject({ truth: false, state: 'armed' });
    expect(refused(fact('liquidations', T0 + 2000 - MINUTE - 1, 3))).toEqual(['late']);
  });

  it('is kept by the minute where it is old, and as it came where it is new', () => {
    for (let i = 0; i < 5000; i++) fact('mark', T0 + i * 1000, 100 + i);
    const line = engine.facts.get(`${BTC} mark`)!;
    expect(line.length).toBeLessThan(2600);
    expect(line.values[line.length - 2]).toBe(5098);
    // The last of the first minute.
    expect([line.times[0], line.values[0]]).toEqual([T0 + 59_000, 159]);
  });
});

describe('the order book', () => {
  const side = (levels: readonly [number, number][]) => ({
    prices: Float64Array.from(levels, ([price]) => price),
    sizes: Float64Array.from(levels, ([, size]) => size),
  });
  const book = (ts: number, bids: readonly [number, number][], asks: readonly [number, number][]) =>
    apply({ type: 'book', instrument: BTC, ts, bids: side(bids), asks: side(asks) });

  it('is wanted while a rule looks at it', () => {
    const wanted = (events: readonly EngineEvent[]) =>
      events.flatMap((event) => (event.type === 'book-wanted' ? [[event.instrument, event.on]] : []));
    expect(wanted(set('btc spread > 1 and imbalance > 0'))).toEqual([[BTC, true]]);
    expect(wanted(set('btc bid_depth(5) > 1', '2'))).toEqual([]);
    expect(wanted(apply({ type: 'rule-remove', ts: T0, ruleId: '1' }))).toEqual([]);
    expect(wanted(apply({ type: 'rule-remove', ts: T0, ruleId: '2' }))).toEqual([[BTC, false]]);
  });

  it('gives prices, spread, imbalance and depth', () => {
    const texts = [
      'bid > 1',
      'ask > 1',
      'spread > 0',
      'spread_bps > 0',
      'imbalance > 0',
      'bid_depth(100) > 1',
      'ask_depth(150) > 1',
    ];
    for (const [i, text] of texts.entries()) set(`btc ${text}`, String(i));
    book(
      T0,
      [
        [99, 3],
        [98, 5],
      ],
      [
        [101, 1],
        [102, 1],
        [110, 9],
      ],
    );
    const values = texts.map((_text, i) => engine.rule(String(i))!.values[0].value);
    // Middle 100: 1 % below is 99, 1.5 % above 101.5. Ten levels: 8 bid, 11 asked.
    expect(values).toEqual([99, 101, 2, 200, -3 / 19, 3, 1]);
  });

  it('makes rules fire, and is refused where its sides meet', () => {
    set('btc imbalance > 0.5');
    book(T0, [[99, 1]], [[101, 1]]);
    expect(fired(book(T0 + 100, [[99, 9]], [[101, 1]]))).toHaveLength(1);
    expect(book(T0 + 200, [[102, 9]], [[101, 1]])).toEqual([{ type: 'refused', instrument: BTC, reason: 'malformed' }]);
  });

  it('says nothing any more when nobody has read it for a while', () => {
    set('btc bid > 1');
    book(T0, [[99, 1]], [[101, 1]]);
    apply({ type: 'rule-remove', ts: T0, ruleId: '1' });
    set('btc bid > 1');
    expect(engine.rule('1')).toMatchObject({ ready: false, waitsFor: ['bid'] });
  });
});

describe('stored facts', () => {
  it('are asked for as far back as a rule reads, and then let it go on without a firing', () => {
    const needed = set('btc 5m sma(oi, 20) > 5').filter((event) => event.type === 'facts-needed');
    expect(needed.map(({ instrument, ms }) => [instrument, ms])).toEqual([
      [BTC, 21 * 5 * MINUTE],
      [undefined, 21 * 5 * MINUTE],
    ]);
    const minutes = Array.from({ length: 120 }, (_x, i) => T0 - (120 - i) * MINUTE);
    const flat = { open: 100, high: 100, low: 100, close: 100, volume: 1, trades: 1 };
    const fives = minutes.filter((start) => start % (5 * MINUTE) === 0).map((start) => ({ start, ...flat }));
    apply({ type: 'bars', instrument: BTC, interval: 5 * MINUTE, bars: fives });
    const points = minutes.map((at) => ({ ts: at, at, value: 6 }));
    expect(fired(apply({ type: 'facts', name: 'oi', instrument: BTC, points }))).toEqual([]);
    expect(engine.rule('1')).toMatchObject({ ready: true, truth: true });
    expect(engine.rule('1')!.values[0].value).toBe(6);
  });
});
