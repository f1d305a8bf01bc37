/** At most `count` sends in any `ms`. */
export interface Window {
  readonly count: number;
  readonly ms: number;
}

export interface PlatformLimits {
  /** Over all chats together. */
  readonly all: readonly Window[];
  /** For one chat, its threads included; `chat` is its key without the thread. */
  chat(chat: string): readonly Window[];
}

/** Counts what was sent on one platform. Keeps the times of the last sends, so that no window ever holds too many. */
export interface Budget {
  record(chat: string, now: number): void;
  /** How many sends one chat has left in its longest window; undefined where nothing limits it. */
  left(chat: string, now: number): { readonly left: number; readonly of: number; readonly ms: number } | undefined;
  /** How many sends over all chats are free now. */
  room(now: number): number;
  /** Chats that have used up theirs. */
  spent(now: number): readonly string[];
  /** When the next of what is used up is free again. */
  nextFreeAt(now: number): number | undefined;
}

/** When another send fits; `times` are those of the last sends, ascending. */
function freeAt(times: readonly number[], windows: readonly Window[]): number {
  let free = Number.NEGATIVE_INFINITY;
  for (const { count, ms } of windows) {
    if (times.length >= count) free = Math.max(free, times[times.length - count] + ms);
  }
  return free;
}

function remember(times: number[], now: number, windows: readonly Window[]): void {
  times.push(now);
  const most = Math.max(0, ...windows.map((window) => window.count));
  if (times.length > most) times.splice(0, times.length - most);
}

export function createBudget(limits: PlatformLimits): Budget {
  const all: number[] = [];
  const chats = new Map<string, { readonly times: number[]; readonly windows: readonly Window[] }>();

  /** Chats that are used up, and when they are free; forgets those of whom nothing counts any more. */
  function used(now: number): readonly (readonly [string, number])[] {
    const found: [string, number][] = [];
    for (const [chat, { times, windows }] of chats) {
      const free = freeAt(times, windows);
      if (free > now) found.push([chat, free]);
      else if (windows.every((window) => times[times.length - 1] + window.ms <= now)) chats.delete(chat);
    }
    return found;
  }

  return {
    record(chat, now) {
      remember(all, now, limits.all);
      const windows = limits.chat(chat);
      if (windows.length === 0) return;
      const entry = chats.get(chat) ?? { times: [], windows };
      chats.set(chat, entry);
      remember(entry.times, now, windows);
    },
    left(chat, now) {
      const [longest] = [...limits.chat(chat)].sort((a, b) => b.ms - a.ms);
      if (longest === undefined) return undefined;
      const times = chats.get(chat)?.times ?? [];
      const spent = times.filter((time) => time > now - longest.ms).length;
      return { left: Math.max(0, longest.count - spent), of: longest.count, ms: longest.ms };
    },
    room(now) {
      let room = Number.POSITIVE_INFINITY;
      for (const { count, ms } of limits.all) {
        room = Math.min(room, count - all.filter((time) => time > now - ms).length);
      }
      return room;
    },
    spent: (now) => used(now).map(([chat]) => chat),
    nextFreeAt(now) {
      const times = used(now).map(([, free]) => free);
      const whole = freeAt(all, limits.all);
      if (whole > now) times.push(whole);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}
