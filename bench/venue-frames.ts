import { binance } from '../feeds/binance.ts';
import { binanceUsdm } from '../feeds/binance-usdm.ts';
import { bybit } from '../feeds/bybit.ts';
import { coinbase } from '../feeds/coinbase.ts';
import { kraken } from '../feeds/kraken.ts';
import { okx } from '../feeds/okx.ts';
import type { Venue } from '../feeds/venue.ts';

type Random = () => number;

/** Frames of one market as a venue sends them, written from its documents. */
export interface VenueFrames {
  readonly venue: Venue;
  readonly route: string;
  /** Where books come on another socket than trades. */
  readonly bookRoute?: string;
  readonly wire: string;
  readonly symbol: string;
  trade(n: number, random: Random): string;
  /** A change of eight levels a side. */
  book(n: number, random: Random): string;
}

const T0 = 1_786_310_000_000;
const LEVELS = 8;

const price = (random: Random): string => (65_000 + Math.floor(random() * 2000) / 10).toFixed(1);
const size = (random: Random): string => (0.00001 + random() * 3).toFixed(5);
const side = (random: Random, buy: string, sell: string): string => (random() < 0.5 ? buy : sell);
const iso = (n: number): string => `${new Date(T0 + n * 3).toISOString().slice(0, -1)}419Z`;
const levels = (random: Random, level: (price: string, size: string) => string): string =>
  Array.from({ length: LEVELS }, () => level(price(random), random() < 0.2 ? '0' : size(random))).join(',');
const pairs = (random: Random): string => `[${levels(random, (p, s) => `["${p}","${s}"]`)}]`;

export const VENUE_FRAMES: readonly VenueFrames[] = [
  {
    ...{ venue: binance, route: Object.keys(binance.routes)[0], wire: 'BTCUSDT', symbol: 'btcusdt' },
    trade: (n, random) =>
      `{"stream":"btcusdt@trade","data":{"e":"trade","E":${T0 + n * 3 + 2},"s":"BTCUSDT","t":${n + 1_000_000},"p":"${price(random)}","q":"${size(random)}","T":${T0 + n * 3},"m":${random() < 0.5},"M":true}}`,
    book: (n, random) =>
      `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":${T0 + n * 100},"s":"BTCUSDT","U":${n * 9 + 1},"u":${n * 9 + 9},"b":${pairs(random)},"a":${pairs(random)}}}`,
  },
  {
    ...{ venue: bybit, route: 'linear', wire: 'BTCUSDT', symbol: 'btcusdt.p' },
    trade: (n, random) =>
      `{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":${T0 + n * 3 + 1},"data":[{"T":${T0 + n * 3},"s":"BTCUSDT","S":"${side(random, 'Buy', 'Sell')}","v":"${size(random)}","p":"${price(random)}","L":"MinusTick","i":"a9188a0a-82bc-50de-be60-${String(n).padStart(12, '0')}","BT":false,"RPI":false,"seq":${n}}]}`,
    book: (n, random) =>
      `{"topic":"orderbook.200.BTCUSDT","type":"delta","ts":${T0 + n * 100},"data":{"s":"BTCUSDT","b":${pairs(random)},"a":${pairs(random)},"u":${n + 2},"seq":${n * 7}},"cts":${T0 + n * 100 - 1}}`,
  },
  {
    ...{ venue: okx, route: 'public', wire: 'BTC-USDT', symbol: 'btcusdt' },
    trade: (n, random) =>
      `{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"${338_476_308 + n}","px":"${price(random)}","sz":"${size(random)}","side":"${side(random, 'buy', 'sell')}","ts":"${T0 + n * 3}","count":"1"}]}`,
    book: (n, random) =>
      `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[${levels(random, (p, s) => `["${p}","${s}","0","1"]`)}],"bids":[${levels(random, (p, s) => `["${p}","${s}","0","1"]`)}],"ts":"${T0 + n * 100}","checksum":0,"seqId":${n + 1},"prevSeqId":${n}}]}`,
  },
  {
    ...{ venue: kraken, route: Object.keys(kraken.routes)[0], wire: 'BTC/USD', symbol: 'btcusd' },
    trade: (n, random) =>
      `{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"${side(random, 'buy', 'sell')}","price":${price(random)},"qty":${size(random)},"ord_type":"limit","trade_id":${n + 1},"timestamp":"${iso(n)}"}]}`,
    book: (n, random) =>
      `{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[${levels(random, (p, s) => `{"price":${p},"qty":${s}}`)}],"asks":[${levels(random, (p, s) => `{"price":${p},"qty":${s}}`)}],"checksum":${n},"timestamp":"${iso(n)}"}]}`,
  },
  {
    ...{ venue: binanceUsdm, route: 'market', wire: 'BTCUSDT', symbol: 'btcusdt', bookRoute: 'public' },
    trade: (n, random) =>
      `{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":${T0 + n * 3 + 2},"a":${n + 1_000_000},"s":"BTCUSDT","p":"${price(random)}","q":"${size(random)}","nq":"1","f":${n * 2},"l":${n * 2 + 1},"T":${T0 + n * 3},"m":${random() < 0.5},"st":1}}`,
    book: (n, random) =>
      `{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":${T0 + n * 100},"T":${T0 + n * 100 - 5},"s":"BTCUSDT","U":${n * 9 + 1},"u":${n * 9 + 9},"pu":${n * 9},"b":${pairs(random)},"a":${pairs(random)}}}`,
  },
  {
    ...{ venue: coinbase, route: Object.keys(coinbase.routes)[0], wire: 'BTC-USD', symbol: 'btcusd' },
    trade: (n, random) =>
      `{"channel":"market_trades","client_id":"","timestamp":"${iso(n)}","sequence_num":${n},"events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"${1_068_572_092 + n}","price":"${price(random)}","size":"${size(random)}","time":"${iso(n)}","side":"${side(random, 'BUY', 'SELL')}"}]}]}`,
    book: (n, random) =>
      `{"channel":"l2_data","client_id":"","timestamp":"${iso(n)}","sequence_num":${n},"events":[{"type":"update","product_id":"BTC-USD","updates":[${levels(random, (p, s) => `{"side":"${side(random, 'bid', 'offer')}","event_time":"${iso(n)}","price_level":"${p}","new_quantity":"${s}"}`)}]}]}`,
  },
];
