import type { InstrumentInfo } from '../../engine/market/instrument.ts';
import { createDrifting, createRegimes, createReverting, type Factor, MINUTES_OF_DAY } from './factors.ts';
import { createNews, createNewsFactor, type News } from './news.ts';

/** What moves one simulated instrument. */
export interface Model {
  readonly info: InstrumentInfo;
  /** Price around which it moves. */
  readonly basePrice: number;
  readonly parts: readonly { readonly factor: Factor; readonly beta: number }[];
  /** Activity by minute of the day; the mean is 1. */
  readonly shape: Float64Array;
  /** Mean size of a trade, in lots. */
  readonly meanLots: number;
  /** Mean variance of a minute's log return. */
  readonly minuteVariance: number;
  /** What is written about it; a perpetual has no news of its own. */
  readonly news: News | undefined;
}

/** Yearly volatilities: btc 60 %, eth about 75 %, sol 90 %, stocks 25 to 55 %. */
const BTC_YEARLY = 0.6;
const ETH_BETA = 1.1;
/** The spread of log eth over its line in log btc: adds 36 % a year at short range, and comes back within hours. */
const SPREAD = { deviation: 0.0065, halfLifeMinutes: 240 };
/** The log of a perpetual over its coin. */
const BASIS = { deviation: 0.0004, halfLifeMinutes: 90 };
const SOL_YEARLY = 0.9;
const SOL_CORRELATION = 0.7;
const MARKET_YEARLY = 0.16;
const MINUTES_OF_YEAR = 365 * MINUTES_OF_DAY;

/** base, price, beta to the market, own yearly volatility, mean lots of a trade. */
const STOCKS = [
  ['aapl', 230, 1, 0.19, 40],
  ['googl', 180, 1.1, 0.24, 50],
  ['tsla', 320, 1.6, 0.486, 30],
  ['msft', 430, 1, 0.19, 20],
] as const;

/** All simulated instruments for a seed. */
export function createModels(seed: string): readonly Model[] {
  const crypto = createRegimes(seed, 'crypto');
  const round = normalise((minute) => 1 + 0.25 * Math.sin((2 * Math.PI * (minute - 540)) / MINUTES_OF_DAY));
  const coin = (name: string, yearly: number): Factor =>
    createDrifting({ seed, name, yearly, regimes: crypto, shape: round });
  const btc = coin('btc', BTC_YEARLY);
  const spread = createReverting({ seed, name: 'eth-btc', ...SPREAD });
  const solBeta = (SOL_CORRELATION * SOL_YEARLY) / BTC_YEARLY;
  const [btcNews, ethNews, solNews] = ['btc', 'eth', 'sol'].map((name) => createNews(seed, name));
  const btcTold = createNewsFactor(btcNews);
  const sol = coin('sol', SOL_YEARLY * Math.sqrt(1 - SOL_CORRELATION ** 2));
  const spreadYearly = SPREAD.deviation * Math.sqrt((1 - 2 ** (-2 / SPREAD.halfLifeMinutes)) * MINUTES_OF_YEAR);
  const ethYearly = Math.hypot(ETH_BETA * BTC_YEARLY, spreadYearly);
  const model = (
    base: string,
    lot: number,
    basePrice: number,
    yearly: number,
    meanLots: number,
    news: News,
    parts: Model['parts'],
  ): Model => ({
    info: describe(base, 'usdt', 'spot', lot),
    basePrice,
    parts,
    shape: round,
    meanLots,
    minuteVariance: yearly ** 2 / MINUTES_OF_YEAR,
    news,
  });
  const coins = [
    // Lots are powers of two: sums of such sizes are exact, so a bar's volume does not depend on how it is added up.
    model('btc', 1 / 64, 64_000, BTC_YEARLY, 8, btcNews, [
      { factor: btc, beta: 1 },
      { factor: btcTold, beta: 1 },
    ]),
    model('eth', 1 / 8, 3_200, ethYearly, 12, ethNews, [
      { factor: btc, beta: ETH_BETA },
      { factor: btcTold, beta: ETH_BETA },
      { factor: spread, beta: 1 },
      { factor: createNewsFactor(ethNews), beta: 1 },
    ]),
    model('sol', 1 / 4, 150, SOL_YEARLY, 60, solNews, [
      { factor: btc, beta: solBeta },
      { factor: btcTold, beta: solBeta },
      { factor: sol, beta: 1 },
      { factor: createNewsFactor(solNews), beta: 1 },
    ]),
  ];
  return [...coins, ...createStocks(seed), perpetualOf(seed, coins[0]), perpetualOf(seed, coins[1])];
}

/** The same coin with a basis that comes back, and larger trades. */
function perpetualOf(seed: string, coin: Model): Model {
  const { info } = coin;
  const basis = createReverting({ seed, name: `basis-${info.symbol}`, ...BASIS });
  const symbol = `${info.symbol}.p`;
  return {
    ...coin,
    info: { ...info, instrument: `sim:${symbol}`, symbol, kind: 'perpetual' },
    parts: [...coin.parts, { factor: basis, beta: 1 }],
    meanLots: 2 * coin.meanLots,
    news: undefined,
  };
}

function createStocks(seed: string): Model[] {
  const regimes = createRegimes(seed, 'stocks');
  const activity = normalise(sessionShape);
  const swing = activity.map(Math.sqrt);
  const mean = swing.reduce((sum, value) => sum + value, 0) / swing.length;
  const shape = swing.map((value) => value / mean);
  const market = createDrifting({ seed, name: 'market', yearly: MARKET_YEARLY, regimes, shape });
  return STOCKS.map(([base, basePrice, beta, own, meanLots]) => {
    const news = createNews(seed, base);
    return {
      info: describe(base, 'usd', 'stock', 1),
      basePrice,
      parts: [
        { factor: market, beta },
        { factor: createDrifting({ seed, name: base, yearly: own, regimes, shape }), beta: 1 },
        { factor: createNewsFactor(news), beta: 1 },
      ],
      shape: activity,
      meanLots,
      minuteVariance: ((beta * MARKET_YEARLY) ** 2 + own ** 2) / MINUTES_OF_YEAR,
      news,
    };
  });
}

/** New York's session as a U (13:30 to 20:00 UTC), and a thin market around the clock. */
function sessionShape(minute: number): number {
  const [open, close] = [13.5 * 60, 20 * 60];
  if (minute < open || minute >= close) return 0.4;
  const x = (2 * (minute - open)) / (close - open) - 1;
  return 1 + 1.5 * x * x;
}

function normalise(weight: (minute: number) => number): Float64Array {
  const weights = Float64Array.from({ length: MINUTES_OF_DAY }, (_, minute) => weight(minute));
  const mean = weights.reduce((sum, value) => sum + value, 0) / MINUTES_OF_DAY;
  return weights.map((value) => value / mean);
}

function describe(base: string, quote: string, kind: 'spot' | 'stock', lot: number): InstrumentInfo {
  const symbol = kind === 'stock' ? base : `${base}${quote}`;
  return { instrument: `sim:${symbol}`, venue: 'sim', symbol, base, quote, kind, tick: 0.01, lot, active: true };
}
