import type { Clock } from '../engine/clock.ts';
import type { Ack, Requests, Route } from './venue.ts';

export interface SubscriptionsOptions {
  readonly clock: Clock;
  readonly route: Pick<Route, 'batch' | 'maxChars' | 'maxTopics'>;
  readonly requests: Requests;
  /** What the socket should carry; changed by its owner. */
  readonly wanted: ReadonlySet<string>;
  readonly onSubscribed: (names: readonly string[]) => void;
  /** A refused topic may be asked for again in so many ms. */
  readonly retryIn: (ms: number) => void;
}

/** What one socket should carry and what the venue has confirmed; writes the messages that bring the two together. */
export interface Subscriptions {
  /** A new socket: nothing is subscribed on it. */
  reset(): void;
  nextMessage(): string | undefined;
  /** False where nothing waits for such an answer. */
  answered(ack: Ack): boolean;
  /** Unsubscribes and subscribes anew: the venue then begins the topic from its start. */
  renew(name: string): void;
  /** No longer wanted: whatever was refused of it is forgotten. */
  forget(name: string): void;
  /** How long the oldest request has waited for its answer, in ms. */
  oldestWaitMs(): number;
  /** Everything wanted that there is room for is confirmed or refused. */
  settled(): boolean;
  /** The venue sends this. */
  active(name: string): boolean;
  count(): number;
  /** Topics that the venue refused on this socket, and why. */
  refused(): ReadonlyMap<string, { readonly why: string }>;
}

interface Request {
  readonly method: 'subscribe' | 'unsubscribe';
  readonly size: number;
  /** Not answered yet. */
  readonly left: Set<string>;
  readonly at: number;
}

const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const { clock, route, requests: format, wanted } = options;
  const active = new Set<string>();
  const waiting = new Map<number, Request>();
  /** Topics that a request waits for, and its id. */
  const busy = new Map<string, number>();
  /** Topics of a refused batch: asked for one by one, so that one bad name does not block the others. */
  const suspects = new Set<string>();
  const renewing = new Set<string>();
  const refused = new Map<string, { why: string; retryAt: number; waitMs: number }>();
  let nextId = 1;

  function request(method: Request['method'], names: readonly string[]): string {
    const id = nextId++;
    waiting.set(id, { method, size: names.length, left: new Set(names), at: clock.now() });
    for (const name of names) busy.set(name, id);
    return format.message(method, names, id);
  }

  /** As many as go into one message. */
  function batch(names: Iterable<string>, most: number): string[] {
    const picked: string[] = [];
    let group: string | undefined;
    let chars = 0;
    for (const name of names) {
      if (picked.length >= Math.min(most, route.batch)) break;
      const own = format.group?.(name) ?? '';
      if (picked.length > 0 && (own !== group || chars + name.length > (route.maxChars ?? Infinity))) continue;
      group = own;
      chars += name.length;
      picked.push(name);
    }
    return picked;
  }

  function* missing(): Iterable<string> {
    for (const name of wanted) {
      if (!active.has(name) && !busy.has(name) && !suspects.has(name) && !refused.has(name)) yield name;
    }
  }

  function nextSubscribe(): readonly string[] {
    const room = route.maxTopics - active.size - busy.size;
    if (room <= 0) return [];
    const names = batch(missing(), room);
    if (names.length > 0) return names;
    for (const name of suspects) if (wanted.has(name) && !busy.has(name)) return [name];
    const now = clock.now();
    for (const [name, { retryAt }] of refused) if (retryAt <= now && wanted.has(name) && !busy.has(name)) return [name];
    return [];
  }

  function refuse(name: string, why: string): void {
    const waitMs = Math.min((refused.get(name)?.waitMs ?? FIRST_RETRY_MS / 2) * 2, LAST_RETRY_MS);
    refused.set(name, { why, retryAt: clock.now() + waitMs, waitMs });
    options.retryIn(waitMs);
  }

  /** The answer for some topics of one request. */
  function settle(id: number, names: readonly string[], refusal: string | undefined): void {
    const request = waiting.get(id);
    if (!request) return;
    const isSuspect = refusal !== undefined && request.size > 1 && names.length === request.left.size;
    const confirmed: string[] = [];
    for (const name of names) {
      if (!request.left.delete(name)) continue;
      busy.delete(name);
      suspects.delete(name);
      renewing.delete(name);
      if (request.method === 'unsubscribe') active.delete(name);
      else if (refusal === undefined) confirmed.push(name);
      else if (isSuspect) suspects.add(name);
      else refuse(name, refusal);
    }
    if (request.left.size === 0) waiting.delete(id);
    if (confirmed.length > 0) confirm(confirmed);
  }

  function confirm(names: readonly string[]): void {
    for (const name of names) {
      active.add(name);
      refused.delete(name);
      suspects.delete(name);
    }
    options.onSubscribed(names);
  }

  /** A refusal that names nothing was taken for one of this topic, and its confirmation may come after. */
  function isDoubted(name: string): boolean {
    return wanted.has(name) && (suspects.has(name) || refused.has(name));
  }

  function answeredByList(all: ReadonlySet<string>): boolean {
    for (const [id, { method, left }] of [...waiting]) {
      const done = [...left].filter((name) => all.has(name) === (method === 'subscribe'));
      if (done.length > 0) settle(id, done, undefined);
      // An answer to the only request that waits, or to a part of it, leaves out what it refuses.
      const isAnswer = done.length > 0 || format.oneAtATime;
      if (isAnswer && method === 'subscribe') settle(id, [...left], 'left out of the answer');
    }
    return true;
  }

  return {
    reset() {
      active.clear();
      waiting.clear();
      busy.clear();
      suspects.clear();
      renewing.clear();
      refused.clear();
      nextId = 1;
    },
    nextMessage() {
      if (format.oneAtATime && waiting.size > 0) return undefined;
      const surplus = [...active].filter((name) => (!wanted.has(name) || renewing.has(name)) && !busy.has(name));
      if (surplus.length > 0) return request('unsubscribe', batch(surplus, route.batch));
      const names = nextSubscribe();
      return names.length > 0 ? request('subscribe', names) : undefined;
    },
    answered({ id, names, all, refusal }) {
      if (all !== undefined) return answeredByList(new Set(all));
      if (id === undefined && names !== undefined) {
        const ids = names.map((name) => busy.get(name));
        for (const [i, one] of ids.entries()) if (one !== undefined) settle(one, [names[i]], refusal);
        const late = refusal === undefined ? names.filter((name, i) => ids[i] === undefined && isDoubted(name)) : [];
        if (late.length > 0) confirm(late);
        return late.length > 0 || ids.some((one) => one !== undefined);
      }
      const which = id ?? waiting.keys().next().value;
      const request = which === undefined ? undefined : waiting.get(which);
      if (which === undefined || !request) return false;
      settle(which, names ?? [...request.left], refusal);
      return true;
    },
    renew(name) {
      if (active.has(name)) renewing.add(name);
    },
    forget(name) {
      refused.delete(name);
      suspects.delete(name);
    },
    oldestWaitMs() {
      const oldest = waiting.values().next().value;
      return oldest ? clock.now() - oldest.at : 0;
    },
    settled() {
      for (const name of busy.keys()) if (!refused.has(name)) return false;
      if (active.size >= route.maxTopics) return true;
      for (const name of wanted) if (!active.has(name) && !refused.has(name)) return false;
      return true;
    },
    active: (name) => active.has(name) && !busy.has(name),
    count: () => active.size,
    refused: () => refused,
  };
}
