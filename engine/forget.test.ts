import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { parseRule } from './language/parse.ts';
import { ANY_FACT } from './language/scope.ts';
import type { Bar, EngineEvent, MarketEvent } from './market/events.ts';
import { MINUTE } from './market/interval.ts';

const START = 1_700_000_040_000;
const BTC = 'sim:btcusdt';
const ETH = 'sim:ethusdt';

const read = (text: string) =>
  parseRule(text, {
    resolve: (name) => (name.includes(':') ? name : undefined),
    suggest: () => [],
    facts: ANY_FACT,
    instrument: undefined,
    interval: MINUTE,
    now: START,
    wallTime: Date.UTC,
  });

const set = (id: string, text: string, ts = START): MarketEvent => ({
  type: 'rule-set',
  ts,
  rule: { id, text: read(text) },
});
const trade = (n: number, price: number, instrument = BTC): MarketEvent => ({
  ...{ type: 'trade', instrument, ts: START + n * 1_000, price, size: 1, side: 'buy', id: String(n) },
});
const forget = (instrument = BTC): MarketEvent => ({ type: 'instrument-forget', instrument });
const fired = (events: readonly EngineEvent[]) =>
  events.flatMap((event) => (event.type === 'fired' ? [[event.firing.ruleId, event.firing.price]] : []));

/** Closed minutes before the start, around 100. */
const HISTORY: readonly Bar[] = Array.from({ length: 60 }, (_, i) => {
  const close = 100 + ((i * 7) % 5);
  return { start: START - (60 - i) * MINUTE, open: close, high: close, low: close, close, volume: 1, trades: 1 };
});
const history = (bars = HISTORY): MarketEvent => ({ type: 'bars', instrument: BTC, interval: MINUTE, bars });

describe('an instrument that is forgotten', () => {
  it('leaves nothing behind', () => {
    const engine = new Engine();
    engine.apply(history());
    engine.apply(set('1', `${BTC} 5m rsi(14) < 30 and ${BTC}.funding > 0.01`));
    engine.apply({ type: 'fact', name: 'funding', instrument: BTC, ts: START, value: 0.001 });
    engine.apply(trade(1, 101));
    expect(engine.size()).toMatchObject({ instruments: 1 });
    expect(engine.size().series).toBeGreaterThan(2);
    engine.apply({ type: 'rule-remove', ts: START, ruleId: '1' });
    expect(engine.apply(forget())).toEqual([]);
    expect(engine.size()).toEqual({ instruments: 0, series: 0, rules: 0 });
    expect(engine.known()).toEqual([]);
    expect(engine.view(BTC)).toBeUndefined();
    expect(engine.factOf('funding', BTC)).toBeUndefined();
    expect(engine.barsOf(BTC, MINUTE, 10)).toEqual({ closed: [], open: undefined });
  });

  it('stays while a rule looks at it, if only beside another', () => {
    const engine = new Engine();
    engine.apply(history());
    engine.apply(set('1', `${ETH} price > 10 and ${BTC}.close > 200`));
    expect(engine.apply(forget())).toEqual([{ type: 'refused', instrument: BTC, reason: 'in-use' }]);
    engine.apply(trade(1, 201));
    engine.apply(trade(2, 9, ETH));
    expect(fired(engine.apply(trade(3, 11, ETH)))).toEqual([['1', 11]]);
  });

  it('has rules set again fire as if it had never been forgotten', () => {
    const rules = ['sim:btcusdt ema(3) > 102 every 1s', 'sim:btcusdt 5m close > sma(3) every 1s'];
    const tape = Array.from({ length: 400 }, (_, i) => trade(i, 100 + 5 * Math.sin(i / 20)));
    const run = (engine: Engine) => {
      engine.apply(history());
      for (const [i, text] of rules.entries()) engine.apply(set(String(i), text));
      return fired(tape.flatMap((event) => engine.apply(event)));
    };
    const [fresh, used] = [new Engine(), new Engine()];
    used.apply(history(HISTORY.slice(0, 30)));
    used.apply(set('9', 'sim:btcusdt ema(20) > 103 every 1s'));
    used.apply(trade(-900, 700));
    used.apply({ type: 'rule-remove', ts: START, ruleId: '9' });
    used.apply(forget());
    const expected = run(fresh);
    expect(expected.length).toBeGreaterThan(2);
    expect(run(used)).toEqual(expected);
  });

  it('lets a paused rule rest, which goes on when it is resumed and does not tell what became true meanwhile', () => {
    const engine = new Engine();
    engine.apply(history());
    const text = `${BTC} price > 110 every 1s`;
    engine.apply(set('1', text));
    engine.apply({ type: 'rule-pause', ts: START, ruleId: '1' });
    expect(engine.apply(forget())).toEqual([]);
    expect(engine.size()).toEqual({ instruments: 0, series: 0, rules: 1 });
    expect(engine.rule('1')?.state).toBe('paused');
    engine.apply(history());
    engine.apply(trade(1, 111));
    const resume = { type: 'rule-resume', ts: START + 1_500, ruleId: '1' } as const;
    expect(engine.apply(resume)).toEqual([{ type: 'refused', instrument: BTC, reason: 'no-text' }]);
    expect(engine.rule('1')?.state).toBe('paused');
    engine.apply({ ...resume, ruleText: read(text) });
    expect(engine.rule('1')?.state).toBe('fired');
    expect(fired(engine.apply(trade(2, 112)))).toEqual([]);
    engine.apply(trade(3, 105));
    expect(fired(engine.apply(trade(4, 113)))).toEqual([['1', 113]]);
  });

  it('has a rule that is taken up at rest computed only once it is woken', () => {
    const engine = new Engine();
    const saved = { state: 'done', since: START, truth: true, firings: 1 } as const;
    expect(engine.apply({ ...set('1', `${BTC} rsi(14) > 70 once`), saved } as MarketEvent)).toEqual([]);
    expect(engine.size()).toEqual({ instruments: 0, series: 0, rules: 1 });
    const ruleText = read(`${BTC} rsi(14) > 70 once`);
    const woken = engine.apply({ type: 'rule-resume', ts: START, ruleId: '1', ruleText });
    expect(woken.map(({ type }) => type)).toContain('history-needed');
    expect(engine.rule('1')?.state).toBe('armed');
  });
});

