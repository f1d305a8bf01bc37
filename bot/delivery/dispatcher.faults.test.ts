import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutboxStore, type OutboxStore } from '../../db/outbox.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../../db/temp-database.ts';
import { TransportError } from '../../engine/errors.ts';
import { createManualClock, type ManualClock } from '../../test/doubles/manual-clock.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import type { Digest } from './gather.ts';
import type { Delivery } from './outbox-port.ts';
import { createScriptedPlatform, type ScriptedPlatform, type Sent } from './scripted-platform.ts';

const CHATS = ['telegram:1', 'telegram:2', 'telegram:-3', 'telegram:-3/9', 'discord:4'] as const;
const never = new Promise<never>(() => {});

/** What befalls one call. `slow` answers after that many ms. */
type Fate = 'ok' | 'limited' | 'away' | 'lost' | { readonly slow: number };
type Step =
  | { readonly type: 'owe'; readonly chats: readonly string[] }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'write-fault' }
  | { readonly type: 'kill' };

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('ok' as const) },
  fc.constant('limited' as const),
  fc.constant('away' as const),
  fc.integer({ min: 1, max: 5_000 }).map((slow) => ({ slow })),
);
const owe = fc
  .array(fc.constantFrom(...CHATS), { minLength: 1, maxLength: 8 })
  .map((chats): Step => ({ type: 'owe', chats }));
const wait = fc.integer({ min: 0, max: 20_000 }).map((ms): Step => ({ type: 'wait', ms }));
const kill = fc.constant<Step>({ type: 'kill' });
const writeFault = fc.constant<Step>({ type: 'write-fault' });

/** One process: once it is killed nothing that it calls returns any more. */
interface Process {
  readonly dispatcher: Dispatcher;
  readonly platforms: readonly ScriptedPlatform[];
  kill(): void;
}

interface World {
  readonly time: ManualClock;
  readonly outbox: OutboxStore;
  nextFate(): Fate;
  /** Writes that are still to fail. */
  faults: number;
}

function dying(world: World, isDead: () => boolean): OutboxStore {
  const writes = ['markSent', 'markFailed', 'markExpired', 'retryAt', 'deferChat', 'failChat'];
  const digests = ['carry', 'claimCarried', 'dissolve', 'defer'];
  return new Proxy(world.outbox, {
    get(target, name: keyof OutboxStore) {
      const call = target[name] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]): Promise<unknown> => {
        if (isDead()) return await never;
        if ([...writes, ...digests].includes(name) && world.faults > 0) {
          world.faults -= 1;
          throw new Error('disk full');
        }
        const result = await call(...args);
        return isDead() ? await never : result;
      };
    },
  });
}

/** Three and more that are due at once are one message. */
const DIGEST: Digest = {
  kind: 'alert',
  most: 4,
  choose: (_first, others) => (others.length < 2 ? [] : others),
  compose: async (deliveries) => ({ text: [deliveries.map(({ dedupeKey }) => dedupeKey).join('+')] }),
};
const QUIET_CHAT = 'telegram:2';
const QUIET_MS = 60_000;

/** One chat wants to hear nothing in every other minute. */
async function quietMinutes(deliveries: readonly Delivery[], now: number) {
  const until = (Math.floor(now / QUIET_MS) + 1) * QUIET_MS;
  const isQuiet = (until / QUIET_MS) % 2 === 0;
  const mine = deliveries.filter(({ chatKey }) => isQuiet && chatKey === QUIET_CHAT);
  return new Map(mine.map(({ id }) => [id, { until, held: 'quiet' }] as const));
}

async function startProcess(world: World): Promise<Process> {
  let dead = false;
  const { time } = world;
  const platforms = ['telegram', 'discord'].map((name) =>
    createScriptedPlatform(name, time.now, async () => {
      const now = dead ? 'lost' : world.nextFate();
      if (now === 'lost') return await never;
      if (now === 'limited')
        throw new TransportError('wait', { reason: 'rate-limited', retryable: true, retryAfterMs: 7_000 });
      if (now === 'away') throw new TransportError('away', { reason: 'unreachable', retryable: true });
      if (typeof now === 'object') await new Promise<void>((resolve) => void time.clock.after(now.slow, resolve));
      return undefined;
    }),
  );
  const dispatcher = createDispatcher({
    outbox: dying(world, () => dead),
    platforms: new Map(platforms.map((platform) => [platform.name, platform])),
    compose: async (delivery) => ({ text: [delivery.dedupeKey] }),
    digest: DIGEST,
    holdsOf: quietMinutes,
    onBlocked: () => {},
    onMoved: () => {},
    clock: time.clock,
    random: () => 0.5,
    log: quietLog,
    lanes: 2,
  });
  await dispatcher.start();
  return { dispatcher, platforms, kill: () => (dead = true) };
}

