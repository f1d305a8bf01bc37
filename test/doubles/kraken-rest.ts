import { type DoublePair, pairInfo } from './kraken-pairs.ts';

/** A trade as the venue keeps it. */
export interface DoubleTrade {
  readonly id: number;
  /** Microseconds since the epoch. */
  readonly us: number;
  /** Decimals as on the wire. */
  readonly price: string;
  readonly size: string;
  readonly side: 'buy' | 'sell';
}

const PAGE = 1000;
const OHLC_BARS = 720;

/** The body of an answer; `undefined`: there is no such method. */
export function restBody(
  what: string,
  query: Readonly<Record<string, string>>,
  pairs: readonly DoublePair[],
  tradesOf: (wire: string) => readonly DoubleTrade[],
  now: number,
): object | undefined {
  if (what === 'AssetPairs') return ok(Object.fromEntries(pairs.map((pair) => [pair.key, pairInfo(pair)])));
  if (what === 'Ticker')
    return ok(Object.fromEntries(pairs.map((pair) => [pair.key, dayRow(tradesOf(pair.wire), now)])));
  if (what !== 'OHLC' && what !== 'Trades') return undefined;
  const pair = pairs.find(({ altname, key }) => query.pair === altname || query.pair === key);
  if (!pair) return { error: ['EQuery:Unknown asset pair'] };
  const trades = tradesOf(pair.wire);
  if (what === 'Trades') return ok(tradeRows(pair, trades, query.since, now));
  const rows = ohlcRows(pair, trades, Number(query.interval ?? 1), now);
  return rows
    ? ok({ [pair.key]: rows, last: Number(rows.at(-2)?.[0] ?? 0) })
    : { error: ['EGeneral:Invalid arguments'] };
}

/** Volume and mean price: of today, then of 24 h. */
function dayRow(trades: readonly DoubleTrade[], now: number): object {
  const day = trades.filter(({ us }) => us / 1000 > now - 86_400_000);
  const volume = day.reduce((sum, { size }) => sum + Number(size), 0);
  const worth = day.reduce((sum, { price, size }) => sum + Number(price) * Number(size), 0);
  return { v: ['0.0', volume.toFixed(8)], p: ['0.0', (volume === 0 ? 0 : worth / volume).toFixed(5)] };
}

const ok = (result: object) => ({ error: [], result });

/** Trades AFTER a time, so that trades of the very time at which a page ended are passed over. */
function tradeRows(pair: DoublePair, trades: readonly DoubleTrade[], since: string | undefined, now: number): object {
  const after = since === undefined ? undefined : BigInt(since);
  const found =
    after === undefined ? trades.slice(-PAGE) : trades.filter(({ us }) => BigInt(us) * 1000n > after).slice(0, PAGE);
  const newest = found.at(-1);
  const rows = found.map(({ id, us, price, size, side }) => [price, size, us / 1e6, side[0], 'l', '', id]);
  const last = newest ? `${newest.us}000` : (since ?? `${now}000000`);
  return { [pair.key]: rows, last };
}

/** Bars from the first trade on, flat where nothing was traded, the newest 720 and the open one. */
function ohlcRows(
  { priceDigits, sizeDigits }: DoublePair,
  trades: readonly DoubleTrade[],
  interval: number,
  now: number,
): (string | number)[][] | undefined {
  if (![1, 5, 15, 30, 60, 240, 1440, 10080, 21600].includes(interval)) return undefined;
  const step = interval * 60;
  const rows: (string | number)[][] = [];
  let i = 0;
  const first = trades[0] && Math.floor(trades[0].us / 1e6 / step) * step;
  if (first === undefined) return [];
  let close = Number(trades[0].price);
  for (let start = first; start * 1000 <= now; start += step) {
    const prices: number[] = [];
    let volume = 0;
    for (; i < trades.length && trades[i].us < (start + step) * 1e6; i++) {
      prices.push(Number(trades[i].price));
      volume += Number(trades[i].size);
    }
    const all = prices.length > 0 ? prices : [close];
    close = all[all.length - 1];
    let [high, low] = [all[0], all[0]];
    for (const price of all) [high, low] = [Math.max(high, price), Math.min(low, price)];
    const texts = [all[0], high, low, close].map((price) => price.toFixed(priceDigits));
    rows.push([start, ...texts, '0.0', volume.toFixed(sizeDigits), prices.length]);
  }
  return rows.slice(-OHLC_BARS - 1);
}