describe('a fact that stops coming', () => {
  const gap = (open: boolean, name = 'funding'): MarketEvent => ({
    ...{ type: 'fact-gap', name, instrument: BTC, open, from: START, ts: START + 1_000 },
  });

  it('makes the rules that read it stale, and no others', () => {
    const engine = new Engine();
    engine.apply(history());
    engine.apply(set('1', `${BTC} funding > 0.01`));
    engine.apply(set('2', `${BTC} price > 110`));
    engine.apply(set('3', `${BTC} gdp > 3`));
    const states = () => ['1', '2', '3'].map((id) => engine.rule(id)?.state);
    engine.apply(gap(true));
    expect(states()).toEqual(['stale', 'armed', 'armed']);
    // The trades come back, and the fact does not.
    engine.apply({ type: 'gap', instrument: BTC, open: true, from: START, ts: START + 2_000 });
    expect(states()).toEqual(['stale', 'stale', 'stale']);
    engine.apply({ type: 'gap', instrument: BTC, open: false, from: START, ts: START + 3_000 });
    expect(states()).toEqual(['stale', 'armed', 'armed']);
    engine.apply(gap(false));
    expect(states()).toEqual(['armed', 'armed', 'armed']);
  });

  it('is all of a book where the book is lost', () => {
    const engine = new Engine();
    engine.apply(history());
    engine.apply(set('1', `${BTC} imbalance > 0.2`));
    engine.apply(set('2', `${BTC} funding > 0.01`));
    engine.apply(gap(true, 'book'));
    expect(['1', '2'].map((id) => engine.rule(id)?.state)).toEqual(['stale', 'armed']);
  });

  it('shows in a rule that is set meanwhile', () => {
    const engine = new Engine();
    engine.apply(history());
    engine.apply(gap(true));
    engine.apply(set('1', `${BTC} funding > 0.01`));
    expect(engine.rule('1')?.state).toBe('stale');
  });
});
