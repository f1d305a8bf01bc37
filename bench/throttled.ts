import { createDispatcher } from '../bot/delivery/dispatcher.ts';
import { createScriptedPlatform, type Sent } from '../bot/delivery/scripted-platform.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import { TransportError } from '../engine/errors.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const STEP_MS = 100;

interface Case {
  readonly name: string;
  readonly platform: string;
  readonly chats: readonly string[];
  /** Messages owed to each chat from the start: more than can go out. */
  readonly each: number;
  readonly runMs: number;
  /** What the platform publishes: so many in so long, in each chat or over all. */
  readonly rate: { readonly count: number; readonly ms: number; readonly per: 'chat' | 'all' };
  /** How often the platform says 429 to a send, 0 to 1, and how long it may tell a chat to wait, in s. */
  readonly storms?: { readonly share: number; readonly longest: number };
}

const telegram = (from: number, count: number, sign = 1): readonly string[] =>
  Array.from({ length: count }, (_, i) => `telegram:${sign * (from + i)}`);

const CASES: readonly Case[] = [
  {
    ...{ name: 'one Telegram group', platform: 'telegram', chats: telegram(1, 1, -1), each: 400, runMs: 15 * MINUTE },
    rate: { count: 20, ms: MINUTE, per: 'chat' },
  },
  {
    ...{ name: 'all of Telegram', platform: 'telegram', chats: telegram(1, 300), each: 12, runMs: MINUTE },
    rate: { count: 30, ms: SECOND, per: 'all' },
  },
  {
    ...{ name: 'ten Telegram groups that are told 429', platform: 'telegram', chats: telegram(1, 10, -1), each: 400 },
    runMs: 15 * MINUTE,
    rate: { count: 20, ms: MINUTE, per: 'chat' },
    storms: { share: 0.01, longest: 300 },
  },
  {
    ...{ name: 'one Discord channel', platform: 'discord', chats: ['discord:1'], each: 400, runMs: 5 * MINUTE },
    rate: { count: 5, ms: 5 * SECOND, per: 'chat' },
  },
];

interface Played {
  /** Of what the platform would have taken outside of the times in which it said no, 0 to 1. */
  readonly used: number;
  readonly early: number;
}

/** A platform that says no now and then, and remembers until when. */
function stormy({ platform, storms }: Case, now: () => number, end: number) {
  const random = createRandom(5);
  const until = new Map<string, number>();
  const tally = { early: 0, forbiddenMs: 0 };
  const answer = ({ chat, at }: Sent): undefined => {
    if (at < (until.get(chat) ?? 0)) tally.early++;
    if (storms === undefined || random() >= storms.share) return undefined;
    const retryAfterMs = SECOND * (1 + Math.floor(random() * storms.longest));
    until.set(chat, at + retryAfterMs);
    tally.forbiddenMs += Math.min(retryAfterMs, end - at);
    throw new TransportError('too many requests', { reason: 'rate-limited', retryable: true, retryAfterMs });
  };
  return { sender: createScriptedPlatform(platform, now, answer), tally };
}

async function play(one: Case): Promise<Played> {
  const time = createManualClock();
  const temp = await createTempDatabase(time.now);
  const outbox = createOutboxStore(temp.database);
  const end = time.now() + one.runMs;
  const { sender, tally } = stormy(one, time.now, end);
  const owed = one.chats.flatMap((chatKey) =>
    Array.from({ length: one.each }, (_, i): NewDelivery => {
      const base = { chatKey, kind: 'alert', payload: null, priority: 10 };
      return { ...base, dedupeKey: `${i}>${chatKey}`, dueAt: time.now(), createdAt: time.now() };
    }),
  );
  await outbox.enqueue(owed);
  const dispatcher = createDispatcher({
    outbox,
    platforms: new Map([[one.platform, sender]]),
    compose: async ({ dedupeKey }) => ({ text: [dedupeKey] }),
    onBlocked() {},
    onMoved() {},
    ...{ clock: time.clock, random: createRandom(3), log: quietLog },
  });
  await dispatcher.start();
  // In small steps: what a send sets off needs turns of the event loop, not time.
  for (let ms = 0; ms < one.runMs; ms += STEP_MS) await time.advance(STEP_MS);
  await dispatcher.stop();
  await temp.drop();
  const { count, ms, per } = one.rate;
  const openMs = per === 'all' ? one.runMs : one.chats.length * one.runMs - tally.forbiddenMs;
  const taken = sender.taken.filter(({ at }) => at < end).length;
  return { used: taken / ((openMs / ms) * count), early: tally.early };
}

/** How much of what a platform allows is used while more is owed than it allows. Runs on a clock of its own. */
export async function benchThrottled(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const one of CASES) {
    const { used, early } = await play(one);
    rows.push({
      name: `use of what is allowed: ${one.name}, ${one.rate.count} in ${one.rate.ms / SECOND} s`,
      figure: `${(100 * used).toFixed(1)} %, ${early} sends before their retry-after`,
      wanted: 'at least 90 %, 0',
    });
  }
  return rows;
}
