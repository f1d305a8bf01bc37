import type { Clock } from '../engine/clock.ts';
import { plainReason } from './plain-reason.ts';
import type { Market, Markets } from './venue.ts';

/** A venue's list of markets: fetched when asked for, kept for ten minutes for whoever asks, and for ever for look-ups. */
export interface MarketList extends Markets {
  /**
   * @param keptMs how old it may be, in ms
   * @throws TransportError
   */
  load(keptMs?: number): Promise<readonly Market[]>;
  /** Whether it was ever fetched. */
  isLoaded(): boolean;
  /** Failed tries since it was last fetched, and why the newest failed; undefined where the newest did not. */
  trouble(): ListTrouble | undefined;
}

export interface ListTrouble {
  readonly tries: number;
  /** In plain words. */
  readonly why: string;
}

const KEPT_MS = 600_000;

export function createMarketList(clock: Clock, fetch: () => Promise<readonly Market[]>): MarketList {
  const bySymbol = new Map<string, Market>();
  const byWire = new Map<string, Market>();
  let asked: { readonly at: number; readonly list: Promise<readonly Market[]> } | undefined;
  let isLoaded = false;
  let trouble: ListTrouble | undefined;

  async function load(): Promise<readonly Market[]> {
    const list = await fetch();
    bySymbol.clear();
    byWire.clear();
    for (const market of list) {
      bySymbol.set(market.symbol, market);
      byWire.set(key(market.wire, market.route), market);
    }
    isLoaded = true;
    trouble = undefined;
    return list;
  }

  return {
    load(keptMs = KEPT_MS) {
      if (!asked || clock.now() - asked.at > keptMs) {
        const mine = { at: clock.now(), list: load() };
        asked = mine;
        mine.list.catch((error: unknown) => {
          trouble = { tries: (trouble?.tries ?? 0) + 1, why: plainReason(error) };
          if (asked === mine) asked = undefined;
        });
      }
      return asked.list;
    },
    isLoaded: () => isLoaded,
    trouble: () => trouble,
    get: (symbol) => bySymbol.get(symbol),
    named: (wire, route) => byWire.get(key(wire, route)),
  };
}

function key(wire: string, route = ''): string {
  return `${route} ${wire}`;
}
