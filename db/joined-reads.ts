/** Reads what belongs to an id, in one statement with whatever else is asked for at the same moment; rejects with that statement. */
export type JoinedReads<T> = (id: string) => Promise<T | undefined>;

/**
 * For small reads that often come together: each statement costs several times what a row does.
 *
 * @param readAll gives what there is, by id
 */
export function createJoinedReads<T>(
  readAll: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): JoinedReads<T> {
  let ids = new Set<string>();
  let next: Promise<ReadonlyMap<string, T>> | undefined;

  /** Who was called in the same moment has asked before this goes on. */
  async function read(): Promise<ReadonlyMap<string, T>> {
    await Promise.resolve();
    const asked = [...ids];
    ids = new Set();
    next = undefined;
    return await readAll(asked);
  }

  return async (id) => {
    ids.add(id);
    next ??= read();
    return (await next).get(id);
  };
}
