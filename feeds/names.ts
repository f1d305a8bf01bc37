/** The strings that all events of one symbol share. */
export interface Name {
  /** `binance:btcusdt`. */
  readonly instrument: string;
  /** As the venue writes it: `BTCUSDT`. */
  readonly wire: string;
}

/** The names of one venue's symbols. A cache of constants: it never changes an answer. */
export interface Names {
  of(symbol: string): Name;
  /** Only what was asked for before: a cheap look-up for hot paths. */
  known(symbol: string): Name | undefined;
}

const MAX_KEPT = 20_000;

/** @param wireOf how the venue writes a symbol, where that follows from the symbol alone */
export function createNames(venue: string, wireOf: (symbol: string) => string = (symbol) => symbol): Names {
  const kept = new Map<string, Name>();
  return {
    of(symbol) {
      const known = kept.get(symbol);
      if (known) return known;
      const name = { instrument: `${venue}:${symbol}`, wire: wireOf(symbol) };
      if (kept.size < MAX_KEPT) kept.set(symbol, name);
      return name;
    },
    known: (symbol) => kept.get(symbol),
  };
}
