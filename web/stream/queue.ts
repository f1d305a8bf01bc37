/** A message for a stream's client, already in JSON. Only trades and bars may be left out. */
export interface Outgoing {
  readonly kind: 'trade' | 'bar' | 'status' | 'other';
  /** What newer messages of the same kind and key make worthless: an instrument; '' for status. */
  readonly key: string;
  readonly json: string;
}

export interface OutgoingQueue {
  push(message: Outgoing): void;
  shift(): string | undefined;
  readonly length: number;
}

/**
 * What a client has not taken yet, at most `limit` messages. Where it overflows, all but the newest trade of an instrument
 * and the newest status go first, then the other trades and the bars, then whatever is oldest, until it is half empty; the
 * client is told how many it missed.
 */
export function createOutgoingQueue(limit: number): OutgoingQueue {
  let waiting: Outgoing[] = [];
  let skipped = 0;

  function shed(): void {
    const before = waiting.length;
    const half = limit >> 1;
    waiting = newestOnly(waiting);
    if (waiting.length > half) waiting = withoutOldest(waiting, waiting.length - half, 'trade');
    if (waiting.length > half) waiting = withoutOldest(waiting, waiting.length - half, 'bar');
    if (waiting.length > half) waiting = waiting.slice(-half);
    skipped += before - waiting.length;
  }

  return {
    push(message) {
      waiting.push(message);
      if (waiting.length > limit) shed();
    },
    shift() {
      if (skipped > 0) {
        const json = JSON.stringify({ type: 'lagged', skipped });
        skipped = 0;
        return json;
      }
      return waiting.shift()?.json;
    },
    get length() {
      return waiting.length + (skipped > 0 ? 1 : 0);
    },
  };
}

function newestOnly(messages: readonly Outgoing[]): Outgoing[] {
  const seen = new Set<string>();
  const kept: Outgoing[] = [];
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index]!;
    if (message.kind === 'trade' || message.kind === 'status') {
      const key = `${message.kind} ${message.key}`;
      if (seen.has(key)) continue;
      seen.add(key);
    }
    kept.push(message);
  }
  return kept.reverse();
}

function withoutOldest(messages: readonly Outgoing[], count: number, kind: Outgoing['kind']): Outgoing[] {
  let left = count;
  return messages.filter((message) => message.kind !== kind || left-- <= 0);
}
