import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../engine.ts';
import type { EngineEvent } from '../market/events.ts';
import { applyTo, createEngine } from './compare.ts';
import { SYMBOLS } from './conditions.ts';
import { FLAVOURS } from './flavours.ts';
import type { FlavourName } from './hold.ts';
import type { Script } from './script.ts';
import { scripts } from './tape.ts';

const TIMES = process.env.MODE === 'long' ? 10 : 1;
const MINUTE = 60_000;

/** Asks for everything that can be asked for, as commands, charts and the status page do. */
function readAll(engine: Engine): void {
  for (let id = 0; id < 8; id++) engine.rule(String(id));
  for (const symbol of SYMBOLS) {
    engine.view(`sim:${symbol}`);
    for (const interval of [1_000, MINUTE, 5 * MINUTE]) engine.barsOf(`sim:${symbol}`, interval, 20);
  }
}

/** Everything that comes of a tape. `readsAfter` says after which events somebody reads. */
function run({ events }: Script, readsAfter: (index: number) => boolean): readonly EngineEvent[] {
  const engine = createEngine();
  return events.flatMap((event, index) => {
    const out = applyTo(engine, event);
    if (readsAfter(index)) readAll(engine);
    return out;
  });
}

const NAMES: readonly FlavourName[] = [
  'small steps near the levels',
  'several instruments',
  'seconds',
  'a clock that ticks',
  'rules that come and go',
];

describe('reading', () => {
  it.each(NAMES)('changes nothing of what comes of a tape, to the bit: %s', { timeout: TIMES * 60_000 }, (name) => {
    const gaps = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scripts(FLAVOURS[name]), gaps, (script, lengths) => {
        const ends = new Set<number>();
        for (let at = -1, i = 0; at < script.events.length; i++) {
          at += lengths[i % lengths.length];
          ends.add(at);
        }
        expect(run(script, (index) => ends.has(index))).toStrictEqual(run(script, () => false));
      }),
      { numRuns: 150 * TIMES },
    );
  });
});
