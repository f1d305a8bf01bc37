import type { RawLine } from './raw-lines.ts';

/** What still holds of a raw tape: a file begins with it, so that it can be replayed without those before it. */
export interface RawStanding {
  take(line: RawLine): void;
  lines(): readonly RawLine[];
}

interface Held {
  start?: RawLine;
  markets?: RawLine;
  readonly watched: Map<string, RawLine>;
  /** By topic, and then in the order in which they were confirmed. */
  readonly subscribed: Map<string, RawLine & { readonly what: 'subscribed' }>;
}

export function createRawStanding(): RawStanding {
  const byVenue = new Map<string, Held>();

  function heldOf(venue: string): Held {
    const held = byVenue.get(venue) ?? { watched: new Map(), subscribed: new Map() };
    byVenue.set(venue, held);
    return held;
  }

  function watch(line: RawLine & { readonly symbols: readonly string[] }, what: 'watch' | 'watchBook', on: boolean) {
    const { watched } = heldOf(line.venue);
    for (const symbol of line.symbols) {
      if (on) watched.set(`${what} ${symbol}`, { venue: line.venue, at: line.at, what, symbols: [symbol] });
      else watched.delete(`${what} ${symbol}`);
    }
  }

  function drop(venue: string, route: string, socket: number): void {
    const { subscribed } = heldOf(venue);
    for (const [key, line] of subscribed) if (line.route === route && line.socket === socket) subscribed.delete(key);
  }

  return {
    take(line) {
      const { venue, at } = line;
      switch (line.what) {
        case 'made':
          byVenue.delete(venue);
          break;
        case 'start':
          heldOf(venue).start = line;
          break;
        case 'stop':
          delete heldOf(venue).start;
          heldOf(venue).subscribed.clear();
          break;
        case 'markets':
          heldOf(venue).markets = line;
          break;
        case 'watch':
        case 'watchBook':
          watch(line, line.what, true);
          break;
        case 'unwatch':
          watch(line, 'watch', false);
          break;
        case 'unwatchBook':
          watch(line, 'watchBook', false);
          break;
        case 'subscribed':
          for (const name of line.names) {
            const { what, route, socket } = line;
            const one = { venue, at, what, route, socket, names: [name] };
            heldOf(venue).subscribed.set(`${route} ${socket} ${name}`, one);
          }
          break;
        case 'lost':
          drop(venue, line.route, line.socket);
          break;
        case 'switched':
          drop(venue, line.route, line.old);
          break;
        // The rest is over once it was told.
        case 'resume':
        case 'ran':
        case 'asked':
        case 'answered':
        case 'failed':
        case 'polled':
        case undefined:
          break;
      }
    },
    lines() {
      const lines: RawLine[] = [];
      for (const { start, markets, watched, subscribed } of byVenue.values()) {
        if (markets) lines.push(markets);
        if (start) lines.push(start);
        lines.push(...watched.values(), ...subscribed.values());
      }
      return lines;
    },
  };
}
