import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChatStore, createChatStore } from '../db/chats.ts';
import { createOutboxStore, type OutboxStore } from '../db/outbox.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createHeartbeats, type Heartbeats } from './heartbeats.ts';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

describe('heartbeats', () => {
  let temp: TempDatabase;
  let time: ManualClock;
  let chats: ChatStore;
  let outbox: OutboxStore;
  let running: Heartbeats | undefined;

  async function begin(now: string): Promise<void> {
    time = createManualClock(at(now));
    temp = await createTempDatabase(() => time.now());
    chats = createChatStore(temp.database);
    outbox = createOutboxStore(temp.database);
    await chats.ensure({
      ...{ key: 'telegram:1', title: '', kind: 'private', venue: undefined },
      ...{ interval: 60_000, quote: 'usdt', timeZone: 'Europe/Berlin', locale: 'en' },
    });
  }
  function run(): void {
    running = createHeartbeats({ chats, outbox, clock: time.clock, log: quietLog, wake: () => undefined });
    running.start();
  }
  /** When each was owed, and since when it tells, as UTC. */
  async function owed(): Promise<readonly string[]> {
    const sql = "SELECT created_at, payload ->> 'since' AS since FROM deliveries ORDER BY id";
    const { rows } = await temp.database.client.execute(sql);
    const show = (ts: unknown) => new Date(Number(ts)).toISOString().slice(5, 16);
    return rows.map((row) => `${show(row.created_at)} since ${show(row.since)}`);
  }
  /** Time passes, a minute at a time where it is looked at. */
  const pass = (ms: number) => time.advance(ms);

  beforeEach(() => {
    running = undefined;
  });
  afterEach(async () => {
    running?.stop();
    await temp.drop();
  });

  it('come once a day by the clock of the chat, over a change of that clock', async () => {
    // 29 March 2026, 02:00 becomes 03:00 in Berlin: nine o'clock is 08:00 UTC before, 07:00 after.
    await begin('2026-03-27T20:00:00Z');
    await chats.updateSettings('telegram:1', { heartbeat: 'daily 09:00' });
    run();
    await pass(60 * HOUR);
    expect(await owed()).toEqual([
      '03-28T08:00 since 03-27T20:00',
      '03-29T07:00 since 03-28T08:00',
      '03-30T07:00 since 03-29T07:00',
    ]);
  });

  it('come at most once for all that a stop missed', async () => {
    await begin('2026-01-15T12:00:00Z');
    await chats.updateSettings('telegram:1', { heartbeat: 'hourly' });
    run();
    await pass(1.5 * HOUR);
    running?.stop();
    await pass(10 * HOUR);
    run();
    await pass(HOUR);
    expect(await owed()).toEqual([
      '01-15T13:00 since 01-15T12:00',
      '01-15T23:30 since 01-15T13:00',
      '01-16T00:00 since 01-15T23:00',
    ]);
  });

  it('do not come for a time before they were asked for, nor where they are off or nothing can be sent', async () => {
    await begin('2026-01-15T12:00:00Z');
    run();
    await chats.updateSettings('telegram:1', { heartbeat: 'daily 09:00' });
    await pass(HOUR);
    expect(await owed()).toEqual([]);
    await chats.deactivate('telegram:1', 'blocked');
    await pass(24 * HOUR);
    await chats.activate('telegram:1');
    await chats.updateSettings('telegram:1', { heartbeat: undefined });
    await pass(24 * HOUR);
    expect(await owed()).toEqual([]);
  });

  it('are owed once where the note of it was lost', async () => {
    await begin('2026-01-15T12:30:00Z');
    await chats.updateSettings('telegram:1', { heartbeat: 'hourly' });
    const forgetful = { ...chats, beaten: () => Promise.reject(new Error('killed')) };
    running = createHeartbeats({ chats: forgetful, outbox, clock: time.clock, log: quietLog, wake: () => undefined });
    running.start();
    await pass(HOUR);
    expect(await owed()).toEqual(['01-15T13:00 since 01-15T12:30']);
  });
});
