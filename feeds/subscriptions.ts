import type { Clock } from '../engine/clock.ts';

export interface SubscriptionsOptions {
  readonly clock: Clock;
  /** Most symbols on one socket. */
  readonly maxSymbols: number;
  /** Most symbols in one message. */
  readonly batch: number;
  readonly message: (method: 'subscribe' | 'unsubscribe', symbols: readonly string[], id: number) => string;
  readonly onSubscribed: (symbols: readonly string[]) => void;
}

/** What one socket should carry and what the venue has confirmed; writes the messages that bring the two together. */
export interface Subscriptions {
  want(symbol: string): void;
  unwant(symbol: string): void;
  /** A new socket: nothing is subscribed on it. */
  reset(): void;
  nextMessage(): string | undefined;
  /** The venue answered request `id`; `refusal` says why not. False where no such request waits. */
  answered(id: number, refusal?: string): boolean;
  /** How long the oldest request has waited for its answer, in ms. */
  oldestWaitMs(): number;
  /** Everything wanted that there is room for is confirmed or refused. */
  settled(): boolean;
  /** The venue sends this symbol. */
  active(symbol: string): boolean;
  /** Symbols that the venue refused on this socket, and why. */
  refused(): ReadonlyMap<string, string>;
}

interface Request {
  readonly method: 'subscribe' | 'unsubscribe';
  readonly symbols: readonly string[];
  readonly at: number;
}

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const wanted = new Set<string>();
  const active = new Set<string>();
  const requests = new Map<number, Request>();
  /** Symbols that a request waits for. */
  const busy = new Set<string>();
  /** Symbols of a refused batch: asked for one by one, so that one bad name does not block the others. */
  const suspects = new Set<string>();
  const refused = new Map<string, string>();
  let nextId = 1;

  function request(method: Request['method'], symbols: readonly string[]): string {
    const id = nextId++;
    requests.set(id, { method, symbols, at: options.clock.now() });
    for (const symbol of symbols) busy.add(symbol);
    return options.message(method, symbols, id);
  }

  function missing(): string[] {
    const room = options.maxSymbols - active.size - busy.size;
    const symbols: string[] = [];
    let suspect: string | undefined;
    for (const symbol of wanted) {
      if (symbols.length >= Math.min(room, options.batch)) break;
      if (active.has(symbol) || busy.has(symbol) || refused.has(symbol)) continue;
      if (suspects.has(symbol)) suspect ??= symbol;
      else symbols.push(symbol);
    }
    return symbols.length === 0 && suspect !== undefined ? [suspect] : symbols;
  }

  return {
    want: (symbol) => wanted.add(symbol),
    unwant(symbol) {
      wanted.delete(symbol);
      refused.delete(symbol);
    },
    reset() {
      active.clear();
      requests.clear();
      busy.clear();
      suspects.clear();
      refused.clear();
    },
    nextMessage() {
      const surplus = [...active].filter((symbol) => !wanted.has(symbol) && !busy.has(symbol));
      if (surplus.length > 0) return request('unsubscribe', surplus.slice(0, options.batch));
      const symbols = missing();
      return symbols.length > 0 ? request('subscribe', symbols) : undefined;
    },
    answered(id, refusal) {
      const answer = requests.get(id);
      if (!answer) return false;
      requests.delete(id);
      for (const symbol of answer.symbols) {
        busy.delete(symbol);
        suspects.delete(symbol);
        if (refusal !== undefined) {
          if (answer.method === 'unsubscribe') active.delete(symbol);
          else if (answer.symbols.length > 1) suspects.add(symbol);
          else refused.set(symbol, refusal);
        } else if (answer.method === 'subscribe') active.add(symbol);
        else active.delete(symbol);
      }
      if (refusal === undefined && answer.method === 'subscribe') options.onSubscribed(answer.symbols);
      return true;
    },
    oldestWaitMs() {
      const oldest = requests.values().next().value;
      return oldest ? options.clock.now() - oldest.at : 0;
    },
    settled() {
      if (requests.size > 0) return false;
      if (active.size >= options.maxSymbols) return true;
      for (const symbol of wanted) if (!active.has(symbol) && !refused.has(symbol)) return false;
      return true;
    },
    active: (symbol) => active.has(symbol) && !busy.has(symbol),
    refused: () => refused,
  };
}
