import { editDistance } from '../language/nearest.ts';
import type { InstrumentInfo } from './instrument.ts';
import type { SymbolPreference, SymbolTable } from './symbols.ts';

/** Quotes that complete a bare base where the chat's own has no market, best first. */
const QUOTES = ['usdt', 'usd', 'usdc', 'eur', 'btc'] as const;

/** @param venues the ranking by which a bare symbol finds its venue: the configured feeds, in order */
export function createSymbolTable(venues: () => readonly string[]): SymbolTable {
  const byInstrument = new Map<string, InstrumentInfo>();
  const bySymbol = new Map<string, InstrumentInfo[]>();

  function rank(info: InstrumentInfo, preference: SymbolPreference): number {
    if (info.venue === preference.venue) return -1;
    const at = venues().indexOf(info.venue);
    return at < 0 ? venues().length : at;
  }

  function best(symbol: string, venue: string | undefined, preference: SymbolPreference): InstrumentInfo | undefined {
    const all = bySymbol.get(symbol) ?? [];
    const fitting = venue === undefined ? all : all.filter((info) => info.venue === venue);
    return [...fitting].sort(
      (a, b) => Number(b.active) - Number(a.active) || rank(a, preference) - rank(b, preference),
    )[0];
  }

  function resolve(text: string, preference: SymbolPreference): InstrumentInfo | undefined {
    const lower = text.trim().toLowerCase();
    const at = lower.lastIndexOf(':');
    const venue = at < 0 ? undefined : lower.slice(0, at);
    const symbol = lower.slice(at + 1).replace(/[/_\s-]/g, '');
    if (symbol === '') return undefined;
    for (const candidate of [symbol, ...[preference.quote, ...QUOTES].map((quote) => symbol + quote)]) {
      const found = best(candidate, venue, preference);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function score(info: InstrumentInfo, typed: string): number {
    if (info.symbol === typed || info.base === typed) return 0;
    if (info.base.startsWith(typed)) return 1;
    if (info.symbol.startsWith(typed)) return 2;
    if (info.symbol.includes(typed)) return 3;
    const distance = Math.min(editDistance(info.base, typed), editDistance(info.symbol, typed));
    return distance <= (typed.length <= 4 ? 1 : 2) ? 3 + distance : Number.POSITIVE_INFINITY;
  }

  return {
    add(infos) {
      for (const info of infos) {
        const same = (bySymbol.get(info.symbol) ?? []).filter((known) => known.instrument !== info.instrument);
        bySymbol.set(info.symbol, [...same, info]);
        byInstrument.set(info.instrument, info);
      }
    },
    get: (instrument) => byInstrument.get(instrument),
    all: () => [...byInstrument.values()],
    resolve,
    suggest(text, preference, limit) {
      const typed = text
        .trim()
        .toLowerCase()
        .replace(/^.*:/, '')
        .replace(/[/_\s-]/g, '');
      const rated = [...byInstrument.values()]
        .filter((info) => info.active)
        .map((info) => ({
          info,
          score: typed === '' ? 1 : score(info, typed),
          quote: info.quote === preference.quote ? 0 : 1,
          rank: rank(info, preference),
        }))
        .filter((item) => item.score < Number.POSITIVE_INFINITY);
      rated.sort(
        (a, b) =>
          a.score - b.score || a.quote - b.quote || a.rank - b.rank || compareText(a.info.symbol, b.info.symbol),
      );
      return rated.slice(0, limit).map((item) => item.info);
    },
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
