/** Counts what will never be sent, by platform, since the start. */
export interface FailureTally {
  add(chatKey: string, count: number): void;
  counts(): ReadonlyMap<string, number>;
}

/** @param platforms counted from 0, so that a first failure is a step that can be seen */
export function createFailureTally(platforms: readonly string[]): FailureTally {
  const counts = new Map(platforms.map((name) => [name, 0]));
  return {
    add(chatKey, count) {
      const platform = chatKey.split(':', 1)[0];
      counts.set(platform, (counts.get(platform) ?? 0) + count);
    },
    counts: () => counts,
  };
}
