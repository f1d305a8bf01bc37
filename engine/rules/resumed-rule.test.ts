import { describe, expect, it } from 'vitest';
import { Engine } from '../engine.ts';
import { parseRule } from '../language/parse.ts';
import type { EngineEvent, MarketEvent } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import type { Firing, SavedRule } from './rule.ts';

const BTC = 'sim:btcusdt';
/** A whole minute. */
const T0 = 1_700_000_040_000;

const read = (text: string) =>
  parseRule(text, {
    resolve: () => BTC,
    suggest: () => [],
    instrument: BTC,
    interval: MINUTE,
    now: T0,
    wallTime: Date.UTC,
  });

/** [ms after T0, price], with ids from 9 on: a digit more comes soon. */
type Tape = readonly (readonly [after: number, price: number])[];

/** An engine with one rule, and what is stored of it. */
function run(text: string, saved?: SavedRule) {
  const engine = new Engine();
  const fired: Firing[] = [];
  let kept = saved;
  const take = (events: readonly EngineEvent[]): void => {
    for (const event of events) {
      if (event.type === 'fired') fired.push(event.firing);
      if (event.type === 'rule-state') kept = event.saved;
    }
  };
  const apply = (event: MarketEvent) => take(engine.apply(event));
  const bar = { start: T0 - MINUTE, open: 100, high: 100, low: 100, close: 100, volume: 1, trades: 1 };
  apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars: [bar] });
  apply({ type: 'rule-set', ts: T0 - 1, rule: { id: '1', text: read(text) }, ...(saved && { saved }) });
  return {
    engine,
    fired,
    /** As JSON gives it back. */
    stored: (): SavedRule => JSON.parse(JSON.stringify(kept)) as SavedRule,
    storeTurned() {
      for (const { saved: now } of engine.takeTurned()) kept = now;
    },
    apply,
    play(tape: Tape) {
      tape.forEach(([after, price], i) => {
        apply({ type: 'trade', instrument: BTC, ts: T0 + after, price, size: 1, side: 'buy', id: String(9 + i) });
      });
    },
  };
}

/** Fired by a run that is cut after `cut` trades, and plays the minute again from its start. */
function fireWithCut(text: string, tape: Tape, cut: number, storesTurned = false): readonly Firing[] {
  const first = run(text);
  first.play(tape.slice(0, cut));
  if (storesTurned) first.storeTurned();
  const second = run(text, cut === 0 ? undefined : first.stored());
  second.play(tape);
  return [...first.fired, ...second.fired];
}

function fireWhole(text: string, tape: Tape): readonly Firing[] {
  const whole = run(text);
  whole.play(tape);
  return whole.fired;
}

describe('a rule that was taken up', () => {
  it('fires on a second trade of the millisecond of its last change, and on none that it has seen', () => {
    const tape: Tape = [
      [10, 100],
      [20, 130],
      [2_000, 100],
      [2_000, 131],
      [2_000, 99],
      [3_000, 100],
      [4_000, 132],
    ];
    const expected = fireWhole('price > 120 every 1s', tape);
    expect(expected.map(({ tradeId }) => tradeId)).toEqual(['10', '12', '15']);
    for (let cut = 2; cut <= tape.length; cut++) {
      expect(fireWithCut('price > 120 every 1s', tape, cut)).toEqual(expected);
    }
  });

  it('has seen no trade of the millisecond in which a bar’s close made it fire', () => {
    const text = 'close > 120 on close';
    const first = run(text);
    first.play([[10, 130]]);
    first.apply({ type: 'clock', ts: T0 + MINUTE });
    expect(first.fired).toHaveLength(1);
    expect(first.stored()).toMatchObject({ state: 'fired', since: T0 + MINUTE, sinceTrade: '' });
  });

  it('takes ids that are no numbers for seen within that millisecond, as all rules did that were stored before', () => {
    const saved: SavedRule = { state: 'armed', since: T0 + 30, truth: false, firings: 0 };
    const trade = { type: 'trade', instrument: BTC, ts: T0 + 30, size: 1, side: 'buy' } as const;
    const old = run('price > 120', saved);
    old.apply({ ...trade, price: 130, id: '12' });
    old.apply({ ...trade, price: 100, id: '13' });
    const named = run('price > 120', { ...saved, sinceTrade: 'abc' });
    named.apply({ ...trade, price: 130, id: 'abd' });
    named.apply({ ...trade, price: 100, id: 'abe' });
    expect([...old.fired, ...named.fired]).toEqual([]);
  });

  it('does not take for news what its cooldown kept quiet, and says later how often it did', () => {
    const text = 'price > 120 every 30s';
    const tape: Tape = [
      [10, 100],
      [20, 130],
      [30, 100],
      [40, 131],
      [50, 100],
      [60, 132],
      [31_000, 133],
      [32_000, 100],
      [33_000, 134],
    ];
    const expected = fireWhole(text, tape);
    expect(expected.map(({ tradeId, suppressed }) => [tradeId, suppressed])).toEqual([
      ['10', 0],
      ['17', 2],
    ]);
    for (let cut = 2; cut <= tape.length; cut++) {
      // What was traded up to the cut is in stored bars: only the rest is told again.
      const first = run(text);
      first.play(tape.slice(0, cut));
      first.storeTurned();
      const second = run(text, first.stored());
      tape.slice(cut).forEach(([after, price], i) => {
        const id = String(9 + cut + i);
        second.apply({ type: 'trade', instrument: BTC, ts: T0 + after, price, size: 1, side: 'buy', id });
      });
      expect([...first.fired, ...second.fired]).toEqual(expected);
      expect(fireWithCut(text, tape, cut, true)).toEqual(expected);
    }
  });

  it('is asked for what turned quietly once', () => {
    const { engine, play } = run('price > 120 every 30s');
    play([
      [10, 100],
      [20, 130],
      [30, 100],
    ]);
    expect(engine.takeTurned()).toEqual([]);
    play([
      [40, 131],
      [50, 100],
    ]);
    expect(engine.takeTurned()).toMatchObject([{ ruleId: '1', saved: { truth: false, suppressed: 1 } }]);
    expect(engine.takeTurned()).toEqual([]);
  });

  it('stays muted where it was stored without data', () => {
    const first = run('price > 120');
    first.apply({ type: 'rule-pause', ts: T0, ruleId: '1', until: T0 + MINUTE });
    first.apply({ type: 'gap', instrument: BTC, open: true, from: T0 + 1, ts: T0 + 1 });
    expect(first.stored()).toMatchObject({ state: 'stale', beneath: 'muted' });
    const second = run('price > 120', first.stored());
    second.play([
      [10, 100],
      [20, 130],
    ]);
    expect(second.fired).toEqual([]);
    expect(second.engine.rule('1')?.state).toBe('muted');
  });
});
