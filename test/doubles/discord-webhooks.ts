import { APPLICATION_ID, CHANNELS } from './discord-fixtures.ts';
import type { HttpAnswer, RestCall } from './discord-http.ts';
import { createMessage, editMessage, type MessageStore } from './discord-interactions.ts';
import {
  asText,
  CROSSPOSTED,
  DiscordRefusal,
  type DoubleMessage,
  type Fields,
  invalid,
  toWire,
} from './discord-model.ts';

const HOUR = 3_600_000;
const ANNOUNCEMENTS = 5;

export interface DoubleWebhook {
  readonly id: string;
  readonly token: string;
  readonly channelId: string;
  readonly name: string;
  /** The user who made it. */
  readonly madeBy: string;
}

/** What the bot may do; a test takes it away. */
export interface DoubleRights {
  manageWebhooks: boolean;
  /** To publish what others, webhooks included, have posted. */
  manageMessages: boolean;
}

/** Webhooks of channels, and what is published of announcement channels, as Discord documents both. */
export function createWebhookDesk(store: MessageStore, now: () => number) {
  const webhooks = new Map<string, DoubleWebhook>();
  const rights: DoubleRights = { manageWebhooks: true, manageMessages: true };
  /** When what was published, by channel. */
  const published = new Map<string, number[]>();

  const shown = ({ id, token, channelId, name, madeBy }: DoubleWebhook): Fields => ({
    ...{ id, type: 1, channel_id: channelId, name, avatar: null, user: { id: madeBy } },
    // Of one that an application made, none but that application is shown the token.
    ...(madeBy === APPLICATION_ID && { token, application_id: APPLICATION_ID }),
  });

  function add(channelId: string, name: string, madeBy: string): DoubleWebhook {
    const hook = { id: store.nextId(), token: `webhook-token-${store.nextId()}-never-told`, channelId, name, madeBy };
    webhooks.set(hook.id, hook);
    return hook;
  }

  function checkName(name: string): void {
    if (name === '' || name.length > 80 || /clyde|discord/i.test(name)) throw invalid('name or username');
  }

  function executed(hook: DoubleWebhook, call: RestCall): HttpAnswer {
    const thread = call.query.get('thread_id');
    const known = CHANNELS.find(({ id, parent_id: parent }) => id === thread && parent === hook.channelId);
    if (thread !== null && known === undefined) throw new DiscordRefusal(400, 10003, 'Unknown Channel');
    const { username } = call.body;
    if (username !== undefined) checkName(asText(username));
    const sender = { webhookId: hook.id, byline: username === undefined ? hook.name : asText(username) };
    // There is no nonce here: what is sent twice stands there twice.
    const { nonce: _, ...body } = call.body;
    const message = createMessage(store, thread ?? hook.channelId, call, body, Number(body.flags ?? 0), sender);
    return call.query.get('wait') === 'true' ? { status: 200, body: toWire(message, store.bot) } : { status: 204 };
  }

  function edited(hook: DoubleWebhook, call: RestCall, id: string | undefined): HttpAnswer {
    const message = store.messages.get(id ?? '');
    const place = call.query.get('thread_id') ?? hook.channelId;
    if (message === undefined || message.deleted || message.webhookId !== hook.id || message.channelId !== place)
      throw new DiscordRefusal(404, 10008, 'Unknown Message');
    editMessage(store, message, call, call.body);
    return { status: 200, body: toWire(message, store.bot) };
  }

  return {
    webhooks,
    rights,
    add,
    /** `/channels/{id}/webhooks` */
    ofChannel(call: RestCall, channelId: string): HttpAnswer {
      const channel = CHANNELS.find(({ id }) => id === channelId);
      if (channel === undefined) throw new DiscordRefusal(404, 10003, 'Unknown Channel');
      if (!rights.manageWebhooks) throw new DiscordRefusal(403, 50013, 'Missing Permissions');
      const own = [...webhooks.values()].filter((hook) => hook.channelId === channelId);
      if (call.method === 'GET') return { status: 200, body: own.map(shown) };
      if (channel.type !== 0 && channel.type !== ANNOUNCEMENTS)
        throw new DiscordRefusal(400, 50024, 'Cannot execute action on this channel type');
      if (own.length >= 15) throw new DiscordRefusal(400, 30007, 'Maximum number of webhooks reached (15)');
      checkName(asText(call.body.name));
      return { status: 200, body: shown(add(channelId, asText(call.body.name), APPLICATION_ID)) };
    },
    /** `GET /webhooks/{id}` of the bot: who made it needs no right for it. */
    byId(id: string): HttpAnswer {
      const hook = webhooks.get(id);
      if (hook === undefined) throw new DiscordRefusal(404, 10015, 'Unknown Webhook');
      return { status: 200, body: shown(hook) };
    },
    /** `/webhooks/{id}/{token}` and the messages below it. */
    use(call: RestCall, id: string, token: string, messageId: string | undefined): HttpAnswer {
      const hook = webhooks.get(id);
      if (hook === undefined) throw new DiscordRefusal(404, 10015, 'Unknown Webhook');
      if (hook.token !== token) throw new DiscordRefusal(401, 50027, 'Invalid Webhook Token');
      return call.method === 'POST' ? executed(hook, call) : edited(hook, call, messageId);
    },
    /** `/channels/{id}/messages/{id}/crosspost` */
    crosspost(message: DoubleMessage): HttpAnswer {
      const { channelId } = message;
      const channel = CHANNELS.find(({ id }) => id === channelId);
      if (channel?.type !== ANNOUNCEMENTS)
        throw new DiscordRefusal(400, 50024, 'Cannot execute action on this channel type');
      if (message.webhookId !== undefined && !rights.manageMessages)
        throw new DiscordRefusal(403, 50013, 'Missing Permissions');
      if ((message.flags & CROSSPOSTED) !== 0)
        throw new DiscordRefusal(400, 40033, 'This message has already been crossposted');
      const lately = (published.get(channelId) ?? []).filter((at) => now() - at < HOUR);
      if (lately.length >= 10) {
        const retryAfter = Math.ceil((lately[0] + HOUR - now()) / 1000);
        const headers = { 'retry-after': String(retryAfter), 'x-ratelimit-scope': 'shared' };
        return { status: 429, headers, body: { message: 'rate limited', retry_after: retryAfter, global: false } };
      }
      published.set(channelId, [...lately, now()]);
      message.flags |= CROSSPOSTED;
      return { status: 200, body: toWire(message, store.bot) };
    },
  };
}
