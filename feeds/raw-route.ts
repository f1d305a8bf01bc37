import type { Clock } from '../engine/clock.ts';
import { createSerial, type Serial } from './serial.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Link } from './venue-link.ts';
import type { VenueRoute, VenueRouteOptions } from './venue-route.ts';

/** A route whose sockets are on a raw tape: it does what they did, and is asked for nothing. */
export interface RawRoute extends VenueRoute {
  text(socket: number, text: string): void;
  subscribed(socket: number, names: readonly string[]): void;
  lost(socket: number, heardAt: number): void;
  switched(socket: number, old: number): void;
}

interface RawLink extends Link {
  readonly names: Set<string>;
  readonly serial: Serial;
  /** The newest frame. */
  text: string;
  /** A frame is missing before it: either the socket was given up then, or the tape is damaged. */
  isTorn: boolean;
  heardAt: number;
}

type Events = Pick<VenueRouteOptions, 'onText' | 'onSubscribed' | 'onLost' | 'onSwitched' | 'changed'>;

export function createRawRoute(clock: Clock, events: Events): RawRoute {
  const links = new Map<number, RawLink>();
  let current = createRawLink(clock);
  const wanted = new Set<string>();
  let reconnects = 0;

  /** The first socket of a tape is the one that speaks. */
  function linkOf(socket: number): RawLink {
    const link = links.get(socket) ?? (links.size === 0 ? current : createRawLink(clock));
    links.set(socket, link);
    return link;
  }

  /** As if the socket were changed on the spot: what hangs together over frames begins anew, with the frame after the hole. */
  function mend(link: RawLink): void {
    link.isTorn = false;
    link.serial.reset();
    const names = [...link.names];
    drop(link, link.heardAt);
    for (const name of names) link.names.add(name);
    events.onSubscribed(names, link);
    events.onText(link.text, link);
  }

  function drop(link: RawLink, heardAt: number): void {
    link.names.clear();
    events.onLost(heardAt, link);
  }

  return {
    text(socket, text) {
      const link = linkOf(socket);
      if (link.isTorn) mend(link);
      link.heardAt = clock.now();
      link.text = text;
      events.onText(text, link);
    },
    subscribed(socket, names) {
      const link = linkOf(socket);
      for (const name of names) link.names.add(name);
      events.onSubscribed(names, link);
    },
    lost(socket, heardAt) {
      const link = linkOf(socket);
      link.isTorn = false;
      link.serial.reset();
      if (link === current) reconnects++;
      drop(link, heardAt);
    },
    switched(socket, number) {
      const old = linkOf(number);
      current = linkOf(socket);
      links.delete(number);
      events.onSwitched(current, old);
      events.changed();
    },
    active: (name) => [...links.values()].some(({ names }) => names.has(name)),
    // What is wanted again is told to be carried again.
    unwant(name) {
      wanted.delete(name);
      for (const { names } of links.values()) names.delete(name);
    },
    current: () => current,
    reconnects: () => reconnects,
    wanted: () => wanted.size,
    wasOpen: () => links.size > 0,
    start: nothing,
    stop: () => Promise.resolve(),
    want: (name) => void wanted.add(name),
    change: nothing,
    poke: nothing,
  };
}

function nothing(): void {
  // The tape tells what came of it.
}

function createRawLink(clock: Clock): RawLink {
  const names = new Set<string>();
  const serial = createSerial();
  const subscriptions: Subscriptions = {
    active: (name) => names.has(name),
    count: () => names.size,
    settled: () => true,
    answered: () => true,
    refused: () => new Map(),
    oldestWaitMs: () => 0,
    nextMessage: () => undefined,
    reset: nothing,
    renew: nothing,
    forget: nothing,
  };
  const link = {
    names,
    serial,
    subscriptions,
    text: '',
    isTorn: false,
    heardAt: clock.now(),
    start: nothing,
    stop: () => Promise.resolve(),
    poke: nothing,
    replace() {
      link.isTorn = true;
    },
    follows: serial.follows,
    // A tape has no line that could stand still.
    heardUntil: () => Number.POSITIVE_INFINITY,
    status: () =>
      ({ state: 'open', tries: 0, reconnects: 0, heardAt: clock.now(), reason: undefined, openedAt: 0 }) as const,
  };
  return link;
}
