import type { ChatPlatform } from '../../commands/platform.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import { type Budget, createBudget, type PlatformLimits } from './budget.ts';
import { createGatherer, type Digest, type HoldsOf } from './gather.ts';
import { type Composed, tryToSend } from './lane.ts';
import { platformLimits } from './limits.ts';
import type { Delivery, OutboxPort } from './outbox-port.ts';
import type { Outcome } from './outcome.ts';
import { createSettler, type DispatcherEvents } from './settle.ts';

export interface DispatcherOptions extends DispatcherEvents {
  readonly outbox: OutboxPort;
  readonly platforms: ReadonlyMap<string, ChatPlatform>;
  /** Makes the message when it is about to be sent; undefined where there is nothing left to say. */
  compose(delivery: Delivery): Promise<Composed | undefined>;
  /** Without it every delivery is a message of its own. */
  readonly digest?: Digest;
  /** As `digest`, of other kinds. */
  readonly digests?: readonly Digest[];
  /** What is to wait although the platform would take it; nothing if absent. */
  readonly holdsOf?: HoldsOf;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads retries. */
  readonly random: () => number;
  readonly log: Logger;
  /** What each platform allows; by default what PLATFORMS say. */
  readonly limits?: (platform: string) => PlatformLimits;
  /** Chats of one platform that are served at once; 64 if absent. */
  readonly lanes?: number;
  /** Deliveries older than this expire, in ms; a day if absent. */
  readonly maxAgeMs?: number;
}

export interface DispatcherStats {
  readonly sent: number;
  readonly merged: number;
  readonly failed: number;
  readonly expired: number;
  readonly retries: number;
  /** Chats that are being sent to. */
  readonly inFlight: number;
  /** Chats that wait for a retry. */
  readonly waiting: number;
  readonly lastSentAt: number | undefined;
}

export interface Dispatcher {
  /** Something is owed: look now. Cheap, may be called at any time. */
  wake(): void;
  /** Takes up what a crash left claimed, then serves until `stop`. Rejects where the outbox cannot be read. */
  start(): Promise<void>;
  /** Resolves once nothing is owed that may be sent now; what has to wait for a retry or a budget is not waited for. */
  drained(): Promise<void>;
  /** Claims and begins no more, and waits for what is in flight, at most 10 s. */
  stop(): Promise<void>;
  stats(): DispatcherStats;
  /** How many messages a chat may still be sent in a window of time; undefined where nothing limits them. */
  budgetOf(chatKey: string): ReturnType<Budget['left']>;
}

interface Lanes {
  readonly name: string;
  readonly platform: ChatPlatform;
  readonly budget: Budget;
  /** Chats that are being sent to, threads counted with their chat; true while the message is still composed. */
  readonly busy: Map<string, boolean>;
  lastSentAt: number | undefined;
}

const STOP_WITHIN_MS = 10_000;
const AFTER_FAULT_MS = 1_000;
const SWEEP_MS = 600_000;
/** A platform that took a message this recently works. */
const WORKS_MS = 60_000;

const laneOf = (chatKey: string): string => chatKey.split('/', 1)[0];

