import type { PlatformLimits } from './budget.ts';

// A tenth is left of what the platforms allow: replies and edits count too, and do not pass here.
const TELEGRAM_CHAT = [{ count: 3, ms: 3_000 }];
const TELEGRAM_GROUP = [...TELEGRAM_CHAT, { count: 18, ms: 60_000 }];
const DISCORD_CHANNEL = [{ count: 5, ms: 5_000 }];

const NONE: PlatformLimits = { all: [], chat: () => [] };

const LIMITS: ReadonlyMap<string, PlatformLimits> = new Map<string, PlatformLimits>([
  // Groups have negative ids.
  [
    'telegram',
    { all: [{ count: 27, ms: 1_000 }], chat: (chat) => (chat.includes(':-') ? TELEGRAM_GROUP : TELEGRAM_CHAT) },
  ],
  ['discord', { all: [{ count: 45, ms: 1_000 }], chat: () => DISCORD_CHANNEL }],
]);

/** What a platform lets a bot send, by the platform's name; no limits for one that is not known. */
export function platformLimits(platform: string): PlatformLimits {
  return LIMITS.get(platform) ?? NONE;
}
