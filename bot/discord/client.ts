import { Client, GatewayIntentBits, Options, type RESTOptions } from 'discord.js';
import type { IdentifyThrottle } from './identify-throttle.ts';

/** Options of every REST connection. Without `apiRoot`, Discord's own. */
export function restOptions(apiRoot: string | undefined): Partial<RESTOptions> {
  return apiRoot === undefined ? {} : { api: apiRoot };
}

/** A client that knows its servers and channels by name, and keeps nothing else. */
export function createClient(apiRoot: string | undefined, throttle: IdentifyThrottle): Client {
  return new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [], repliedUser: false },
    rest: restOptions(apiRoot),
    // Commands wait for this, and a server that is out of order gives no more than its name.
    waitGuildTimeout: 2_000,
    ws: { buildIdentifyThrottler: () => throttle },
    makeCache: Options.cacheWithLimits({
      ApplicationCommandManager: 0,
      AutoModerationRuleManager: 0,
      BaseGuildEmojiManager: 0,
      DMMessageManager: 0,
      EntitlementManager: 0,
      GuildBanManager: 0,
      GuildEmojiManager: 0,
      GuildForumThreadManager: 0,
      GuildInviteManager: 0,
      GuildMemberManager: 0,
      GuildMessageManager: 0,
      GuildScheduledEventManager: 0,
      GuildStickerManager: 0,
      GuildTextThreadManager: 0,
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ReactionUserManager: 0,
      StageInstanceManager: 0,
      ThreadManager: 0,
      ThreadMemberManager: 0,
      UserManager: 0,
      VoiceStateManager: 0,
    }),
  });
}
