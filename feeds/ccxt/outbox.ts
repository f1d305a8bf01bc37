import type { Item } from './messages.ts';

/** Trades that may wait for the parent to read. */
const MAX_ROWS = 50_000;
const BATCH_MS = 10;

/** Puts items together into messages, so that a busy market does not cost the parent one wake-up a trade. */
export interface Outbox {
  say(item: Item): void;
  flush(): void;
}

/**
 * @param send hands one message over, and calls back once it is on its way
 * @param full what waits has grown beyond all bounds: the parent does not read
 */
export function createOutbox(send: (items: readonly Item[], done: () => void) => void, full: () => void): Outbox {
  let waiting: Item[] = [];
  let rows = 0;
  let isSending = false;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0 || isSending) return;
    const items = waiting;
    waiting = [];
    rows = 0;
    isSending = true;
    send(items, () => {
      isSending = false;
      flush();
    });
  }

  return {
    say(item) {
      waiting.push(item);
      rows += item.is === 'trades' ? item.rows.length : 1;
      if (rows > MAX_ROWS) full();
      else timer ??= setTimeout(flush, BATCH_MS);
    },
    flush,
  };
}
