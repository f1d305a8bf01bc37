import { createDispatcher, type Dispatcher } from '../bot/delivery/dispatcher.ts';
import type { CommandPorts } from '../commands/ports.ts';
import type { ChatMover } from './chat-moves.ts';
import type { ChatWishes } from './chat-wishes.ts';
import { createChatContexts, createComposer } from './compose.ts';
import { createMissedComposer } from './compose-missed.ts';
import { createDigest } from './digest.ts';
import type { FailureTally } from './failure-tally.ts';
import { createHolds } from './holds.ts';
import { MISSED } from './lateness.ts';
import type { MissedTime } from './missed-time.ts';
import type { BuildOptions, Parts } from './parts.ts';
import { createSignalMessages } from './signal-messages.ts';
import type { Stores } from './stores.ts';

/** Firings in one list of what was missed at most; those that are not read are counted. */
const MOST_LISTED = 5_000;

/** What sends the messages that are owed: alerts that are due together as one, and none in a chat's quiet hours. */
export function createDeliveries(
  {
    clock,
    log,
    stores,
  }: Pick<BuildOptions, 'clock' | 'log'> & {
    readonly stores: Pick<Stores, 'outbox' | 'chats' | 'mutes'>;
  },
  {
    rules,
    missed,
    moves,
    wishes,
    platforms,
    failures,
  }: Pick<Parts, 'rules' | 'platforms'> & {
    readonly missed: Pick<MissedTime, 'downtime'>;
    readonly moves: ChatMover;
    readonly wishes: Pick<ChatWishes, 'mayWait'>;
    readonly failures: FailureTally;
  },
  ports: CommandPorts,
): Dispatcher {
  const { chats, mutes, outbox } = stores;
  const messages = { ...ports, rules, moves, downtime: missed.downtime };
  const contextOf = createChatContexts(messages);
  const signals = createSignalMessages({ ...messages, rows: outbox }, contextOf);
  return createDispatcher({
    outbox,
    platforms: new Map(platforms.map((platform) => [platform.name, platform])),
    compose: createComposer(messages, signals),
    digest: createDigest(messages, contextOf),
    digests: [
      { kind: MISSED, most: MOST_LISTED, choose: (_first, others) => others, compose: createMissedComposer(messages) },
      signals.digest,
    ],
    holdsOf: createHolds({ chats, mutes, mayWait: wishes.mayWait, stored: rules.stored, deliveries: rules.deliveries }),
    async onBlocked(key, reason) {
      await stores.chats.deactivate(key, reason);
    },
    onMoved: moves.move,
    onFailed: failures.add,
    clock,
    random: Math.random,
    log: log.part('delivery'),
  });
}
