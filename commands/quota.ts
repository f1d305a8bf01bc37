import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { placeOf } from './permission.ts';
import type { Asker } from './service.ts';

/** What is counted. `cost`: parts of a formula, and each hundred bars that it looks back. */
export type QuotaKind = 'alerts' | 'charts' | 'previews' | 'exports' | 'cost';

/** At most so much within `windowMs`, whenever that begins. */
export interface Limit {
  readonly most: number;
  readonly windowMs: number;
}

/** For whom it is counted: who asks, the chat with all its topics, and the server that the chat belongs to. */
export type Counted = 'user' | 'chat' | 'guild';

export type QuotaLimits = Readonly<Record<QuotaKind, Readonly<Record<Counted, readonly Limit[]>>>>;

const both = (aMinute: number, anHour: number): readonly Limit[] => [
  { most: aMinute, windowMs: MINUTE },
  { most: anHour, windowMs: HOUR },
];

/** More than people need, and less than what would keep others waiting. */
export const QUOTAS: QuotaLimits = {
  alerts: { user: both(30, 90), chat: both(60, 300), guild: both(120, 900) },
  charts: { user: both(30, 300), chat: both(60, 900), guild: both(120, 2_700) },
  previews: { user: both(20, 90), chat: both(40, 300), guild: both(80, 900) },
  exports: { user: both(5, 30), chat: both(10, 60), guild: both(20, 120) },
  cost: { user: both(1_000, 10_000), chat: both(2_000, 30_000), guild: both(4_000, 90_000) },
};

/** A limit that is used up, for whom, and when there is room again, in ms since the epoch. */
export interface UsedUp {
  readonly counted: Counted;
  readonly limit: Limit;
  readonly freeAt: number;
}

export interface Quotas {
  /** Counts `amount` for everybody that it is counted for; where one of them has no room for it, it counts for none. */
  spend(kind: QuotaKind, asker: Asker, amount: number): UsedUp | undefined;
}

/** Users, chats and servers that are remembered of each kind; the one that was quiet for longest is forgotten first. */
const MOST_KEYS = 10_000;

interface Spent {
  readonly at: number;
  readonly amount: number;
}

export function createQuotas(clock: { now(): number }, limits: QuotaLimits = QUOTAS): Quotas {
  const kept = new Map<string, readonly Spent[]>();

  return {
    spend(kind, asker, amount) {
      const now = clock.now();
      const keys = keysOf(asker).map(([counted, key]) => [counted, `${kind} ${counted} ${key}`] as const);
      for (const [counted, key] of keys) {
        for (const limit of limits[kind][counted]) {
          const freeAt = roomAt(kept.get(key) ?? [], limit, amount, now);
          if (freeAt > now) return { counted, limit, freeAt };
        }
      }
      for (const [counted, key] of keys) {
        const longest = Math.max(0, ...limits[kind][counted].map(({ windowMs }) => windowMs));
        const left = (kept.get(key) ?? []).filter(({ at }) => at > now - longest);
        kept.delete(key);
        kept.set(key, [...left, { at: now, amount }]);
      }
      while (kept.size > MOST_KEYS) kept.delete(kept.keys().next().value!);
      return undefined;
    },
  };
}

function keysOf(asker: Asker): readonly (readonly [Counted, string])[] {
  const own = [['user', asker.userId] as const, ['chat', placeOf(asker.address)] as const];
  return asker.guild === undefined ? own : [...own, ['guild', asker.guild] as const];
}

/** When there is room for `amount` more: now, or when enough of what was spent is older than the window. */
function roomAt(spent: readonly Spent[], { most, windowMs }: Limit, amount: number, now: number): number {
  let sum = spent.reduce((all, each) => (each.at > now - windowMs ? all + each.amount : all), 0);
  // What is larger than the whole window has room in an empty one.
  const wanted = Math.min(amount, most);
  if (sum + wanted <= most) return now;
  for (const each of spent) {
    if (each.at <= now - windowMs) continue;
    sum -= each.amount;
    if (sum + wanted <= most) return each.at + windowMs;
  }
  return now;
}
