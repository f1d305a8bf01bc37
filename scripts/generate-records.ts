import { createRandom, hashText } from '../feeds/sim/random.ts';

/** A record as `POST /ingest` takes it. */
export type Posted = Readonly<Record<string, string | number>>;

const PRICES: Readonly<Record<string, number>> = { AAPL: 190, GOOGL: 140, AMZN: 150, MSFT: 380, TSLA: 240 };
const SYMBOLS = Object.keys(PRICES);
const INDICATORS = ['GDP Growth Rate', 'Inflation Rate', 'Unemployment Rate', 'Interest Rate'];
const MINUTE_S = 60;

interface Minute {
  start: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/**
 * Made-up records, one after the other: seven of ten are states of a stock's minute, the others what is told of it besides.
 * @returns the next record, of a time in seconds since the epoch; equal seeds and times give equal records
 */
export function createRecords(seed: string): (timestamp: number) => Posted {
  const source = createRandom();
  source.seed(hashText(seed), 0);
  const random = (): number => source.next();
  const minutes = new Map<string, Minute>();
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];

  function minuteOf(symbol: string, timestamp: number): Minute {
    const start = Math.floor(timestamp / MINUTE_S);
    const known = minutes.get(symbol);
    if (known?.start === start) return known;
    const open = known?.close ?? PRICES[symbol];
    const minute = { start, open, high: open, low: open, close: open, volume: 0 };
    minutes.set(symbol, minute);
    return minute;
  }

  function stock(symbol: string, timestamp: number): Posted {
    const minute = minuteOf(symbol, timestamp);
    minute.close = round(minute.close * (1 + (random() - 0.5) * 0.002));
    minute.high = Math.max(minute.high, minute.close);
    minute.low = Math.min(minute.low, minute.close);
    minute.volume += 1 + Math.floor(random() * 500);
    const { open, high, low, close, volume } = minute;
    return { stock_symbol: symbol, opening_price: open, closing_price: close, high, low, volume, timestamp };
  }

  function told(symbol: string, timestamp: number): Posted {
    const price = minutes.get(symbol)?.close ?? PRICES[symbol];
    const about = { timestamp, stock_symbol: symbol };
    const isBuy = random() < 0.5;
    const away = round(price * (1 + (isBuy ? -1 : 1) * (0.0005 + random() * 0.005)));
    return pick<() => Posted>([
      () => ({
        ...{ data_type: 'order_book', ...about, order_type: isBuy ? 'buy' : 'sell' },
        ...{ price: away, quantity: Math.floor(random() * 100) },
      }),
      () => ({
        ...{ data_type: 'news_sentiment', ...about },
        ...{ sentiment_score: round(random() * 2 - 1), sentiment_magnitude: round(random()) },
      }),
      () => ({
        ...{ data_type: 'market_data', ...about },
        ...{ market_cap: round(price * 1e10, 0), pe_ratio: round(10 + random() * 30) },
      }),
      () => ({
        ...{ data_type: 'economic_indicator', timestamp },
        ...{ indicator_name: pick(INDICATORS), value: round(random() * 10) },
      }),
    ])();
  }

  return (timestamp) => (random() < 0.7 ? stock : told)(pick(SYMBOLS), timestamp);
}
