import { beforeEach, describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { parseRule } from './language/parse.ts';
import { testScope } from './language/test-scope.ts';
import type { EngineEvent, MarketEvent } from './market/events.ts';

const T0 = Date.UTC(2026, 0, 15, 12);
const HOUR = 3_600_000;
const scope = testScope({ venues: ['binance', 'okx'] });

let engine: Engine;
beforeEach(() => {
  engine = new Engine();
});

const set = (id: string, text: string, more: object = {}): readonly EngineEvent[] =>
  engine.apply({ type: 'rule-set', ts: T0, rule: { id, text: parseRule(text, scope) }, ...more });

/** A venue lists `count` new markets, as the host tells of it. @returns ids of what fired */
function list(instrument: string, ts: number, count: number): readonly string[] {
  const told = (value: number): MarketEvent => ({ type: 'fact', name: 'listing', instrument, ts, value });
  const events = [told(0), told(count), told(0)].flatMap((event) => engine.apply(event));
  return events.flatMap((event) => (event.type === 'fired' ? [event.firing.id] : []));
}

describe('a rule on new markets', () => {
  it('fires once for all that are listed at once, and each time anew', () => {
    set('1', 'listing binance');
    expect(list('binance:*', T0 + HOUR, 3)).toEqual(['1.1']);
    expect(list('binance:*', T0 + HOUR + 1, 1)).toEqual(['1.2']);
    expect(list('binance:*', T0 + 2 * HOUR, 0)).toEqual([]);
    expect(list('okx:*', T0 + 2 * HOUR, 1)).toEqual([]);
    expect(engine.rule('1')?.state).toBe('armed');
  });

  it('fires for the quote that it names alone', () => {
    set('1', 'listing binance usdt');
    expect(list('binance:*', T0 + 1, 2)).toEqual([]);
    expect(list('binance:*usdt', T0 + 2, 1)).toEqual(['1.1']);
  });

  it('waits for no data, and asks for none', () => {
    expect(set('1', 'listing binance')).toEqual([]);
  });

  it('keeps to its modes and to a pause', () => {
    set('1', 'listing binance once');
    set('2', 'listing binance every 1h');
    set('3', 'listing binance');
    engine.apply({ type: 'rule-pause', ts: T0, ruleId: '3' });
    expect(list('binance:*', T0 + 1, 1)).toEqual(['1.1', '2.1']);
    expect(list('binance:*', T0 + 2, 1)).toEqual([]);
    engine.apply({ type: 'rule-resume', ts: T0 + 3, ruleId: '3' });
    expect(list('binance:*', T0 + 1 + HOUR, 1)).toEqual(['2.2', '3.1']);
  });

  it('goes on after a restart, and tells what is found then', () => {
    set('1', 'listing binance');
    list('binance:*', T0 + 1, 1);
    const { saved } = engine.rule('1')!;
    engine = new Engine();
    set('1', 'listing binance', { saved });
    expect(list('binance:*', T0 + HOUR, 1)).toEqual(['1.2']);
  });
});

describe('a rule on what is no more', () => {
  it('is broken for good, with the reason', () => {
    set('1', 'btcusdt > 70000');
    const events = engine.apply({ type: 'rule-break', ts: T0 + 1, ruleId: '1', cause: 'binance has delisted btcusdt' });
    expect(events).toMatchObject([{ type: 'rule-state', to: 'broken', cause: 'binance has delisted btcusdt' }]);
    engine.apply({ type: 'rule-resume', ts: T0 + 2, ruleId: '1' });
    expect(engine.rule('1')?.state).toBe('broken');
    const { saved } = engine.rule('1')!;
    engine = new Engine();
    set('1', 'btcusdt > 70000', { saved });
    expect(engine.rule('1')?.state).toBe('broken');
  });
});
