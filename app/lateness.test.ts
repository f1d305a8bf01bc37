import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLateCause } from '../commands/late-cause.ts';
import { createFiringStore } from '../db/firings.ts';
import { createOutboxStore } from '../db/outbox.ts';
import type { StoredRule } from '../db/rules.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { parseRule } from '../engine/language/parse.ts';
import { MINUTE, SECOND } from '../engine/market/interval.ts';
import type { Firing } from '../engine/rules/rule.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createLateness, MISSED } from './lateness.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const HOUR = 60 * MINUTE;
const BTC = 'binance:btcusdt';
const DOWN = { from: NOON - 3 * HOUR, to: NOON - 10 * SECOND };

const textOf = (modes = ''): RuleText =>
  parseRule(`${BTC} 5m price > 110 ${modes}`, {
    resolve: (name) => (name.includes(':') ? name : undefined),
    ...{ suggest: () => [], instrument: undefined, interval: MINUTE, now: NOON, wallTime: Date.UTC },
  });
const stored = { id: '7', number: 1, chatKey: 'telegram:1' } as StoredRule;
let count = 0;
const fired = (ago: number): Firing => ({
  ...{ id: `7.${++count}`, ruleId: '7', ts: NOON - ago, instrument: BTC, price: 111, values: [] },
  ...{ tradeId: '5', suppressed: 0 },
});

/** Since three hours ago the program did not run until ten seconds ago; before that the venue was silent for a minute. */
function bench(time: ManualClock) {
  const engine = new Engine();
  const released: number[] = [];
  const late: string[] = [];
  const lateness = createLateness({
    ...{ engine, clock: time.clock, now: time.now },
    downtime: {
      startedAt: DOWN.to,
      around: (ts, slack) => (ts >= DOWN.from - slack && ts <= DOWN.to + slack ? DOWN : undefined),
    },
    gapAround: (_instrument, ts) =>
      ts > NOON - 5 * HOUR && ts < NOON - 4 * HOUR ? { from: NOON - 5 * HOUR, to: NOON - 4 * HOUR } : undefined,
    release: async () => void released.push(time.now() - NOON),
  });
  lateness.onLate((firing, kind) => late.push(`${firing.id} ${kind}`));
  return { engine, lateness, released, late };
}

describe('a firing', () => {
  it('that is found at its moment is told as every other', () => {
    const { lateness, late } = bench(createManualClock(NOON));
    const ask = () => {
      throw new Error('its text is not needed');
    };
    expect(lateness.deliver(stored, fired(1_500), ask)).toMatchObject({ kind: 'alert', payload: null, dueAt: NOON });
    expect(late).toEqual([]);
  });

  it('that is found late is told with the reason, while it is no older than its rule allows', () => {
    const tolerance = fc.option(fc.integer({ min: 1, max: 6 * 3600 }), { nil: undefined });
    const ago = fc.integer({ min: 41 * SECOND, max: 6 * HOUR });
    fc.assert(
      fc.property(tolerance, ago, (seconds, ms) => {
        const { lateness, late } = bench(createManualClock(NOON));
        const text = textOf(seconds === undefined ? '' : `late within ${seconds}s`);
        const made = lateness.deliver(stored, fired(ms), () => text);
        const isMissed = ms > (seconds ?? 3600) * SECOND;
        expect(made.kind).toBe(isMissed ? 'missed' : 'alert');
        expect(late[0]?.endsWith(isMissed ? 'missed' : 'fired')).toBe(true);
        const inGap = ms > 4 * HOUR && ms < 5 * HOUR;
        const isDown = ms <= 3 * HOUR + 30 * SECOND;
        expect(readLateCause(made.payload)?.why).toBe(isDown ? 'down' : inGap ? 'gap' : undefined);
      }),
    );
  });

  it('that is too old waits with all others for the end of what was missed, a minute at most', async () => {
    const time = createManualClock(NOON);
    const { engine, lateness, released } = bench(time);
    engine.apply({ type: 'gap', instrument: BTC, open: true, from: NOON, ts: NOON });
    const due = () => lateness.deliver(stored, fired(2 * HOUR), () => textOf()).dueAt - NOON;
    expect(due()).toBe(MINUTE);
    await time.advance(20_000);
    expect(due()).toBe(MINUTE);
    expect(released).toEqual([]);
    engine.apply({ type: 'gap', instrument: BTC, open: false, from: NOON, ts: time.now() });
    await time.advance(2_000);
    expect(released).toEqual([21_000]);
    // Another venue takes longer than anybody waits.
    engine.apply({ type: 'gap', instrument: BTC, open: true, from: time.now(), ts: time.now() });
    expect(due()).toBe(22_000 + MINUTE);
    await time.advance(2 * MINUTE);
    expect(released).toEqual([21_000, 22_000 + MINUTE]);
  });
});

describe('what an earlier run owed', () => {
  let temp: TempDatabase;
  beforeEach(async () => {
    temp = await createTempDatabase(() => NOON);
  });
  afterEach(() => temp.drop());

  it('goes into the list where it is too old by now, and nothing else does', async () => {
    const time = createManualClock(NOON);
    const { lateness } = bench(time);
    const [young, old, patient, deferred] = [fired(50 * MINUTE), fired(2 * HOUR), fired(2 * HOUR), fired(2 * HOUR)];
    const firings = [young, old, { ...patient, ruleId: '8' }, deferred];
    const base = { chatKey: 'telegram:1', kind: 'alert', payload: null, priority: 10, createdAt: NOON - HOUR };
    await createFiringStore(temp.database).commit({
      firings,
      deliveries: firings.map(({ id }, i) => {
        return { ...base, dedupeKey: id, firingId: id, dueAt: i === 3 ? NOON + HOUR : NOON - HOUR };
      }),
      states: [],
    });
    const outbox = createOutboxStore(temp.database);
    await lateness.takeUp(outbox, (id) => textOf(id === '8' ? 'late within 3h' : ''));
    const rows = await Promise.all(firings.map(async ({ id }) => (await outbox.byFiring(id))[0]));
    expect(rows.map(({ kind }) => kind)).toEqual(['alert', MISSED, 'alert', 'alert']);
    expect(rows[1]).toMatchObject({ dueAt: NOON + MINUTE, payload: { why: 'down', ...DOWN } });
    expect(rows[0].payload).toBeNull();
  });
});
