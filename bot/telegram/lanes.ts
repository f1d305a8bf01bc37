/** Runs tasks of one key one after the other, and those of different keys side by side. */
export interface Lanes {
  /** Resolves once `task` is through; never rejects. */
  run(key: string, task: () => Promise<void>): Promise<void>;
  /** Resolves once nothing runs. */
  idle(): Promise<void>;
}

export function createLanes(onError: (error: unknown) => void): Lanes {
  const tails = new Map<string, Promise<void>>();
  return {
    run(key, task) {
      const before = tails.get(key) ?? Promise.resolve();
      const tail = before.then(task).catch(onError);
      tails.set(key, tail);
      return tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
    },
    async idle() {
      while (tails.size > 0) await Promise.all([...tails].map(([key, tail]) => tail.then(() => drop(key, tail))));
    },
  };

  function drop(key: string, tail: Promise<void>): void {
    if (tails.get(key) === tail) tails.delete(key);
  }
}
