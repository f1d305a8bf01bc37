import type { InstrumentInfo } from '../engine/market/instrument.ts';
import type { RawLine } from './raw-lines.ts';
import { createBareReader, type Venues } from './tape-raw.ts';

/** What a raw tape is about, without a replay of it. */
export interface RawScan {
  /** Why a line cannot be read. */
  take(line: RawLine): string | undefined;
  /** With what the lists of markets tell of them. */
  instruments(): ReadonlyMap<string, InstrumentInfo | undefined>;
}

export function createRawScan(venues: Venues): RawScan {
  const found = new Set<string>();
  const listed = new Map<string, InstrumentInfo>();
  const told = new Set<string>();
  const bare = createBareReader(venues);
  return {
    take(line) {
      const { venue: name } = line;
      const venue = venues.get(name);
      if (!venue) return `${name} is no venue whose frames can be read`;
      if (line.what === undefined && !told.has(name)) {
        const read = bare(line);
        if (typeof read === 'string') return read;
        for (const { instrument } of read) if (instrument !== undefined) found.add(instrument);
        return undefined;
      }
      told.add(name);
      if (line.what === 'markets') for (const market of line.markets) listed.set(market.instrument, infoOf(market));
      if (line.what === 'watch') for (const symbol of line.symbols) found.add(`${name}:${symbol}`);
      return undefined;
    },
    instruments: () => new Map([...found].map((instrument) => [instrument, listed.get(instrument)])),
  };
}

function infoOf(market: InstrumentInfo): InstrumentInfo {
  const { instrument, venue, symbol, base, quote, kind, tick, lot, active, volume } = market;
  return { instrument, venue, symbol, base, quote, kind, tick, lot, active, ...(volume !== undefined && { volume }) };
}
