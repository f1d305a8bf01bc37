import { Api } from 'grammy';
import type { ChatMemberUpdated, Message, Update } from 'grammy/types';
import type { ChatPlatform, PlatformStatus } from '../../commands/platform.ts';
import { type CommandService, chatKey } from '../../commands/service.ts';
import type { Clock } from '../../engine/clock.ts';
import { UserError } from '../../engine/errors.ts';
import type { Logger } from '../logger.ts';
import { firstWithin } from '../waiting.ts';
import { createAskers } from './asker.ts';
import { createCommandDesk } from './command.ts';
import { createScrub, describe, toTransportError } from './failures.ts';
import { createLanes } from './lanes.ts';
import { createLru } from './lru.ts';
import { patiently } from './patience.ts';
import { findPlace } from './place.ts';
import { poll } from './polling.ts';
import { createPressDesk } from './press.ts';
import { registerCommands } from './registration.ts';
import { createSender } from './sender.ts';
import { targetOf } from './target.ts';

/** A poll lasts 30 s: whatever takes twice as long hangs. */
const CALL_TIMEOUT_SECONDS = 60;
const START_WAIT_MS = 10_000;
const STOP_WAIT_MS = 10_000;
const PICTURES_KEPT = 1000;
const HALVES_KEPT = 200;

export interface TelegramParts {
  readonly token: string;
  /** Telegram's own where it is missing. */
  readonly apiRoot?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Uniform in [0, 1): spreads the tries to connect. */
  readonly random: () => number;
  /** The bot was let into a chat, or thrown out of it or blocked. */
  onMembership?(chatKey: string, isActive: boolean): void;
  /** A group became a supergroup, which has another id. Told at least once; commands wait until it resolves. */
  onMoved?(oldKey: string, newKey: string): Promise<void>;
}

function isActive({ new_chat_member: member }: ChatMemberUpdated): boolean {
  if (member.status === 'restricted') return member.is_member;
  return member.status !== 'left' && member.status !== 'kicked';
}

/** Both ids of a group that became a supergroup: each of the two chats is told the other's. */
function moveOf({ chat, migrate_to_chat_id: to, migrate_from_chat_id: from }: Message): [number, number] | undefined {
  if (to !== undefined) return [chat.id, to];
  return from === undefined ? undefined : [from, chat.id];
}

const keyOf = (chatId: number): string => chatKey({ platform: 'telegram', chat: String(chatId) });

/** Telegram as a chat platform: commands and buttons in by long polling, messages out. */
export function createTelegram({ token, apiRoot, clock, log, random, ...told }: TelegramParts): ChatPlatform {
  const scrub = createScrub(token);
  const api = new Api(token, {
    timeoutSeconds: CALL_TIMEOUT_SECONDS,
    ...(apiRoot && { apiRoot: apiRoot.replace(/\/+$/, '') }),
  });
  let status: PlatformStatus = { state: 'off', lastSeen: undefined };
  let running: { stop(): Promise<void> } | undefined;

  api.config.use(async (next, method, payload, signal) => {
    const answer = await next(method, payload, signal);
    if (answer.ok) status = { ...status, lastSeen: clock.now() };
    return answer;
  });

  const shared = { api, pictures: createLru<string>(PICTURES_KEPT), halves: createLru<true>(HALVES_KEPT), scrub, log };
  // Deliveries meet a rate limit in the dispatcher, which holds the whole chat back.
  const deliveries = createSender({ ...shared, attempt: (call) => call() });
  const askers = createAskers({ api, clock, log, scrub });

  function serve(service: CommandService, onSettled: () => void): { stop(): Promise<void> } {
    const aborter = new AbortController();
    const { signal } = aborter;
    const lanes = createLanes((error) =>
      log.error({ reason: describe(error, scrub) }, 'an update was not dealt with to its end'),
    );
    const sender = createSender({ ...shared, attempt: (call) => patiently(call, clock, signal) });
    const parts = { api, clock, log, scrub, askers, lanes, sender };
    const onMessage = createCommandDesk(parts);
    const onPress = createPressDesk(parts);
    let botName = '';
    let moved = Promise.resolve();

    async function onUpdate({ message, channel_post, callback_query, my_chat_member }: Update): Promise<void> {
      const text = message ?? channel_post;
      const move = text === undefined ? undefined : moveOf(text);
      if (move !== undefined) moved = lanes.run('moves', async () => told.onMoved?.(keyOf(move[0]), keyOf(move[1])));
      // Who asks in the new chat for its alerts must find them.
      await moved;
      if (text !== undefined) await onMessage(text, botName, service);
      if (callback_query !== undefined) await onPress(callback_query, service);
      if (my_chat_member !== undefined) await lanes.run('membership', async () => tellMembership(my_chat_member));
    }

    const polling = poll(
      {
        api,
        clock,
        random,
        log,
        scrub,
        onUpdate,
        onState(state, detail) {
          status = { state, lastSeen: status.lastSeen, ...(detail === undefined ? {} : { detail }) };
          if (state !== 'connecting' || detail !== undefined) onSettled();
        },
        onReady(me) {
          botName = me.username;
          void lanes.run('registration', () => register(service, signal));
        },
      },
      signal,
    );

    return {
      async stop() {
        aborter.abort();
        await firstWithin(clock, STOP_WAIT_MS, Promise.all([polling, lanes.idle()]));
      },
    };
  }

  function tellMembership(change: ChatMemberUpdated): void {
    told.onMembership?.(keyOf(change.chat.id), isActive(change));
  }

  async function register(service: CommandService, signal: AbortSignal): Promise<void> {
    try {
      const written = await patiently(() => registerCommands(api, service.commands), clock, signal);
      log.info({ commands: service.commands.length, written }, 'the Telegram commands are registered');
    } catch (error) {
      log.warn({ reason: describe(error, scrub) }, 'the Telegram commands could not be registered');
    }
  }

  return {
    name: 'telegram',
    async start(service) {
      if (running !== undefined) return;
      const settled = new Promise<void>((resolve) => {
        running = serve(service, resolve);
      });
      await firstWithin(clock, START_WAIT_MS, settled);
    },
    async stop() {
      const stopping = running;
      running = undefined;
      await stopping?.stop();
      status = { state: 'off', lastSeen: status.lastSeen };
    },
    async send(address, message, nonce) {
      try {
        return String(await deliveries.send(targetOf(address), message, { nonce }));
      } catch (error) {
        throw toTransportError(error, scrub);
      }
    },
    async amend(address, messageId, message) {
      const standing = { target: targetOf(address), messageId: Number(messageId) };
      try {
        // An alert has a picture as a rule; nothing is kept of which had none.
        if (await deliveries.edit({ ...standing, hasPhoto: true }, message)) return true;
        return await deliveries.edit({ ...standing, hasPhoto: false }, message);
      } catch (error) {
        throw toTransportError(error, scrub);
      }
    },
    status: () => status,
    privateChat: async (user) => ({ platform: 'telegram', chat: user }),
    async place(named, asker, isOwner) {
      try {
        return await findPlace(api, named, asker, isOwner);
      } catch (error) {
        throw error instanceof UserError ? error : toTransportError(error, scrub);
      }
    },
  };
}
