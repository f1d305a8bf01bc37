import { asFields, type Fields } from './discord-model.ts';

export const APPLICATION_ID = '1100000000000000001';
export const GUILD_ID = '1100000000000000002';
export const CHANNEL_ID = '1100000000000000003';
export const DM_CHANNEL_ID = '1100000000000000004';
export const USER_ID = '1100000000000000005';
export const THREAD_ID = '1100000000000000006';
export const NEWS_ID = '1100000000000000007';

/** Who does something, and where. Left out: a member without permissions, in the one server's channel. */
export interface Actor {
  readonly userId?: string;
  readonly userName?: string;
  readonly channelId?: string;
  /** False: in the bot's direct messages. */
  readonly guild?: boolean;
  /** The member's permission bits, as a decimal text. */
  readonly permissions?: string;
  readonly locale?: string;
  /** What the bot may do in the channel, as a decimal text; everything that it needs where this is missing. */
  readonly appPermissions?: string;
}

/** VIEW_CHANNEL 1<<10, SEND_MESSAGES 1<<11, EMBED_LINKS 1<<14, ATTACH_FILES 1<<15, SEND_MESSAGES_IN_THREADS 1<<38. */
const ALL_IT_NEEDS = String((1n << 10n) | (1n << 11n) | (1n << 14n) | (1n << 15n) | (1n << 38n));

export const CHANNELS: readonly Fields[] = [
  { id: CHANNEL_ID, type: 0, name: 'signals', position: 0, permission_overwrites: [], parent_id: null },
  { id: NEWS_ID, type: 5, name: 'news', position: 1, permission_overwrites: [], parent_id: null },
  { id: DM_CHANNEL_ID, type: 1, recipients: [] },
  { id: THREAD_ID, type: 11, name: 'a thread', parent_id: CHANNEL_ID, thread_metadata: { archived: false } },
];

export function gatewayInformation(url: string): Fields {
  const limit = { total: 1000, remaining: 1000, reset_after: 86_400_000, max_concurrency: 1 };
  return { url, shards: 1, session_start_limit: limit };
}

/** READY, and what follows it. */
export function greeting(): { ready: Fields; events: { t: string; d: Fields }[] } {
  const user = {
    id: APPLICATION_ID,
    username: 'bellwether',
    discriminator: '0',
    avatar: null,
    bot: true,
    global_name: null,
  };
  const guild = {
    id: GUILD_ID,
    name: 'Traders',
    owner_id: USER_ID,
    member_count: 2,
    joined_at: '2026-01-01T00:00:00.000000+00:00',
    channels: CHANNELS.filter((channel) => channel.type === 0 || channel.type === 5),
    roles: [{ id: GUILD_ID, name: '@everyone', permissions: '0', position: 0, color: 0, hoist: false, managed: false }],
    members: [],
    threads: [],
    emojis: [],
    stickers: [],
    features: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
  return {
    ready: { user, guilds: [{ id: GUILD_ID, unavailable: true }], application: { id: APPLICATION_ID, flags: 0 } },
    events: [{ t: 'GUILD_CREATE', d: guild }],
  };
}

/** The fields that every interaction of `actor` has. */
export function interactionFields(actor: Actor, channelId: string): Fields {
  const user = {
    id: actor.userId ?? USER_ID,
    username: actor.userName ?? 'ann',
    global_name: actor.userName ?? 'Ann',
    discriminator: '0',
    avatar: null,
  };
  const member = {
    user,
    permissions: actor.permissions ?? '0',
    roles: [],
    joined_at: null,
    nick: null,
    deaf: false,
    mute: false,
    flags: 0,
  };
  const inGuild = actor.guild !== false;
  return {
    application_id: APPLICATION_ID,
    version: 1,
    channel_id: channelId,
    channel: asFields(CHANNELS.find((channel) => channel.id === channelId)),
    ...(inGuild
      ? { guild_id: GUILD_ID, guild: { id: GUILD_ID, features: [], locale: 'en-US' }, guild_locale: 'en-US', member }
      : { user }),
    context: inGuild ? 0 : 1,
    locale: actor.locale ?? 'en-GB',
    app_permissions: actor.appPermissions ?? ALL_IT_NEEDS,
    entitlements: [],
    authorizing_integration_owners: inGuild ? { 0: GUILD_ID } : { 0: '0' },
    attachment_size_limit: 10_485_760,
  };
}
