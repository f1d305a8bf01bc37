import type { Market, Markets, Venue } from '../feeds/venue.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';
import { VENUE_FRAMES, type VenueFrames } from './venue-frames.ts';

const FRAMES = 60_000;
const ROUNDS = 4;

/** The one market that all frames are of. */
function marketsOf({ venue, wire, symbol, route }: VenueFrames): Markets {
  const market: Market = {
    ...{ instrument: `${venue.name}:${symbol}`, venue: venue.name, symbol, base: 'btc', quote: 'usdt', kind: 'spot' },
    ...{ tick: 0.1, lot: 0.00001, active: true, wire, route, digits: { price: 1, size: 8 } },
  } as Market;
  return {
    get: (name) => (name === symbol ? market : undefined),
    named: (name) => (name === wire ? market : undefined),
  };
}

/** Best time of some rounds, in seconds of processor time. */
function best(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

function row(venue: Venue, what: string, frames: readonly string[], read: (text: string) => void, wanted: number) {
  for (const frame of frames) {
    JSON.parse(frame);
    read(frame);
  }
  const json = best(() => {
    for (const frame of frames) JSON.parse(frame);
  });
  const own = best(() => {
    for (const frame of frames) read(frame);
  });
  return {
    name: `${venue.name}: frames of ${what}`,
    figure: `${Math.round(frames.length / own).toLocaleString('en')} /s (JSON.parse alone ${Math.round(frames.length / json).toLocaleString('en')} /s)`,
    ratio: (json / own).toFixed(2),
    wanted: `at least ${wanted}`,
  };
}

/** Frames a second of each venue, read to trades and to changes of books, against JSON.parse of the same frames alone. */
export function benchVenues(): readonly BenchRow[] {
  return VENUE_FRAMES.flatMap((frames) => {
    const { venue, route, bookRoute = route } = frames;
    const reader = venue.reader(marketsOf(frames));
    const random = createRandom(3);
    const read = (kind: string, on: string) => (text: string) => {
      const found = reader.readTrade?.(text, on) ?? reader.read(text, on);
      if ('kind' in found && found.kind !== kind) throw new Error(`${venue.name}: ${found.kind} for ${text}`);
    };
    const trades = Array.from({ length: FRAMES }, (_, n) => frames.trade(n, random));
    const books = Array.from({ length: FRAMES / 3 }, (_, n) => frames.book(n, random));
    return [
      row(venue, 'trades', trades, read('trades', route), 0.7),
      row(venue, 'changes of books', books, read('book', bookRoute), 0.5),
    ];
  });
}
