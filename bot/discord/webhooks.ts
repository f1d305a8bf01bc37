import { DiscordAPIError, type REST, type RequestData, Routes } from 'discord.js';
import { z } from 'zod';
import type { Clock } from '../../engine/clock.ts';
import type { Ask } from './asking.ts';
import type { Channels } from './channels.ts';
import { hasCode, isUnknownMessage } from './failures.ts';

/** What the webhook itself is called in the settings of its channel. */
const NAME = 'Bellwether';
const INCOMING = 1;
/** Where it may make none it posts as the bot, and looks again later. */
const LOOK_AGAIN_MS = 600_000;
/** Missing access or permissions, too many webhooks there or in the server, a kind of channel that has none. */
const NONE_TO_BE_HAD = [50001, 50013, 30007, 30058, 50024, 10003] as const;
/** An unknown webhook, or its token is another by now. */
const IS_GONE = [10015, 50027] as const;

const User = z.object({ id: z.string(), avatar: z.string().nullish() });
const Webhook = z.object({
  id: z.string(),
  type: z.number(),
  token: z.string().optional(),
  user: z.object({ id: z.string() }).optional(),
});
const Posted = z.object({ id: z.string() });

interface Hook {
  readonly id: string;
  /** Who has it can write into the channel: it is asked of Discord, kept in memory alone, and never told. */
  readonly token: string;
}

/** What goes out by a webhook; `body` as for a message of the bot. */
export type HookRequest = Pick<RequestData, 'body' | 'files'> & { readonly body: object };

export interface Webhooks {
  /** @returns `WEBHOOK/MESSAGE`; undefined where the channel has no webhook of the bot, and it may not make one */
  post(channel: string, byline: string, request: HookRequest): Promise<string | undefined>;
  /** @returns false where the message is gone, or the webhook that sent it */
  edit(channel: string, id: string, body: object): Promise<boolean>;
}

/** The two halves of a message's id that `post` gave; undefined for one that the bot sent itself. */
export function hookedId(id: string): readonly [webhook: string, message: string] | undefined {
  const [webhook, message] = id.split('/');
  return message === undefined ? undefined : [webhook, message];
}

/** Discord takes no name with these in it: then the webhook's own stands there. */
const isAllowed = (name: string): boolean => !/discord|clyde/i.test(name);

/** What has no webhooks of its own is a thread of a channel that has. */
const threadOf = (channel: string, hookChannel: string | undefined): string | undefined =>
  hookChannel === channel ? undefined : channel;

/**
 * One webhook a channel, made by the bot and found again by who made it: Discord keeps it and its token, so that both survive a restart
 * and neither lies in the database.
 */
export function createWebhooks(rest: REST, ask: Ask, channels: Channels, clock: Pick<Clock, 'now'>): Webhooks {
  const byChannel = new Map<string, Promise<Hook | undefined>>();
  const byId = new Map<string, Hook>();
  /** Channels where there is none to be had, and since when. */
  const without = new Map<string, number>();
  let me: z.infer<typeof User> | undefined;

  async function self(): Promise<z.infer<typeof User>> {
    me ??= User.parse(await ask(() => rest.get(Routes.user('@me'))));
    return me;
  }

  function remember({ id, token }: z.infer<typeof Webhook>): Hook | undefined {
    if (token === undefined) return undefined;
    const hook = { id, token };
    byId.set(id, hook);
    return hook;
  }

  async function findOrMake(channel: string): Promise<Hook | undefined> {
    const { id } = await self();
    const route = Routes.channelWebhooks(channel);
    const there = z.array(Webhook).parse(await ask(() => rest.get(route)));
    const own = there.find(({ type, token, user }) => type === INCOMING && token !== undefined && user?.id === id);
    return remember(own ?? Webhook.parse(await ask(() => rest.post(route, { body: { name: NAME } }))));
  }

  async function hookOf(channel: string): Promise<Hook | undefined> {
    const since = without.get(channel);
    if (since !== undefined && clock.now() - since < LOOK_AGAIN_MS) return undefined;
    const looking = byChannel.get(channel) ?? findOrMake(channel);
    byChannel.set(channel, looking);
    try {
      return await looking;
    } catch (error) {
      byChannel.delete(channel);
      if (!hasCode(error, NONE_TO_BE_HAD)) throw error;
      without.set(channel, clock.now());
      return undefined;
    }
  }

  function forget(channel: string, { id }: Hook): void {
    byChannel.delete(channel);
    byId.delete(id);
  }

  async function execute(
    { id, token }: Hook,
    thread: string | undefined,
    byline: string,
    { body, files }: HookRequest,
  ) {
    const { id: own, avatar } = await self();
    const query = new URLSearchParams({ wait: 'true', ...(thread !== undefined && { thread_id: thread }) });
    const look = {
      ...(isAllowed(byline) && { username: byline }),
      ...(avatar != null && { avatar_url: rest.cdn.avatar(own, avatar, { extension: 'png' }) }),
    };
    const request = { auth: false, query, body: { ...body, ...look }, ...(files && { files }) };
    return Posted.parse(await ask(() => rest.post(Routes.webhook(id, token), request)));
  }

  /** By its id, also where another run of the program made it. */
  async function known(id: string): Promise<Hook | undefined> {
    const hook = byId.get(id);
    if (hook !== undefined) return hook;
    try {
      return remember(Webhook.parse(await ask(() => rest.get(Routes.webhook(id)))));
    } catch (error) {
      if (error instanceof DiscordAPIError && (error.status === 403 || error.status === 404)) return undefined;
      throw error;
    }
  }

  return {
    async post(channel, byline, request) {
      const { hookChannel } = await channels.of(channel);
      if (hookChannel === undefined) return undefined;
      const thread = threadOf(channel, hookChannel);
      // The second time it is a new one: somebody deleted the first.
      for (let tries = 0; tries < 2; tries++) {
        const hook = await hookOf(hookChannel);
        if (hook === undefined) return undefined;
        try {
          return `${hook.id}/${(await execute(hook, thread, byline, request)).id}`;
        } catch (error) {
          if (!hasCode(error, IS_GONE)) throw error;
          forget(hookChannel, hook);
        }
      }
      return undefined;
    },
    async edit(channel, id, body) {
      const [webhook = '', message = ''] = hookedId(id) ?? [];
      const hook = await known(webhook);
      if (hook === undefined) return false;
      const thread = threadOf(channel, (await channels.of(channel)).hookChannel);
      const query = new URLSearchParams(thread === undefined ? {} : { thread_id: thread });
      const route = Routes.webhookMessage(hook.id, hook.token, message);
      try {
        await ask(() => rest.patch(route, { auth: false, query, body }));
        return true;
      } catch (error) {
        if (isUnknownMessage(error) || hasCode(error, IS_GONE)) return false;
        throw error;
      }
    },
  };
}