/**
 * Sends what the outbox holds. Each chat's messages go out one after another and in order, chats side by side; a chat that
 * has to wait holds up no other. After a crash a message that was being sent is sent again.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { outbox, clock, log, random, lanes: width = 64, maxAgeMs = 86_400_000 } = options;
  const digests = new Map(
    [...(options.digest === undefined ? [] : [options.digest]), ...(options.digests ?? [])].map((each) => [
      each.kind,
      each,
    ]),
  );
  const platforms = [...options.platforms].map(([name, platform]): Lanes => {
    const budget = createBudget((options.limits ?? platformLimits)(name));
    return { name, platform, budget, busy: new Map(), lastSentAt: undefined };
  });
  /** Chats where a delivery waits for its next try, and until when: nothing may overtake it. */
  const holds = new Map<string, number>();
  const jobs = new Set<Promise<void>>();
  /** Ids of what is being sent, so that it is not taken for forgotten. */
  const inHand = new Set<string>();
  const count = { sent: 0, merged: 0, failed: 0, expired: 0, retries: 0 };
  const settle = createSettler({ ...options, isStopping: () => state !== 'running', hold });
  const gather = createGatherer({ outbox, clock, digests, holdsOf: options.holdsOf, maxAgeMs });
  let state: 'new' | 'running' | 'stopping' = 'new';
  let pumping: Promise<void> | undefined;
  let again = false;
  let sweptAt = 0;
  let cancelTimer = (): void => {};

  function hold(chatKey: string, until: number): void {
    const lane = laneOf(chatKey);
    holds.set(lane, Math.max(until, holds.get(lane) ?? 0));
  }

  function excluded(lanes: Lanes, now: number): readonly string[] {
    return [...new Set([...lanes.busy.keys(), ...holds.keys(), ...lanes.budget.spent(now)])];
  }

  /** Undefined where nobody can say what goes out with it: it is tried again. */
  async function gatherOrWait(first: Delivery): Promise<readonly Delivery[] | undefined> {
    try {
      return await gather(first);
    } catch (error) {
      log.warn({ err: error, delivery: first.id }, 'what goes out with a delivery could not be read');
      await settle([first], { type: 'postponed', at: clock.now() + AFTER_FAULT_MS });
      return undefined;
    }
  }

  function compose(deliveries: readonly Delivery[]): Promise<Composed | undefined> {
    const digest = digests.get(deliveries[0].kind);
    return digest !== undefined && deliveries.length > 1 ? digest.compose(deliveries) : options.compose(deliveries[0]);
  }

  function tally(lanes: Lanes, outcome: Outcome, size: number): void {
    if (outcome.type === 'sent') {
      count.sent += 1;
      count.merged += size - 1;
      lanes.lastSentAt = clock.now();
    } else if (outcome.type === 'expired') count.expired += size;
    else if (outcome.type === 'retry' || outcome.type === 'moved' || outcome.type === 'postponed') count.retries += 1;
    else count.failed += size;
  }

  async function serve(lanes: Lanes, first: Delivery): Promise<void> {
    const lane = laneOf(first.chatKey);
    let deliveries: readonly Delivery[] = [first];
    try {
      const gathered = await gatherOrWait(first);
      if (gathered === undefined || gathered.length === 0) return;
      deliveries = gathered;
      for (const { id } of deliveries) inHand.add(id);
      const outcome = await tryToSend(deliveries, {
        ...{ platform: lanes.platform, compose, clock, random, maxAgeMs },
        onSending: () => {
          // What is claimed goes out after the next start.
          if (state === 'stopping') return false;
          lanes.busy.set(lane, false);
          lanes.budget.record(lane, clock.now());
          return true;
        },
        platformWorks: (now) => lanes.lastSentAt !== undefined && now - lanes.lastSentAt < WORKS_MS,
      });
      if (outcome === undefined) return;
      tally(lanes, outcome, deliveries.length);
      await settle(deliveries, outcome);
    } catch (error) {
      log.error({ err: error, delivery: first.id }, 'a delivery was left as it is');
    } finally {
      for (const { id } of deliveries) inHand.delete(id);
      lanes.busy.delete(lane);
      wake();
    }
  }

  async function fill(lanes: Lanes, now: number): Promise<void> {
    let composing = 0;
    for (const still of lanes.busy.values()) if (still) composing += 1;
    const room = Math.min(width - lanes.busy.size, lanes.budget.room(now) - composing);
    if (room <= 0) return;
    const claimed = await outbox.claimDue(now, room, excluded(lanes, now), lanes.name);
    for (const delivery of claimed) {
      lanes.busy.set(laneOf(delivery.chatKey), true);
      const job = serve(lanes, delivery).finally(() => jobs.delete(job));
      jobs.add(job);
    }
  }

  /** One timer for all: what falls due or may be sent to again after `now`, the time up to which was looked. */
  async function arm(now: number): Promise<void> {
    const times = [now + SWEEP_MS, ...holds.values()];
    const due = await outbox.nextDueAt(now);
    if (due !== undefined) times.push(due);
    for (const { budget } of platforms) {
      const free = budget.nextFreeAt(now);
      if (free !== undefined) times.push(free);
    }
    wakeAfter(Math.max(1, Math.min(...times) - clock.now()));
  }

  function wakeAfter(ms: number): void {
    cancelTimer();
    if (state === 'running') cancelTimer = clock.after(ms, wake);
  }

  async function sweep(now: number): Promise<void> {
    sweptAt = now;
    count.expired += await outbox.expireOld(now - maxAgeMs, now);
    // Claims whose answer was lost on the way from a database server.
    const released = await outbox.releaseClaimed(now - SWEEP_MS, [...inHand]);
    if (released > 0) log.warn({ released }, 'deliveries that nobody was sending are pending again');
  }

  async function pump(): Promise<void> {
    let now = clock.now();
    try {
      do {
        again = false;
        now = clock.now();
        for (const [chat, until] of holds) if (until <= now) holds.delete(chat);
        if (now - sweptAt >= SWEEP_MS) await sweep(now);
        for (const lanes of platforms) if (state === 'running') await fill(lanes, now);
      } while (again && state === 'running');
      await arm(now);
    } catch (error) {
      log.error({ err: error }, 'the outbox cannot be read');
      wakeAfter(AFTER_FAULT_MS);
    }
  }

  function wake(): void {
    if (state !== 'running') return;
    again = true;
    pumping ??= pump().finally(() => {
      pumping = undefined;
      // Woken while the timer was being set.
      if (again) wake();
    });
  }

  return {
    wake,
    async start() {
      const released = await outbox.releaseClaimed();
      if (released > 0) log.warn({ released }, 'messages that were being sent when the program ended are sent again');
      for (const { chatKey, until } of await outbox.waitingChats(clock.now())) hold(chatKey, until);
      state = 'running';
      wake();
    },
    async drained() {
      wake();
      while (pumping !== undefined || jobs.size > 0) {
        await pumping;
        await Promise.all(jobs);
      }
    },
    async stop() {
      state = 'stopping';
      cancelTimer();
      let cancel = (): void => {};
      const late = new Promise<void>((resolve) => {
        cancel = clock.after(STOP_WITHIN_MS, resolve);
      });
      const done = (async () => {
        await pumping;
        await Promise.all(jobs);
      })();
      await Promise.race([done, late]);
      cancel();
    },
    budgetOf(chatKey) {
      const lane = laneOf(chatKey);
      return platforms.find(({ name }) => chatKey.startsWith(`${name}:`))?.budget.left(lane, clock.now());
    },
    stats() {
      const sentAt = platforms.map((lanes) => lanes.lastSentAt ?? Number.NEGATIVE_INFINITY);
      const lastSentAt = Math.max(Number.NEGATIVE_INFINITY, ...sentAt);
      const inFlight = platforms.reduce((sum, lanes) => sum + lanes.busy.size, 0);
      const waiting = [...holds.values()].filter((until) => until > clock.now()).length;
      return { ...count, inFlight, waiting, lastSentAt: Number.isFinite(lastSentAt) ? lastSentAt : undefined };
    },
  };
}
