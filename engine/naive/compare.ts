import { expect } from 'vitest';
import { Engine } from '../engine.ts';
import type { EngineEvent, MarketEvent } from '../market/events.ts';
import type { Firing } from '../rules/rule.ts';
import { SYMBOLS } from './conditions.ts';
import { createModel } from './model.ts';
import type { NaiveFiring } from './rule.ts';
import type { Script } from './script.ts';

const MINUTE = 60_000;

/** A changed rule keeps what the host has stored of its life. */
function withLife(event: MarketEvent, engine: Engine): MarketEvent {
  if (event.type !== 'rule-set' || event.inherits === undefined) return event;
  const saved = engine.rule(event.rule.id)?.saved;
  return { ...event, inherits: { firings: saved?.firings ?? 0, lastFiredAt: saved?.lastFiredAt } };
}

/** An engine that knows the instruments in their order. */
export function createEngine(): Engine {
  const engine = new Engine();
  for (const symbol of SYMBOLS) engine.watch(`sim:${symbol}`, MINUTE, 1);
  return engine;
}

export function applyTo(engine: Engine, event: MarketEvent): readonly EngineEvent[] {
  return engine.apply(withLife(event, engine));
}

const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)) || Object.is(a, b);
const nearOrNone = (a: number | undefined, b: number | undefined): boolean =>
  a === undefined || b === undefined ? a === b : near(a, b);

/** The firing with the model's numbers where they are as good as equal: what is left is a difference. */
function rounded(firing: Firing, model: NaiveFiring | undefined): NaiveFiring {
  const values = firing.values.map(({ value, before, threshold }, i) => {
    const wanted = model?.values[i];
    return {
      value: wanted !== undefined && near(value, wanted.value) ? wanted.value : value,
      before: wanted !== undefined && nearOrNone(before, wanted.before) ? wanted.before : before,
      threshold: wanted !== undefined && nearOrNone(threshold, wanted.threshold) ? wanted.threshold : threshold,
    };
  });
  return { ...firing, values };
}

const byRule = (a: { ruleId: string }, b: { ruleId: string }): number => Number(a.ruleId) - Number(b.ruleId);

/** Feeds both with the script and holds every firing of the engine against the model's, event by event. @returns how many there were */
export function expectSame({ events }: Script): number {
  const engine = createEngine();
  const model = createModel();
  for (const symbol of SYMBOLS) model.market.instrument(`sim:${symbol}`);
  let count = 0;
  events.forEach((event, i) => {
    const wanted = [...model.apply(event)].sort(byRule);
    const fired = applyTo(engine, event).flatMap((each) => (each.type === 'fired' ? [each.firing] : []));
    const given = [...fired].sort(byRule).map((firing, at) => rounded(firing, wanted[at]));
    if (given.length > 0 || wanted.length > 0)
      expect(given, `event ${i}: ${JSON.stringify([given, wanted])}`).toEqual(wanted);
    count += given.length;
  });
  for (const [id, rule] of model.rules) {
    const { state, truth, suppressed } = engine.rule(id)!;
    expect({ id, state, truth, suppressed }).toEqual({
      id,
      state: rule.state,
      truth: rule.truth,
      suppressed: rule.suppressed,
    });
  }
  return count;
}
