import type { Trade } from '../engine/market/events.ts';
import type { Targets } from './coinbase-values.ts';
import type { JsonScan } from './json-scan.ts';
import type { Frame, Level } from './venue.ts';

/** What stands before the rows of a frame of one event. */
interface Head {
  readonly ts: number;
  readonly serial: number;
  readonly snapshot: boolean;
}

// Hot path: one pass, no regular expressions. Each key is checked; at the first surprise it gives up.
/** Trades and changes of books that are written exactly as the venue writes them; undefined for everything else. Agrees with `parseFrame`. */
export function parseFast(text: string, scan: JsonScan, targets: Targets): Frame | undefined {
  scan.start(text);
  if (scan.take('{"channel":"market_trades",')) return readTrades(scan, targets);
  return scan.take('{"channel":"l2_data",') ? readBook(scan, targets) : undefined;
}

function readHead(scan: JsonScan): Head | undefined {
  scan.take('"client_id":"",');
  if (!scan.take('"timestamp":"')) return undefined;
  const ts = scan.time();
  if (!(ts > 0) || !scan.take(',"sequence_num":')) return undefined;
  const serial = scan.integer();
  if (!(serial >= 0) || !scan.take(',"events":[{"type":"')) return undefined;
  const snapshot = scan.take('snapshot",');
  return snapshot || scan.take('update",') ? { ts, serial, snapshot } : undefined;
}

function readTrades(scan: JsonScan, targets: Targets): Frame | undefined {
  const head = readHead(scan);
  if (!head || !scan.take('"trades":[{"product_id":"')) return undefined;
  const product = scan.string() ?? '';
  const instruments = targets(product);
  if (instruments.length === 0) return undefined;
  const trades: Trade[] = [];
  let newest = Number.POSITIVE_INFINITY;
  do {
    if (!scan.take(',"trade_id":"')) return undefined;
    const from = scan.at;
    const number = scan.integer();
    // Newest first, as it always was; another order is sorted elsewhere.
    if (!(number < newest)) return undefined;
    newest = number;
    const id = scan.text.slice(from, scan.at);
    if (!scan.take('","price":"')) return undefined;
    const price = scan.number();
    if (!(price > 0) || !scan.take('","size":"')) return undefined;
    const size = scan.number();
    if (!(size > 0) || !scan.take('","time":"')) return undefined;
    const ts = scan.time();
    if (!(ts > 0)) return undefined;
    const isMakerBuy = scan.take(',"side":"BUY"}');
    if (!isMakerBuy && !scan.take(',"side":"SELL"}')) return undefined;
    const side = isMakerBuy ? 'sell' : 'buy';
    // Backwards, because the list is turned round in the end.
    for (let i = instruments.length - 1; i >= 0; i--) {
      trades.push({ type: 'trade', instrument: instruments[i], ts, price, size, side, id });
    }
  } while (scan.take(',{"product_id":"') && scan.take(product) && scan.take('"'));
  if (!isEnd(scan)) return undefined;
  const { snapshot, serial } = head;
  if (trades.length > 1) trades.reverse();
  return snapshot ? { kind: 'trades', trades, snapshot, serial } : { kind: 'trades', trades, serial };
}

function readBook(scan: JsonScan, targets: Targets): Frame | undefined {
  const head = readHead(scan);
  if (!head || !scan.take('"product_id":"')) return undefined;
  const instruments = targets(scan.string() ?? '');
  if (instruments.length === 0 || !scan.take(',"updates":[')) return undefined;
  const bids: Level[] = [];
  const asks: Level[] = [];
  let same: string | undefined;
  do {
    const isBid = scan.take('{"side":"bid","event_time":"');
    if (!isBid && !scan.take('{"side":"offer","event_time":"')) return undefined;
    // Nearly always the time of the row before it.
    if (same === undefined || !scan.take(same)) {
      const from = scan.at;
      if (Number.isNaN(scan.time()) || !scan.take(',"price_level":"')) return undefined;
      same = scan.text.slice(from, scan.at);
    }
    const price = scan.number();
    if (!(price > 0) || !scan.take('","new_quantity":"')) return undefined;
    const size = scan.number();
    if (!(size >= 0) || !scan.take('"}')) return undefined;
    (isBid ? bids : asks).push([price, size]);
  } while (scan.take(','));
  return isEnd(scan) ? bookFrame(instruments, head, bids, asks) : undefined;
}

/** One book, or the same for each name that the product has. */
export function bookFrame(
  instruments: readonly string[],
  { ts, snapshot, serial }: { readonly ts: number; readonly snapshot: boolean; readonly serial?: number },
  bids: readonly Level[],
  asks: readonly Level[],
): Frame {
  const numbered = serial === undefined ? undefined : { serial };
  const frames = instruments.map((instrument): Frame => {
    return { kind: 'book', book: { instrument, ts, snapshot, bids, asks } };
  });
  return frames.length === 1 ? { ...frames[0], ...numbered } : { kind: 'many', frames, ...numbered };
}

function isEnd(scan: JsonScan): boolean {
  return scan.take(']}]}') && scan.isAtEnd();
}
