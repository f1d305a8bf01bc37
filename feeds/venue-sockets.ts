import type { Route } from './venue.ts';
import type { Link } from './venue-link.ts';
import type { VenueRoute, VenueRouteOptions } from './venue-route.ts';

export interface VenueSocketsOptions extends Omit<VenueRouteOptions, 'isComplete'> {
  /** Makes one more socket of the route. */
  readonly connect: (options: VenueRouteOptions) => VenueRoute;
  /** Whether all that a new link carries beyond its acks (books) is complete; `carries` tells which topics are its. */
  readonly isComplete: (link: Link, carries: (name: string) => boolean) => boolean;
  /** A socket that nobody needs any more was closed. */
  readonly onClosed: (link: Link) => void;
}

/** The sockets of one route: as many as it takes, because a venue carries but so many topics on each. */
export interface VenueSockets {
  start(): void;
  stop(): Promise<void>;
  want(name: string): void;
  unwant(name: string): void;
  /** The first one is always there. */
  all(): readonly VenueRoute[];
  /** That which carries a topic, or is to. */
  of(name: string): VenueRoute | undefined;
  /** Some socket carries it. */
  active(name: string): boolean;
  /** Whether the messages of a link count where there must be but one. */
  isCurrent(link: Link): boolean;
  /** Planned: a new socket takes the place of that of the link. */
  change(link: Link, reason: string): void;
  wanted(): number;
  poke(): void;
  reconnects(): number;
  /** See `Connection`: that of the socket which is furthest behind. */
  heardUntil(wanted: number): number;
}

export function createVenueSockets(options: VenueSocketsOptions): VenueSockets {
  const room = roomOf(options.route);
  const owners = new Map<string, VenueRoute>();
  let isRunning = false;
  let earlierReconnects = 0;
  let sockets = [open()];

  function open(): VenueRoute {
    const socket: VenueRoute = options.connect({
      ...options,
      isComplete: (link) => options.isComplete(link, (name) => owners.get(name) === socket),
    });
    if (isRunning) socket.start();
    return socket;
  }

  function withRoom(): VenueRoute {
    const free = sockets.find((socket) => socket.wanted() < room);
    if (free) return free;
    const added = open();
    sockets = [...sockets, added];
    return added;
  }

  function drop(socket: VenueRoute): void {
    sockets = sockets.filter((one) => one !== socket);
    earlierReconnects += socket.reconnects();
    socket.stop().catch((error: unknown) => options.log.error({ err: error }, 'a socket did not close'));
    options.onClosed(socket.current());
  }

  return {
    start() {
      isRunning = true;
      for (const socket of sockets) socket.start();
    },
    async stop() {
      isRunning = false;
      await Promise.all(sockets.map((socket) => socket.stop()));
    },
    want(name) {
      if (owners.has(name)) return;
      const socket = withRoom();
      owners.set(name, socket);
      socket.want(name);
    },
    unwant(name) {
      const socket = owners.get(name);
      if (!socket) return;
      owners.delete(name);
      socket.unwant(name);
      if (socket !== sockets[0] && socket.wanted() === 0) drop(socket);
    },
    all: () => sockets,
    of: (name) => owners.get(name),
    active: (name) => owners.get(name)?.active(name) ?? false,
    isCurrent: (link) => sockets.some((socket) => socket.current() === link),
    change(link, reason) {
      sockets.find((socket) => socket.current() === link)?.change(reason);
    },
    wanted: () => owners.size,
    poke() {
      for (const socket of sockets) socket.poke();
    },
    reconnects: () => sockets.reduce((sum, socket) => sum + socket.reconnects(), earlierReconnects),
    heardUntil: (wanted) => Math.min(...sockets.map((socket) => socket.current().heardUntil(wanted))),
  };
}

/** How many topics that are wanted fit on one socket of a route. */
function roomOf({ maxTopics, always = [] }: Route): number {
  return maxTopics - always.length;
}
