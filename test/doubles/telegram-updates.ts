/** An update as it goes over the wire. */
export interface WireUpdate {
  readonly update_id: number;
  readonly [type: string]: unknown;
}

type PollResult = { readonly updates: readonly WireUpdate[] } | 'conflict';

/** The queue behind `getUpdates`: updates stay until a call with a higher offset confirms them. */
export interface UpdateQueue {
  push(update: WireUpdate): void;
  poll(params: Record<string, unknown>): Promise<PollResult>;
  /** Takes a poll whose connection is gone out of the queue. */
  abandon(): void;
  /** Those that nobody has confirmed. */
  waiting(): readonly WireUpdate[];
}

export function createUpdateQueue(): UpdateQueue {
  let queue: WireUpdate[] = [];
  let allowed: readonly string[] | undefined;
  let poller: { finish(result: PollResult): void } | undefined;

  const isWanted = (update: WireUpdate) =>
    allowed === undefined || allowed.length === 0 || allowed.some((type) => type in update);

  function batch(limit: number): WireUpdate[] {
    return queue.filter(isWanted).slice(0, limit);
  }

  return {
    push(update) {
      queue.push(update);
      if (poller !== undefined && isWanted(update)) poller.finish({ updates: batch(100) });
    },
    waiting: () => queue,
    abandon: () => poller?.finish({ updates: [] }),
    async poll(params) {
      poller?.finish('conflict');
      const { offset = 0, limit = 100, timeout = 0, allowed_updates } = params as Record<string, number | undefined>;
      if (Array.isArray(allowed_updates)) allowed = allowed_updates;
      queue = offset < 0 ? queue.slice(offset) : queue.filter(({ update_id: id }) => id >= offset);
      const ready = batch(limit);
      if (ready.length > 0 || timeout === 0) return { updates: ready };
      return await new Promise<PollResult>((resolve) => {
        const timer = setTimeout(() => self.finish({ updates: [] }), timeout * 1000);
        const self = {
          finish(result: PollResult) {
            clearTimeout(timer);
            if (poller === self) poller = undefined;
            resolve(result);
          },
        };
        poller = self;
      });
    },
  };
}
