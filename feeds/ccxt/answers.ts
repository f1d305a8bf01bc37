import type { Market } from '../venue.ts';
import { barLimit, type Exchange } from './exchange.ts';
import { BadSymbol, isBadQuestion } from './failure.ts';
import { mapMarkets, mapVolumes } from './market-map.ts';
import type { Answers, Question } from './messages.ts';
import { createTradeMap, mapBars } from './trade-map.ts';

const MOST_TRADES = 1_000;

/** What the child is asked, put to the exchange. All throw what ccxt throws. */
export interface Asked {
  market(wire: string): Promise<Market>;
  answer(question: Exclude<Question, { what: 'venues' }>): Promise<Answers[keyof Answers]>;
}

/** @param venue the name under which the bot knows the exchange: `ccxt:gate` */
export function createAnswers(exchange: Exchange, venue: string): Asked {
  let byWire = new Map<string, Market>();
  let loading: Promise<Answers['markets']> | undefined;

  async function load(reload: boolean): Promise<Answers['markets']> {
    const rows = Object.values(await exchange.loadMarkets(reload));
    const mapped = mapMarkets(venue, rows, exchange.precisionMode);
    byWire = new Map(mapped.markets.map((market) => [market.wire, market]));
    return mapped;
  }

  function markets(reload: boolean): Promise<Answers['markets']> {
    loading ??= load(reload).finally(() => {
      loading = undefined;
    });
    return loading;
  }

  async function market(wire: string): Promise<Market> {
    if (byWire.size === 0) await markets(false);
    const found = byWire.get(wire);
    if (found) return found;
    throw new BadSymbol(`${exchange.id} does not list ${wire}`);
  }

  async function trades(wire: string, since: number): Promise<Answers['trades']> {
    const one = await market(wire);
    if (exchange.has.fetchTrades !== true) return undefined;
    const map = createTradeMap(exchange.id, one);
    try {
      return map(await exchange.fetchTrades(one.wire, since, MOST_TRADES));
    } catch (error) {
      if (!isBadQuestion(error)) throw error;
      return map(await exchange.fetchTrades(one.wire));
    }
  }

  async function volumes(): Promise<Answers['volumes']> {
    if (exchange.has.fetchTickers !== true) return { rows: [], bad: 0 };
    return mapVolumes(await exchange.fetchTickers?.());
  }

  async function bars(wire: string, frame: string, since: number): Promise<Answers['bars']> {
    const one = await market(wire);
    const limit = barLimit(exchange, one.kind === 'spot' ? 'spot' : 'swap');
    return { ...mapBars(exchange.id, await exchange.fetchOHLCV(one.wire, frame, since, limit), one), limit };
  }

  return {
    market,
    async answer(question) {
      switch (question.what) {
        case 'markets':
          return markets(byWire.size > 0);
        case 'volumes':
          return volumes();
        case 'trades':
          return trades(question.symbol, question.since);
        case 'bars':
          return bars(question.symbol, question.frame, question.since);
      }
    },
  };
}
