import type { Message } from '../../commands/message.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Delivery, OutboxPort } from './outbox-port.ts';

/** How several deliveries of one kind to one chat become one message. */
export interface Digest {
  readonly kind: string;
  /** At most this many others are looked at for one message. */
  readonly most: number;
  /** Which of `others`, that are due in the same chat, go out in the message of `first`. */
  choose(first: Delivery, others: readonly Delivery[]): Promise<readonly Delivery[]> | readonly Delivery[];
  compose(deliveries: readonly Delivery[]): Promise<Message | undefined>;
}

/** A delivery that may not go out yet: until when, and why, in a form that the database keeps. */
export interface Hold {
  readonly until: number;
  readonly held: string;
}

/** What makes deliveries wait that the platform would take: quiet hours, for example. By the delivery's id. */
export type HoldsOf = (deliveries: readonly Delivery[], now: number) => Promise<ReadonlyMap<string, Hold>>;

interface GatherOptions {
  readonly outbox: OutboxPort;
  readonly clock: Clock;
  /** By the kind of their deliveries. */
  readonly digests: ReadonlyMap<string, Digest>;
  readonly holdsOf?: HoldsOf | undefined;
  readonly maxAgeMs: number;
}

const NOTHING: ReadonlyMap<string, Hold> = new Map();
const ALONE: { readonly carried: readonly Delivery[]; readonly free: readonly Delivery[] } = { carried: [], free: [] };

/**
 * What goes out in one message with a delivery that was claimed, itself first; nothing where it has to wait. What is carried is stored as
 * such before it is returned: after a crash the same message is tried again.
 */
export function createGatherer({ outbox, clock, digests, holdsOf, maxAgeMs }: GatherOptions) {
  async function deferAll(deliveries: readonly Delivery[], holds: ReadonlyMap<string, Hold>): Promise<void> {
    const groups = new Map<string, { readonly hold: Hold; readonly ids: string[] }>();
    for (const { id } of deliveries) {
      const hold = holds.get(id);
      if (hold === undefined) continue;
      const key = `${hold.until} ${hold.held}`;
      const group = groups.get(key) ?? { hold, ids: [] };
      groups.set(key, group);
      group.ids.push(id);
    }
    for (const { hold, ids } of groups.values()) await outbox.defer(ids, hold.until, hold.held);
  }

  /** An earlier try of it may have reached the chat: it carries what it carried then. */
  async function again(first: Delivery, carried: readonly Delivery[], now: number): Promise<readonly Delivery[]> {
    const holds = (await holdsOf?.([first, ...carried], now)) ?? NOTHING;
    const hold = holds.get(first.id);
    const isAllHeld = carried.every(({ id }) => holds.has(id));
    if (hold === undefined || !isAllHeld) return [first, ...carried];
    await outbox.defer([first.id], hold.until, hold.held);
    return [];
  }

  return async function gather(first: Delivery): Promise<readonly Delivery[]> {
    const now = clock.now();
    const digest = digests.get(first.kind);
    const isTooOld = now - first.createdAt > maxAgeMs;
    if (isTooOld) return [first, ...(digest === undefined ? [] : await outbox.claimCarried(first.id, now))];
    const { carried, free: all } = digest === undefined ? ALONE : await outbox.peekWith(first, now, digest.most);
    if (carried.length > 0) return await again(first, await outbox.claimCarried(first.id, now), now);
    // What was tried may be in the chat: it is tried again as it was.
    const others = first.attempts > 1 ? [] : all;
    const holds = (await holdsOf?.([first, ...others], now)) ?? NOTHING;
    await deferAll([first, ...others], holds);
    if (holds.has(first.id)) return [];
    const free = others.filter(({ id }) => !holds.has(id));
    const chosen = digest === undefined || free.length === 0 ? [] : await digest.choose(first, free);
    if (chosen.length === 0) return [first];
    const ids = chosen.map(({ id }) => id);
    return [first, ...(await outbox.carry(first.id, ids, now))];
  };
}
