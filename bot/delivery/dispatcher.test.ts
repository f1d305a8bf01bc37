import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainText } from '../../commands/message.ts';
import { type ChatStore, createChatStore } from '../../db/chats.ts';
import type { NewDelivery } from '../../db/delivery-rows.ts';
import { createFiringStore } from '../../db/firings.ts';
import { createOutboxStore, type OutboxStore } from '../../db/outbox.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../../db/temp-database.ts';
import { TransportError } from '../../engine/errors.ts';
import { createManualClock, type ManualClock } from '../../test/doubles/manual-clock.ts';
import { createDispatcher, type Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import type { Delivery } from './outbox-port.ts';
import { createScriptedPlatform, type ScriptedPlatform, type Sent } from './scripted-platform.ts';

const NO_LIMITS = () => ({ all: [], chat: () => [] });
const limited = (retryAfterMs: number) =>
  new TransportError('too many requests', { reason: 'rate-limited', retryable: true, retryAfterMs });
const unreachable = () => new TransportError('no answer', { reason: 'unreachable', retryable: true });
const never = new Promise<never>(() => {});

let temp: TempDatabase;
let time: ManualClock;
let outbox: OutboxStore;
let chats: ChatStore;
let running: Dispatcher[];
let made: number;

beforeEach(async () => {
  time = createManualClock(1_000_000);
  temp = await createTempDatabase(time.now);
  outbox = createOutboxStore(temp.database);
  chats = createChatStore(temp.database);
  running = [];
  made = 0;
});
afterEach(async () => {
  for (const dispatcher of running) {
    const stopped = dispatcher.stop();
    await time.advance(10_000);
    await stopped;
  }
  await temp.drop();
});

function owed(chatKey: string, text: string, more: Partial<NewDelivery> = {}): NewDelivery {
  made += 1;
  const times = { dueAt: time.now(), createdAt: time.now() };
  return { dedupeKey: `d${made}`, chatKey, kind: 'alert', payload: text, priority: 1, ...times, ...more };
}

async function begin(
  platforms: readonly ScriptedPlatform[],
  more: Partial<DispatcherOptions> = {},
): Promise<Dispatcher> {
  const dispatcher = createDispatcher({
    outbox,
    platforms: new Map(platforms.map((platform) => [platform.name, platform])),
    compose: async (delivery) => ({ text: [String(delivery.payload)] }),
    onBlocked: (key, reason) => chats.deactivate(key, reason),
    onMoved: (from, to) => chats.move(from, to),
    clock: time.clock,
    random: () => 0.5,
    log: quietLog,
    limits: NO_LIMITS,
    ...more,
  });
  running.push(dispatcher);
  await dispatcher.start();
  await time.advance(0);
  return dispatcher;
}

async function owe(dispatcher: Dispatcher, ...deliveries: readonly NewDelivery[]): Promise<void> {
  await outbox.enqueue(deliveries);
  dispatcher.wake();
  await time.advance(0);
}

const telegram = (answer?: Parameters<typeof createScriptedPlatform>[2]) =>
  createScriptedPlatform('telegram', time.now, answer);
const texts = (sent: readonly Sent[]): readonly string[] => sent.map((call) => call.text);

describe('the way of a delivery', () => {
  it('goes out at once and is marked with its message id', async () => {
    const platform = telegram(() => 'message 77');
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:-1/45', 'hello'));
    expect(platform.taken).toEqual([{ chat: 'telegram:-1/45', text: 'hello', nonce: '1', at: 1_000_000 }]);
    expect(await outbox.get('1')).toMatchObject({ state: 'sent', messageId: 'message 77', attempts: 1 });
    expect(dispatcher.stats()).toMatchObject({ sent: 1, inFlight: 0, lastSentAt: 1_000_000 });
  });

  it('waits until it is due', async () => {
    const platform = telegram();
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:1', 'later', { dueAt: time.now() + 5_000 }));
    await time.advance(4_999);
    expect(platform.taken).toEqual([]);
    await time.advance(1);
    expect(texts(platform.taken)).toEqual(['later']);
  });

  it('keeps the order of a chat, and what is urgent goes first', async () => {
    const platform = telegram();
    const dispatcher = await begin([platform]);
    const items = ['a', 'b', 'c'].map((text) => owed('telegram:1', text));
    await owe(dispatcher, ...items, owed('telegram:1', 'urgent', { priority: 0 }));
    expect(texts(platform.taken)).toEqual(['urgent', 'a', 'b', 'c']);
  });

  it('sends one message of a chat at a time, topics included, and chats side by side', async () => {
    const platform = telegram(() => never);
    const dispatcher = await begin([platform], { lanes: 3 });
    const keys = ['telegram:-1', 'telegram:-1/5', 'telegram:2', 'telegram:3', 'telegram:4'];
    await owe(dispatcher, ...keys.map((key) => owed(key, key)));
    expect(texts(platform.calls)).toEqual(['telegram:-1', 'telegram:2', 'telegram:3']);
    expect(dispatcher.stats().inFlight).toBe(3);
  });

  it('lets one platform wait while another goes on', async () => {
    const [slow, quick] = [telegram(() => never), createScriptedPlatform('discord', time.now)];
    const dispatcher = await begin([slow, quick], { lanes: 1 });
    await owe(
      dispatcher,
      owed('telegram:1', 'a'),
      owed('telegram:2', 'b'),
      owed('discord:1', 'c'),
      owed('discord:2', 'd'),
    );
    expect(texts(quick.taken)).toEqual(['c', 'd']);
  });

  it('composes when the message is about to go out', async () => {
    const platform = telegram();
    const composed: number[] = [];
    const compose = async () => {
      composed.push(time.now());
      return { text: ['now'] };
    };
    const dispatcher = await begin([platform], { compose });
    await owe(dispatcher, owed('telegram:1', '', { dueAt: time.now() + 500 }));
    expect(composed).toEqual([]);
    await time.advance(500);
    expect(composed).toEqual([1_000_500]);
  });

  it('expires what nothing is left to say about, and what is older than a day', async () => {
    const platform = telegram();
    const compose = async () => undefined;
    const dispatcher = await begin([platform], { compose });
    await owe(
      dispatcher,
      owed('telegram:1', 'gone'),
      owed('telegram:2', 'old', { createdAt: time.now() - 86_400_001 }),
    );
    expect(await outbox.get('1')).toMatchObject({ state: 'expired', error: 'nothing left to say' });
    expect(await outbox.get('2')).toMatchObject({ state: 'expired', error: 'too old' });
    expect(platform.calls).toEqual([]);
  });

  it('expires what is owed to a platform that is not there any more', async () => {
    const dispatcher = await begin([telegram()]);
    await owe(dispatcher, owed('discord:1', 'nobody there'));
    await time.advance(86_400_000 + 3_600_000);
    expect(await outbox.get('1')).toMatchObject({ state: 'expired' });
  });

  it('tells of what was sent and what failed, and goes on where the listener fails', async () => {
    const refused = new TransportError('bad photo', { reason: 'refused', retryable: false });
    const platform = telegram((call) => (call.text === 'bad' ? Promise.reject(refused) : 'm1'));
    const told: string[] = [];
    const dispatcher = await begin([platform], {
      onSent: (delivery, id) => void told.push(`${delivery.id} sent as ${id}`),
      onFailed: (chatKey, count, reason) => {
        told.push(`${chatKey} failed ${count}: ${reason}`);
        throw new Error('listener');
      },
    });
    await owe(dispatcher, owed('telegram:1', 'bad'), owed('telegram:1', 'good'));
    expect(told).toEqual(['telegram:1 failed 1: bad photo', '2 sent as m1']);
    expect(await outbox.get('1')).toMatchObject({ state: 'failed', error: 'bad photo' });
    expect(platform.calls).toHaveLength(2);
  });

  it('tells how many a blocked chat will never get, with the reason', async () => {
    const blocked = new TransportError('bot was blocked', { reason: 'blocked', retryable: false });
    const platform = telegram(() => Promise.reject(blocked));
    const told: string[] = [];
    const dispatcher = await begin([platform], {
      onFailed: (chatKey, count, reason) => void told.push(`${chatKey} failed ${count}: ${reason}`),
    });
    await owe(dispatcher, ...['a', 'b', 'c'].map((text) => owed('telegram:1', text)));
    expect(told).toEqual(['telegram:1 failed 3: bot was blocked']);
    expect(platform.calls).toHaveLength(1);
  });

  it('is drained when all that may go out now has gone out', async () => {
    const limits = () => ({ all: [], chat: () => [{ count: 3, ms: 10_000 }] });
    const platform = telegram((call) => new Promise((resolve) => setImmediate(() => resolve(call.text))));
    const dispatcher = await begin([platform], { limits });
    const letters = ['a', 'b', 'c', 'd'];
    await outbox.enqueue([...letters.map((text) => owed('telegram:1', text)), owed('telegram:2', 'x')]);
    await dispatcher.drained();
    expect([...texts(platform.taken)].sort()).toEqual(['a', 'b', 'c', 'x']);
    expect(await outbox.counts()).toMatchObject({ sent: 4, pending: 1, claimed: 0 });
  });
});

describe('waiting', () => {
  it('obeys retry-after in one chat without holding up another', async () => {
    let first = true;
    const platform = telegram((call) => {
      if (call.chat !== 'telegram:1' || !first) return undefined;
      first = false;
      throw limited(30_000);
    });
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:1', 'a'), owed('telegram:1', 'b'), owed('telegram:2', 'x'));
    expect((await outbox.get('2'))?.dueAt).toBe(1_030_000);
    await time.advance(1_000);
    await owe(dispatcher, owed('telegram:2', 'y'), owed('telegram:1', 'c'));
    expect(texts(platform.taken)).toEqual(['x', 'y']);
    await time.advance(28_999);
    expect(platform.calls).toHaveLength(3);
    await time.advance(1);
    expect(texts(platform.taken)).toEqual(['x', 'y', 'a', 'b', 'c']);
    expect(platform.taken[2].at).toBe(1_030_000);
  });

  it('keeps to the budget of a chat while others go out', async () => {
    const platform = telegram();
    const limits = () => ({ all: [], chat: () => [{ count: 2, ms: 10_000 }] });
    const dispatcher = await begin([platform], { limits });
    await owe(
      dispatcher,
      ...['a', 'b', 'c', 'd', 'e'].map((text) => owed('telegram:1', text)),
      owed('telegram:2', 'x'),
    );
    await time.advance(60_000);
    const at = (chat: string) => platform.taken.filter((call) => call.chat === chat).map((call) => call.at - 1_000_000);
    expect(at('telegram:1')).toEqual([0, 0, 10_000, 10_000, 20_000]);
    expect(at('telegram:2')).toEqual([0]);
    expect(texts(platform.taken.filter((call) => call.chat === 'telegram:1'))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('keeps to the budget of the whole platform', async () => {
    const platform = telegram();
    const limits = () => ({ all: [{ count: 3, ms: 1_000 }], chat: () => [] });
    const dispatcher = await begin([platform], { limits });
    await owe(dispatcher, ...Array.from({ length: 8 }, (_, i) => owed(`telegram:${i}`, `${i}`)));
    await time.advance(5_000);
    expect(platform.taken.map((call) => call.at - 1_000_000)).toEqual([0, 0, 0, 1000, 1000, 1000, 2000, 2000]);
  });

  it('counts messages that are still composed against the budget of the platform', async () => {
    const platform = telegram();
    const compose = async () => {
      await new Promise<void>((resolve) => time.clock.after(400, resolve));
      return { text: ['slow'] };
    };
    const limits = () => ({ all: [{ count: 2, ms: 1_000 }], chat: () => [] });
    const dispatcher = await begin([platform], { limits, compose });
    await owe(dispatcher, owed('telegram:1', 'a'), owed('telegram:2', 'b'));
    await owe(dispatcher, owed('telegram:3', 'c'), owed('telegram:4', 'd'));
    await time.advance(10_000);
    const times = platform.taken.map((call) => call.at - 1_000_000);
    expect(times).toEqual([400, 400, 1_800, 1_800]);
  });

  it('stays within what Telegram allows a group', async () => {
    const platform = telegram();
    const dispatcher = await begin([platform], { limits: undefined });
    await owe(dispatcher, ...Array.from({ length: 50 }, (_, i) => owed('telegram:-1', `${i}`)));
    await time.advance(300_000);
    expect(platform.taken).toHaveLength(50);
    for (const { at } of platform.taken) {
      const minute = platform.taken.filter((call) => call.at >= at && call.at < at + 60_000);
      expect(minute.length).toBeLessThanOrEqual(20);
    }
  });

  it('tries again with growing waits until the platform answers', async () => {
    let down = true;
    const platform = telegram(() => {
      if (down) throw unreachable();
      return undefined;
    });
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:1', 'a'), owed('telegram:1', 'b'));
    await time.advance(6_000);
    // 1 s, 2 s, 4 s, three quarters of each with a random number of 0.5.
    expect(platform.calls.map((call) => call.at - 1_000_000)).toEqual([0, 750, 2_250, 5_250]);
    down = false;
    await time.advance(60_000);
    expect(texts(platform.taken)).toEqual(['a', 'b']);
  });

  it('gives up one message that a working platform never takes, and goes on', async () => {
    const platform = telegram((call) => {
      if (call.text === 'poison') throw unreachable();
      return undefined;
    });
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:1', 'poison'), owed('telegram:1', 'after'));
    for (let i = 0; i < 40; i++) {
      await time.advance(10_000);
      await owe(dispatcher, owed('telegram:2', 'fine'));
    }
    expect(await outbox.get('1')).toMatchObject({ state: 'failed', attempts: 10 });
    expect(await outbox.get('2')).toMatchObject({ state: 'sent' });
  });

  it('does not wait for a send that hangs for ever', async () => {
    let hang = true;
    const platform = telegram(() => (hang ? never : undefined));
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:1', 'a'));
    hang = false;
    await time.advance(59_999);
    expect(platform.taken).toEqual([]);
    await time.advance(2_000);
    expect(texts(platform.taken)).toEqual(['a']);
  });

  it('tries to compose three times', async () => {
    let tries = 0;
    const compose = () => {
      tries += 1;
      return Promise.reject(new Error('no chart'));
    };
    const dispatcher = await begin([telegram()], { compose });
    await owe(dispatcher, owed('telegram:1', 'a'));
    await time.advance(60_000);
    expect(tries).toBe(3);
    expect(await outbox.get('1')).toMatchObject({ state: 'failed', error: 'could not be composed: no chart' });
  });
});

describe('chats that are gone', () => {
  const chat = (key: string) => {
    const settings = { venue: undefined, interval: 60_000, quote: 'usdt', timeZone: 'UTC', locale: 'en' };
    return { key, title: 'Traders', kind: 'group' as const, ...settings };
  };

  it('fails everything that is owed to a chat that blocked us, after one try', async () => {
    const platform = telegram((call) => {
      if (call.chat === 'telegram:1') throw new TransportError('kicked', { reason: 'blocked', retryable: false });
      return undefined;
    });
    await chats.ensure(chat('telegram:1'));
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:1', 'a'), owed('telegram:1', 'b'), owed('telegram:2', 'x'));
    expect(platform.calls.filter((call) => call.chat === 'telegram:1')).toHaveLength(1);
    expect(await outbox.counts()).toMatchObject({ failed: 2, sent: 1, pending: 0, claimed: 0 });
    expect(await chats.get('telegram:1')).toMatchObject({ active: false, inactiveReason: 'kicked' });
  });

  it('follows a group that became a supergroup', async () => {
    const platform = telegram((call) => {
      if (call.chat === 'telegram:-1') {
        throw new TransportError('moved', { reason: 'moved', retryable: false, movedTo: '-1001' });
      }
      return undefined;
    });
    await chats.ensure(chat('telegram:-1'));
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:-1', 'a'), owed('telegram:-1', 'b'));
    expect(platform.taken.map((call) => [call.chat, call.text])).toEqual([
      ['telegram:-1001', 'a'],
      ['telegram:-1001', 'b'],
    ]);
    expect(await chats.get('telegram:-1001')).toMatchObject({ title: 'Traders' });
  });
});

describe('digests', () => {
  const digest = {
    kind: 'alert',
    most: 3,
    choose: (_first: unknown, others: readonly Delivery[]) => (others.length < 2 ? [] : others),
    compose: async (items: readonly { payload: unknown }[]) => ({
      text: [items.map((item) => item.payload).join('+')],
    }),
  };

  it('puts several that are due at once in one chat into one message', async () => {
    const platform = telegram(() => 'm9');
    const dispatcher = await begin([platform], { digest });
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((text) => owed('telegram:1', text));
    await owe(dispatcher, ...many, owed('telegram:2', 'x'), owed('telegram:2', 'y'));
    expect(texts(platform.taken.filter((call) => call.chat === 'telegram:1'))).toEqual(['a+b+c+d', 'e', 'f']);
    expect(texts(platform.taken.filter((call) => call.chat === 'telegram:2'))).toEqual(['x', 'y']);
    expect(await outbox.get('1')).toMatchObject({ state: 'sent', messageId: 'm9' });
    expect(await outbox.get('4')).toMatchObject({ state: 'merged', messageId: 'm9' });
    expect(dispatcher.stats()).toMatchObject({ sent: 5, merged: 3 });
  });

  it('owes all of them still where the digest did not go out', async () => {
    let fail = true;
    const platform = telegram(() => {
      if (fail) throw limited(5_000);
      return undefined;
    });
    const dispatcher = await begin([platform], { digest });
    await owe(dispatcher, ...['a', 'b', 'c'].map((text) => owed('telegram:1', text)));
    expect(await outbox.counts()).toMatchObject({ pending: 3, claimed: 0 });
    fail = false;
    await owe(dispatcher, owed('telegram:1', 'd'));
    await time.advance(5_000);
    expect(texts(platform.taken)).toEqual(['a+b+c+d']);
    const [tried, sent] = platform.calls.map((call) => call.nonce);
    expect(sent).not.toBe(tried);
  });

  it('tells the same in every try where the chat may have it already', async () => {
    let fail = true;
    const platform = telegram(() => {
      if (fail) throw unreachable();
      return undefined;
    });
    const dispatcher = await begin([platform], { digest });
    await owe(dispatcher, ...['a', 'b', 'c'].map((text) => owed('telegram:1', text)));
    fail = false;
    await owe(dispatcher, owed('telegram:1', 'd'));
    await time.advance(5_000);
    expect(texts(platform.calls)).toEqual(['a+b+c', 'a+b+c', 'd']);
    const [tried, sent] = platform.calls.map((call) => call.nonce);
    expect(sent).toBe(tried);
  });

  it('tells the same, under the same nonce, after a kill in the middle of it', async () => {
    const killed = telegram(() => never);
    await owe(await begin([killed], { digest }), ...['a', 'b', 'c'].map((text) => owed('telegram:1', text)));
    const platform = telegram();
    const again = createOutboxStore(await temp.reopen());
    await again.enqueue([owed('telegram:1', 'd'), owed('telegram:1', 'urgent', { priority: 0 })]);
    await begin([platform], { digest, outbox: again });
    expect(texts(platform.taken)).toEqual(['urgent', 'a+b+c', 'd']);
    expect(platform.taken[1].nonce).toBe(killed.calls[0].nonce);
    const states = await Promise.all(['1', '2', '3'].map(async (id) => (await again.get(id))?.state));
    expect(states).toEqual(['sent', 'merged', 'merged']);
  });

  it('never joins what an earlier try may have brought, whatever a later try is answered', async () => {
    const killed = telegram(() => never);
    await owe(await begin([killed], { digest }), owed('telegram:1', 'a'));
    let first = true;
    const platform = telegram(() => {
      if (!first) return undefined;
      first = false;
      throw limited(5_000);
    });
    const again = createOutboxStore(await temp.reopen());
    await begin([platform], { digest, outbox: again });
    await again.enqueue(['b', 'c', 'd'].map((text) => owed('telegram:1', text)));
    await time.advance(5_000);
    expect(texts(platform.taken)).toEqual(['a', 'b+c+d']);
    expect(platform.taken[0].nonce).toBe(killed.calls[0].nonce);
  });

  it('fails all of it in one where it is refused', async () => {
    const refused = new TransportError('no', { reason: 'refused', retryable: false });
    const dispatcher = await begin([telegram(() => Promise.reject(refused))], { digest });
    await owe(dispatcher, ...['a', 'b', 'c'].map((text) => owed('telegram:1', text)));
    expect(await outbox.counts()).toMatchObject({ failed: 3, pending: 0, claimed: 0 });
  });

  it('is tried again where what goes into it cannot be read', async () => {
    let broken = true;
    const flaky: OutboxStore = {
      ...outbox,
      peekWith: (...args) => (broken ? Promise.reject(new Error('locked')) : outbox.peekWith(...args)),
    };
    const platform = telegram();
    const dispatcher = await begin([platform], { digest, outbox: flaky });
    await owe(dispatcher, ...['a', 'b', 'c'].map((text) => owed('telegram:1', text)));
    expect(platform.calls).toEqual([]);
    broken = false;
    await time.advance(1_000);
    expect(texts(platform.taken)).toEqual(['a+b+c']);
  });
});

describe('what is held back', () => {
  const holding =
    (until: number, which: (delivery: Delivery) => boolean) => async (all: readonly Delivery[], now: number) =>
      new Map(
        all.filter((item) => now < until && which(item)).map(({ id }) => [id, { until, held: 'quiet' }] as const),
      );

  it('waits without holding up what may go out, and then goes out in order', async () => {
    const platform = telegram();
    const holdsOf = holding(1_060_000, ({ payload }) => String(payload).startsWith('held'));
    const dispatcher = await begin([platform], { holdsOf });
    await owe(dispatcher, ...['held 1', 'a', 'held 2', 'b'].map((text) => owed('telegram:1', text)));
    expect(texts(platform.taken)).toEqual(['a', 'b']);
    expect(await outbox.get('1')).toMatchObject({ state: 'pending', held: 'quiet', dueAt: 1_060_000, attempts: 0 });
    await time.advance(60_000);
    expect(texts(platform.taken)).toEqual(['a', 'b', 'held 1', 'held 2']);
  });

  it('does not make its chat wait after a restart', async () => {
    const holdsOf = holding(1_060_000, ({ payload }) => payload === 'held');
    const dispatcher = await begin([telegram()], { holdsOf });
    await owe(dispatcher, owed('telegram:1', 'held'));
    await dispatcher.stop();
    const platform = telegram();
    await owe(await begin([platform], { holdsOf }), owed('telegram:1', 'a'));
    expect(texts(platform.taken)).toEqual(['a']);
  });

  it('goes out at once where it is released', async () => {
    let until = 1_060_000;
    const platform = telegram();
    const dispatcher = await begin([platform], { holdsOf: (all, now) => holding(until, () => true)(all, now) });
    await owe(dispatcher, owed('telegram:1', 'a'));
    until = 0;
    expect(await outbox.releaseHeld('telegram:1', time.now())).toBe(1);
    dispatcher.wake();
    await time.advance(0);
    expect(texts(platform.taken)).toEqual(['a']);
  });
});

describe('a message that stands already', () => {
  it('is changed, and counts against the budget of its chat', async () => {
    const platform = telegram();
    const amended: (readonly [string, string, number])[] = [];
    const able: ScriptedPlatform = {
      ...platform,
      async amend(_address, id, message) {
        amended.push([id, plainText(message.text), time.now() - 1_000_000]);
        return id !== 'gone';
      },
    };
    const compose = async (delivery: Delivery) => ({ text: ['over'], edits: String(delivery.payload) });
    const limits = () => ({ all: [], chat: () => [{ count: 1, ms: 10_000 }] });
    const dispatcher = await begin([able], { compose, limits });
    await owe(dispatcher, owed('telegram:1', 'm7'), owed('telegram:1', 'gone'));
    await time.advance(10_000);
    expect(amended).toEqual([
      ['m7', 'over', 0],
      ['gone', 'over', 10_000],
    ]);
    expect(await outbox.get('1')).toMatchObject({ state: 'sent', messageId: 'm7' });
    expect(await outbox.get('2')).toMatchObject({ state: 'expired', error: 'the message can no longer be changed' });
  });

  it('that cannot be changed yet waits by itself: what else is owed to its chat goes out', async () => {
    const platform = telegram();
    let tries = 0;
    const able: ScriptedPlatform = {
      ...platform,
      async amend() {
        if (++tries > 1) return true;
        throw new TransportError('not yet', { reason: 'not-yet', retryable: true, retryAfterMs: 300_000 });
      },
    };
    const compose = async ({ payload }: Delivery) => ({
      text: [String(payload)],
      ...(payload === 'change' && { edits: 'm7' }),
    });
    const dispatcher = await begin([able], { compose });
    await owe(dispatcher, owed('telegram:1', 'change'), owed('telegram:1', 'next'));
    expect(texts(platform.taken)).toEqual(['next']);
    expect(await outbox.get('1')).toMatchObject({ state: 'pending', dueAt: 1_300_000 });
    await time.advance(300_000);
    expect(await outbox.get('1')).toMatchObject({ state: 'sent', messageId: 'm7' });
    expect([tries, dispatcher.stats().failed]).toEqual([2, 0]);
  });

  it('stays as it is where a platform cannot change it', async () => {
    const compose = async () => ({ text: ['over'], edits: 'm7' });
    const dispatcher = await begin([telegram()], { compose });
    await owe(dispatcher, owed('telegram:1', 'm7'));
    expect(await outbox.get('1')).toMatchObject({ state: 'expired', error: 'messages cannot be changed there' });
  });
});

describe('crashes and faults', () => {
  it('sends after a restart what was committed and not sent', async () => {
    const firings = createFiringStore(temp.database);
    await firings.commit({ firings: [], deliveries: [owed('telegram:1', 'a')], states: [] });
    const again = createOutboxStore(await temp.reopen());
    const platform = telegram();
    await begin([platform], { outbox: again });
    expect(texts(platform.taken)).toEqual(['a']);
  });

  it('sends again, under the same nonce, what was on its way when the program was killed', async () => {
    const killed = telegram(() => never);
    await owe(await begin([killed]), owed('telegram:1', 'a'));
    const platform = telegram();
    await begin([platform], { outbox: createOutboxStore(await temp.reopen()) });
    expect(texts(platform.taken)).toEqual(['a']);
    expect(platform.calls[0].nonce).toBe(killed.calls[0].nonce);
  });

  it('lets nothing overtake a waiting message after a restart', async () => {
    const first = telegram(() => {
      throw limited(30_000);
    });
    const dispatcher = await begin([first]);
    await owe(dispatcher, owed('telegram:1', 'a'));
    await dispatcher.stop();
    await outbox.enqueue([owed('telegram:1', 'b')]);
    const platform = telegram();
    await begin([platform]);
    expect(platform.calls).toEqual([]);
    await time.advance(30_000);
    expect(texts(platform.taken)).toEqual(['a', 'b']);
  });

  it('does not send twice because the database could not be written', async () => {
    let broken = 3;
    const flaky: OutboxStore = {
      ...outbox,
      markSent: (...args) => (broken-- > 0 ? Promise.reject(new Error('disk full')) : outbox.markSent(...args)),
    };
    const platform = telegram();
    const dispatcher = await begin([platform], { outbox: flaky });
    await owe(dispatcher, owed('telegram:1', 'a'), owed('telegram:1', 'b'));
    await time.advance(10_000);
    expect(texts(platform.taken)).toEqual(['a', 'b']);
    expect(await outbox.counts()).toMatchObject({ sent: 2, claimed: 0 });
  });

  it('finds a message again whose claim was lost on the way from the database', async () => {
    let lose = false;
    const flaky: OutboxStore = {
      ...outbox,
      async claimDue(...args) {
        const rows = await outbox.claimDue(...args);
        if (!lose || rows.length === 0) return rows;
        lose = false;
        throw new Error('connection reset');
      },
    };
    const platform = telegram();
    const dispatcher = await begin([platform], { outbox: flaky });
    lose = true;
    await owe(dispatcher, owed('telegram:1', 'a'));
    await time.advance(1_300_000);
    expect(texts(platform.taken)).toEqual(['a']);
  });

  it('does not take for forgotten what it could not mark for half an hour', async () => {
    let broken = true;
    const flaky: OutboxStore = {
      ...outbox,
      markSent: (...args) => (broken ? Promise.reject(new Error('disk full')) : outbox.markSent(...args)),
    };
    const platform = telegram();
    const dispatcher = await begin([platform], { outbox: flaky });
    await owe(dispatcher, owed('telegram:1', 'a'));
    await time.advance(1_800_000);
    expect(await outbox.counts()).toMatchObject({ claimed: 1, pending: 0 });
    broken = false;
    await time.advance(1_000);
    expect(await outbox.counts()).toMatchObject({ claimed: 0, sent: 1 });
    expect(platform.taken).toHaveLength(1);
  });

  it('hears a call that comes while it sets its timer', async () => {
    let before = async (): Promise<void> => {};
    const flaky: OutboxStore = {
      ...outbox,
      async nextDueAt(after) {
        const due = await outbox.nextDueAt(after);
        await before();
        return due;
      },
    };
    const platform = telegram();
    const dispatcher = await begin([platform], { outbox: flaky });
    before = async () => {
      before = async () => {};
      await outbox.enqueue([owed('telegram:1', 'meanwhile')]);
      dispatcher.wake();
    };
    dispatcher.wake();
    await time.advance(0);
    expect(texts(platform.taken)).toEqual(['meanwhile']);
  });

  it('comes back when the database cannot be read for a while', async () => {
    let broken = 0;
    const flaky: OutboxStore = {
      ...outbox,
      claimDue: (...args) => (broken-- > 0 ? Promise.reject(new Error('locked')) : outbox.claimDue(...args)),
    };
    const platform = telegram();
    const dispatcher = await begin([platform], { outbox: flaky });
    broken = 3;
    await owe(dispatcher, owed('telegram:1', 'a'));
    expect(platform.calls).toEqual([]);
    await time.advance(3_000);
    expect(texts(platform.taken)).toEqual(['a']);
  });
});

describe('stopping', () => {
  it('waits for what is in flight, and claims no more', async () => {
    let finish = (_id: string): void => {};
    const platform = telegram(() => new Promise((resolve) => (finish = resolve)));
    const dispatcher = await begin([platform]);
    await owe(dispatcher, owed('telegram:1', 'a'), owed('telegram:1', 'b'));
    let stopped = false;
    const stopping = dispatcher.stop().then(() => (stopped = true));
    await time.advance(100);
    expect(stopped).toBe(false);
    finish('m1');
    await stopping;
    expect(await outbox.get('1')).toMatchObject({ state: 'sent' });
    expect(await outbox.get('2')).toMatchObject({ state: 'pending' });
    dispatcher.wake();
    await time.advance(1_000);
    expect(platform.calls).toHaveLength(1);
  });

  it('sends nothing any more that was still being composed, and owes it', async () => {
    const platform = telegram();
    let composed = (): void => {};
    const compose = () =>
      new Promise<{ text: string[] }>((resolve) => {
        composed = () => resolve({ text: ['late'] });
      });
    const dispatcher = await begin([platform], { compose });
    await owe(dispatcher, owed('telegram:1', 'late'));
    const stopping = dispatcher.stop();
    composed();
    await stopping;
    expect(platform.calls).toEqual([]);
    await begin([platform]);
    expect(texts(platform.taken)).toEqual(['late']);
  });

  it('leaves to the next start what it was about to claim', async () => {
    const platform = telegram();
    const dispatcher = await begin([platform]);
    await outbox.enqueue([owed('telegram:1', 'a')]);
    dispatcher.wake();
    await dispatcher.stop();
    expect(platform.calls).toEqual([]);
    await begin([platform]);
    expect(texts(platform.taken)).toEqual(['a']);
  });

  it('waits no longer than ten seconds', async () => {
    const dispatcher = await begin([telegram(() => never)]);
    await owe(dispatcher, owed('telegram:1', 'a'));
    let stopped = false;
    void dispatcher.stop().then(() => (stopped = true));
    await time.advance(9_999);
    expect(stopped).toBe(false);
    await time.advance(1);
    expect(stopped).toBe(true);
  });
});
