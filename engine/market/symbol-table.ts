import { editDistance } from '../language/nearest.ts';
import type { InstrumentInfo } from './instrument.ts';
import type { SymbolPreference, SymbolTable } from './symbols.ts';

/** Quotes that complete a bare base where the chat's own has no market, best first. */
const QUOTES = ['usdt', 'usd', 'usdc', 'eur', 'btc'] as const;
/** How people say that they mean the perpetual: `btc.p`, `btcusdt perp`, `btc-usdt-swap`. */
const PERPETUAL = /(?:\.p|[-_\s./]?(?:perp|perpetual)|[-_\s./]swap)$/;

/** What a text asks for. */
interface Wanted {
  readonly venue: string | undefined;
  /** Base, or base and quote, without separators. */
  readonly name: string;
  readonly perpetual: boolean;
}

function wantedOf(text: string): Wanted {
  const lower = text.trim().toLowerCase();
  const at = lower.lastIndexOf(':');
  const symbol = lower.slice(at + 1);
  const bare = symbol.replace(PERPETUAL, '');
  // `perp` alone is the name of a coin.
  const perpetual = bare !== '' && bare !== symbol;
  const name = (perpetual ? bare : symbol).replace(/[/_\s.-]/g, '');
  return { venue: at < 0 ? undefined : lower.slice(0, at), name, perpetual };
}

/** What a market is called without regard to its kind: `btcusdt` of `btcusdt.p`; a share has its symbol alone. */
function nameOf({ kind, symbol }: InstrumentInfo): string {
  return kind === 'perpetual' ? symbol.replace(/\.p$/, '') : symbol;
}

/** @param venues the ranking by which a bare symbol finds its venue: the configured feeds, in order */
export function createSymbolTable(venues: () => readonly string[]): SymbolTable {
  const byInstrument = new Map<string, InstrumentInfo>();
  const byName = new Map<string, InstrumentInfo[]>();

  function venueRank({ venue }: InstrumentInfo): number {
    const at = venues().indexOf(venue);
    return at < 0 ? venues().length : at;
  }

  /** Of several the first is kept: they are the same name on different venues, or of different kinds. */
  function best(infos: readonly InstrumentInfo[]): InstrumentInfo | undefined {
    return [...infos].sort(
      (a, b) => Number(b.active) - Number(a.active) || kindRank(a) - kindRank(b) || venueRank(a) - venueRank(b),
    )[0];
  }

  /** The first candidate that has a market; one of another kind than spot only where no candidate has a spot market. */
  function among(candidates: readonly string[], fits: (info: InstrumentInfo) => boolean): InstrumentInfo | undefined {
    let other: InstrumentInfo | undefined;
    for (const candidate of candidates) {
      const found = best((byName.get(candidate) ?? []).filter(fits));
      if (found?.active && found.kind !== 'perpetual') return found;
      if (found !== undefined && (other === undefined || (found.active && !other.active))) other = found;
    }
    return other;
  }

  function resolve(text: string, preference: SymbolPreference): InstrumentInfo | undefined {
    const { venue, name, perpetual } = wantedOf(text);
    if (name === '') return undefined;
    const candidates = [name, ...quotesFor(preference.quote).map((quote) => name + quote)];
    const fits = (info: InstrumentInfo): boolean => !perpetual || info.kind === 'perpetual';
    if (venue !== undefined) {
      // `bybit:btcusdt` is that market and no other where both are listed.
      const exact = byInstrument.get(text.trim().toLowerCase());
      return exact ?? among(candidates, (info) => info.venue === venue && fits(info));
    }
    const own = among(candidates, (info) => info.venue === preference.venue && fits(info));
    return own?.active ? own : (among(candidates, fits) ?? own);
  }

  function ranked(infos: readonly Rated[], preference: SymbolPreference): readonly InstrumentInfo[] {
    const quotes = quotesFor(preference.quote);
    const quoteRank = ({ quote }: InstrumentInfo): number => {
      const at = quotes.indexOf(quote);
      return at < 0 ? quotes.length : at;
    };
    const away = ({ venue }: InstrumentInfo): number => Number(venue !== preference.venue);
    return [...infos]
      .sort(
        ({ info: a, score }, { info: b, score: other }) =>
          score - other ||
          away(a) - away(b) ||
          quoteRank(a) - quoteRank(b) ||
          kindRank(a) - kindRank(b) ||
          (b.volume ?? -1) - (a.volume ?? -1) ||
          venueRank(a) - venueRank(b) ||
          compareText(a.symbol, b.symbol),
      )
      .map(({ info }) => info);
  }

  return {
    add(infos) {
      for (const info of infos) {
        const name = nameOf(info);
        const same = (byName.get(name) ?? []).filter((known) => known.instrument !== info.instrument);
        byName.set(name, [...same, info]);
        byInstrument.set(info.instrument, info);
      }
    },
    get: (instrument) => byInstrument.get(instrument),
    all: () => [...byInstrument.values()],
    resolve,
    suggest(text, preference, limit) {
      const { venue, name, perpetual } = wantedOf(text);
      // A venue that is none is a slip: what stands behind it still says something.
      const isVenue = venue !== undefined && venues().includes(venue);
      const all = [...byInstrument.values()].filter(
        (info) => info.active && (!perpetual || info.kind === 'perpetual') && (!isVenue || info.venue === venue),
      );
      const fitting = rate(all, (info) => fitOf(info, name));
      if (fitting.length >= limit || name === '') return ranked(fitting, preference).slice(0, limit);
      // Slips are looked for only where there is room: it takes long for thousands of markets.
      const known = new Set(fitting.map(({ info }) => info));
      const near = rate(all, (info) => (known.has(info) ? Number.POSITIVE_INFINITY : slipOf(info, name)));
      return ranked([...fitting, ...near], preference).slice(0, limit);
    },
  };
}

interface Rated {
  readonly info: InstrumentInfo;
  /** Lower fits better. */
  readonly score: number;
}

function rate(infos: readonly InstrumentInfo[], score: (info: InstrumentInfo) => number): readonly Rated[] {
  return infos.map((info) => ({ info, score: score(info) })).filter((item) => item.score < Number.POSITIVE_INFINITY);
}

function fitOf(info: InstrumentInfo, typed: string): number {
  if (typed === '') return 0;
  const name = nameOf(info);
  if (name === typed || info.base === typed) return 0;
  if (info.base.startsWith(typed)) return 1;
  if (name.startsWith(typed)) return 2;
  return name.includes(typed) ? 3 : Number.POSITIVE_INFINITY;
}

function slipOf(info: InstrumentInfo, typed: string): number {
  const distance = Math.min(editDistance(info.base, typed), editDistance(nameOf(info), typed));
  return distance <= (typed.length <= 4 ? 1 : 2) ? 3 + distance : Number.POSITIVE_INFINITY;
}

/** The chat's quote first. */
const quotesFor = (own: string): readonly string[] => [...new Set([own, ...QUOTES])];

const kindRank = ({ kind }: InstrumentInfo): number => (kind === 'perpetual' ? 1 : 0);

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
