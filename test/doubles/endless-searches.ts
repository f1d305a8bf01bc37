import type { SearchPort } from '../../commands/strategy-ports.ts';

/** Searches that begin, compute nothing and never end by themselves: where nobody waits for one. */
export function createEndlessSearches(): SearchPort {
  const owners = new Map<string, string>();
  return {
    start(_chatKey, ownerId) {
      const id = String(owners.size + 1);
      owners.set(id, ownerId);
      return { id, progress: () => ({ tried: 0, of: 12 }), done: new Promise(() => undefined) };
    },
    ownerOf: (_chatKey, id) => owners.get(id),
    cancel: () => true,
  };
}
