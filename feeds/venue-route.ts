import type { Clock } from '../engine/clock.ts';
import type { Logger } from './logger.ts';
import type { Requests, Route } from './venue.ts';
import { createLink, type Link } from './venue-link.ts';

export interface VenueRouteOptions {
  readonly url: string;
  readonly route: Route;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onText: (text: string, link: Link) => void;
  readonly onSubscribed: (names: readonly string[], link: Link) => void;
  /** What the link carried is lost to it; `carried` tells what another socket still carries. */
  readonly onLost: (heardAt: number, link: Link) => void;
  /** Another link carries the route from now on. */
  readonly onSwitched: (link: Link, old: Link) => void;
  /** Whether all that a new link carries beyond its acks (books) is complete. */
  readonly isComplete: (link: Link) => boolean;
  readonly changed: () => void;
}

/**
 * One kind of socket of a venue: connected while something is wanted on it, and changed for a new one in time, which
 * delivers before the old one is closed.
 */
export interface VenueRoute {
  start(): void;
  stop(): Promise<void>;
  want(name: string): void;
  unwant(name: string): void;
  /** Some socket carries it. */
  active(name: string): boolean;
  /** Planned: a new socket first, then the old one goes. */
  change(reason: string): void;
  wanted(): number;
  /** The link whose messages count where there must be but one. */
  current(): Link;
  poke(): void;
  wasOpen(): boolean;
  reconnects(): number;
}

/** For so long both sockets deliver, so that what is under way on the old one arrives. */
const OVERLAP_MS = 2_000;
/** A new socket that is confirmed but brings no frames is taken nevertheless. */
const PROOF_MS = 10_000;
/** A venue that asks for a change right after one is not obeyed. */
const LEAST_LIFE_MS = 60_000;
const RETIRE_CHECK_MS = 250;

export function createVenueRoute(options: VenueRouteOptions): VenueRoute {
  const { clock, route, log } = options;
  const wanted = new Set<string>();
  const names = new Set<string>();
  let isRunning = false;
  let wasOpen = false;
  let earlierOpens = 0;
  let cancelLife: (() => void) | undefined;
  let cancelProof: (() => void) | undefined;
  let next: Link | undefined;
  let nextSaid = false;
  let current = makeLink();

  function makeLink(): Link {
    const link: Link = createLink({
      url: options.url,
      route,
      requests: options.requests,
      wanted,
      clock,
      random: options.random,
      log,
      onOpen() {
        wasOpen = true;
        if (link === current) planChange();
        options.changed();
      },
      onText(text) {
        if (link === next && link.subscriptions.settled()) nextSaid = true;
        options.onText(text, link);
      },
      onSubscribed: (confirmed) => options.onSubscribed(confirmed, link),
      onLost: (heardAt) => lost(link, heardAt),
    });
    return link;
  }

  function lost(link: Link, heardAt: number): void {
    options.onLost(heardAt, link);
    if (link === current && next && next.status().state === 'open') promote();
    else if (link === current && names.size === 0) void link.stop();
    options.changed();
  }

  function planChange(): void {
    cancelLife?.();
    if (route.lifeMs === undefined) return;
    cancelLife = clock.after(route.lifeMs * (1 - 0.02 * options.random()), () =>
      change('the planned change of socket'),
    );
  }

  function change(reason: string): void {
    const { state, openedAt } = current.status();
    if (next || !isRunning) return;
    if (state !== 'open' || clock.now() - openedAt < LEAST_LIFE_MS) {
      log.info({ url: options.url, reason }, 'no change of socket: this one is new');
      return;
    }
    log.info({ url: options.url, reason }, 'a new socket takes over');
    next = makeLink();
    nextSaid = false;
    next.start();
    prove(undefined);
  }

  /** Looks until the new socket carries all, then lets both run for a moment. */
  function prove(settledAt: number | undefined): void {
    cancelProof = clock.after(RETIRE_CHECK_MS, () => {
      if (!next) return;
      const isReady = next.status().state === 'open' && next.subscriptions.settled() && options.isComplete(next);
      const since = isReady ? (settledAt ?? clock.now()) : undefined;
      const waited = since === undefined ? -1 : clock.now() - since;
      if (waited >= (nextSaid ? OVERLAP_MS : PROOF_MS)) promote();
      else prove(since);
    });
  }

  function promote(): void {
    if (!next) return;
    cancelProof?.();
    const old = current;
    earlierOpens += old.status().reconnects + 1;
    current = next;
    next = undefined;
    planChange();
    old.stop().catch((error: unknown) => log.error({ err: error }, 'an old socket did not close'));
    options.onSwitched(current, old);
    options.changed();
  }

  function ensure(): void {
    if (isRunning && names.size > 0) current.start();
    current.poke();
    next?.poke();
  }

  return {
    start() {
      isRunning = true;
      ensure();
    },
    async stop() {
      isRunning = false;
      cancelLife?.();
      cancelProof?.();
      const other = next;
      next = undefined;
      await Promise.all([current.stop(), other?.stop()]);
    },
    want(name) {
      for (const one of route.always ?? []) wanted.add(one);
      names.add(name);
      wanted.add(name);
    },
    unwant(name) {
      names.delete(name);
      wanted.delete(name);
      for (const link of [current, next]) link?.subscriptions.forget(name);
      if (names.size === 0) wanted.clear();
    },
    active: (name) => current.subscriptions.active(name) || (next?.subscriptions.active(name) ?? false),
    change,
    wanted: () => names.size,
    current: () => current,
    poke: ensure,
    wasOpen: () => wasOpen,
    reconnects: () => earlierOpens + current.status().reconnects,
  };
}