/** What was claimed when the program died counts as tried, and is overtaken by nothing that was not. */
const CLAIMED_WHEN_KILLED: Step[] = [
  { type: 'wait', ms: 20_000 },
  { type: 'owe', chats: ['telegram:2', 'telegram:2'] },
  { type: 'write-fault' },
  { type: 'owe', chats: ['telegram:2', 'telegram:2'] },
  { type: 'kill' },
];

interface Result {
  readonly owed: readonly { readonly chat: string; readonly key: string }[];
  /** What the platforms took, in order, by chat. */
  readonly taken: ReadonlyMap<string, readonly Sent[]>;
  readonly counts: Readonly<Record<string, number>>;
  readonly kills: number;
}

describe('under random faults', () => {
  let temp: TempDatabase;
  beforeAll(async () => {
    temp = await createTempDatabase();
  });
  afterAll(() => temp.drop());

  async function play(steps: readonly Step[], fates: readonly Fate[]): Promise<Result> {
    await temp.database.client.execute('DELETE FROM deliveries');
    const queue = [...fates];
    const time = createManualClock(1_000_000);
    const outbox = createOutboxStore(temp.database);
    const world: World = { time, outbox, faults: 0, nextFate: () => queue.shift() ?? 'ok' };
    const owed: { chat: string; key: string }[] = [];
    const processes = [await startProcess(world)];
    let kills = 0;
    for (const step of steps) {
      const current = processes[processes.length - 1];
      if (step.type === 'wait') await time.advance(step.ms);
      else if (step.type === 'write-fault') world.faults += 2;
      else if (step.type === 'kill') {
        current.kill();
        kills += 1;
        // What it had handed to the database is done there, its answer is not heard.
        await time.advance(0);
        processes.push(await startProcess(world));
      } else {
        const fixed = { kind: 'alert', payload: 0, priority: 1, dueAt: time.now(), createdAt: time.now() };
        const rows = step.chats.map((chatKey, i) => ({ ...fixed, chatKey, dedupeKey: `d${owed.length + i}` }));
        await outbox.enqueue(rows);
        owed.push(...rows.map(({ chatKey, dedupeKey }) => ({ chat: chatKey, key: dedupeKey })));
        current.dispatcher.wake();
        await time.advance(0);
      }
    }
    await time.advance(30 * 60_000);
    const last = processes[processes.length - 1];
    await last.dispatcher.stop();
    const taken = new Map<string, readonly Sent[]>();
    for (const call of processes.flatMap((process) => process.platforms.flatMap((platform) => platform.taken))) {
      taken.set(call.chat, [...(taken.get(call.chat) ?? []), call]);
    }
    return { owed, taken, counts: await outbox.counts(), kills };
  }

  const keysOf = (messages: readonly Sent[]): readonly string[] => messages.flatMap(({ text }) => text.split('+'));
  /** As a platform keeps them that takes each nonce once. */
  const byNonce = (messages: readonly Sent[]): readonly Sent[] =>
    messages.filter((call, i) => messages.findIndex(({ nonce }) => nonce === call.nonce) === i);
  const mine = ({ owed }: Result, chat: string) => owed.filter((item) => item.chat === chat).map((item) => item.key);

  function expectAccounted({ counts, owed }: Result): void {
    expect(counts.sent + counts.merged).toBe(owed.length);
    expect(counts).toMatchObject({ pending: 0, claimed: 0, failed: 0, expired: 0 });
  }

  it('every message is sent exactly once and in the order of its chat', async () => {
    const steps = fc.array(fc.oneof(owe, wait, writeFault), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fate, { maxLength: 40 }), async (plan, fates) => {
        const result = await play(plan, fates);
        for (const chat of CHATS) expect(keysOf(result.taken.get(chat) ?? [])).toEqual(mine(result, chat));
        expectAccounted(result);
        const messages = [...result.taken.values()].reduce((sum, calls) => sum + calls.length, 0);
        expect(result.counts.sent).toBe(messages);
      }),
      { numRuns: 60 },
    );
  });

  it('no message is lost when the program is killed, and only those on their way can be sent twice', async () => {
    const steps = fc.array(fc.oneof(owe, wait, writeFault, kill), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fate, { maxLength: 40 }), async (plan, fates) => {
        const result = await play(plan, fates);
        let doubled = 0;
        for (const chat of CHATS) {
          const taken = result.taken.get(chat) ?? [];
          const once = byNonce(taken);
          expect(keysOf(once)).toEqual(mine(result, chat));
          // The same nonce is the same message.
          for (const { nonce, text } of taken) expect(once.find((call) => call.nonce === nonce)?.text).toBe(text);
          doubled += taken.length - once.length;
        }
        // Two platforms with two lanes each.
        expect(doubled).toBeLessThanOrEqual(4 * result.kills);
        expectAccounted(result);
      }),
      { numRuns: 60, examples: [[CLAIMED_WHEN_KILLED, []]] },
    );
  });
});
