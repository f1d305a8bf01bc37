import type { Side, Trade } from '../engine/market/events.ts';
import { JsonScan } from './json-scan.ts';
import { isRecord, parseAnswer } from './kraken-answers.ts';
import type { BookMessage, Frame, Level, Markets, Reader } from './venue.ts';

const TRADES = '{"channel":"trade","type":"update","data":[';
const BOOK_SNAPSHOT = '{"channel":"book","type":"snapshot","data":[{"symbol":"';
const BOOK_UPDATE = '{"channel":"book","type":"update","data":[{"symbol":"';
const HEARTBEAT = '{"channel":"heartbeat"}';
const ALIVE: Frame = { kind: 'alive' };
const UNKNOWN: Frame = { kind: 'unknown' };
const MAX_CHECKSUM = 2 ** 32 - 1;
const MAX_ID_DIGITS = 15;

/**
 * Reads the frames of the v2 socket. Trades and books in the usual order of keys are read by hand, all else with `JSON.parse`; both
 * give the same. Symbols that the venue does not list are `unknown`.
 */
export function krakenReader(markets: Markets): Reader {
  const scan = new JsonScan();
  const instruments = new Map<string, string>();
  /** A frame whose first trade was read, but is not all that it holds. */
  const begun: { text: string; first: Trade | undefined; at: number } = { text: '', first: undefined, at: 0 };

  function instrumentOf(wire: string): string | undefined {
    const known = instruments.get(wire);
    if (known !== undefined) return known;
    const instrument = markets.named(wire)?.instrument;
    if (instrument !== undefined) instruments.set(wire, instrument);
    return instrument;
  }

  // Hot path: no objects but the trade. Each key is checked; at the first surprise it gives up.
  /** One element of the data of a trade frame. */
  function scanTrade(): Trade | undefined {
    if (!scan.take('{"symbol":"')) return undefined;
    const instrument = instrumentOf(scan.string() ?? '');
    if (instrument === undefined || !scan.take(',"side":"')) return undefined;
    const side: Side = scan.take('buy","price":') ? 'buy' : scan.take('sell","price":') ? 'sell' : undefined;
    if (side === undefined) return undefined;
    const price = scan.number();
    if (!(price > 0) || !scan.take(',"qty":')) return undefined;
    const size = scan.number();
    if (!(size > 0)) return undefined;
    if (!scan.take(',"ord_type":"limit","trade_id":') && !scan.take(',"ord_type":"market","trade_id":'))
      return undefined;
    const idAt = scan.at;
    const number = scan.number();
    const id = scan.text.slice(idAt, scan.at);
    if (!Number.isInteger(number) || id.length > MAX_ID_DIGITS || id.includes('.')) return undefined;
    if (!scan.take(',"timestamp":"')) return undefined;
    const ts = scan.time();
    if (!(ts > 0) || !scan.take('}')) return undefined;
    return { type: 'trade', instrument, ts, price, size, side, id };
  }

  function readTrade(text: string): Trade | undefined {
    scan.start(text);
    if (!scan.take(TRADES)) return undefined;
    const trade = scanTrade();
    if (trade === undefined) return undefined;
    const { at } = scan;
    if (scan.take(']}') && scan.isAtEnd()) return trade;
    begun.text = text;
    begun.first = trade;
    begun.at = at;
    return undefined;
  }

  function scanTrades(text: string): Frame | undefined {
    scan.start(text);
    if (!scan.take(TRADES)) return undefined;
    let trade = begun.text === text ? begun.first : undefined;
    if (trade === undefined) trade = scanTrade();
    else scan.at = begun.at;
    if (trade === undefined) return undefined;
    const trades = [trade];
    while (scan.take(',')) {
      trade = scanTrade();
      if (trade === undefined) return undefined;
      trades.push(trade);
    }
    if (!scan.take(']}') || !scan.isAtEnd()) return undefined;
    return { kind: 'trades', trades: inOrder(trades) };
  }

  function scanLevels(): Level[] | undefined {
    const levels: Level[] = [];
    if (scan.take(']')) return levels;
    do {
      if (!scan.take('{"price":')) return undefined;
      const price = scan.number();
      if (!(price > 0) || !scan.take(',"qty":')) return undefined;
      const size = scan.number();
      if (!(size >= 0) || !scan.take('}')) return undefined;
      levels.push([price, size]);
    } while (scan.take(','));
    return scan.take(']') ? levels : undefined;
  }

  function scanBook(text: string): Frame | undefined {
    scan.start(text);
    const snapshot = scan.take(BOOK_SNAPSHOT);
    if (!snapshot && !scan.take(BOOK_UPDATE)) return undefined;
    const instrument = instrumentOf(scan.string() ?? '');
    if (instrument === undefined || !scan.take(',"bids":[')) return undefined;
    const bids = scanLevels();
    if (bids === undefined || !scan.take(',"asks":[')) return undefined;
    const asks = scanLevels();
    if (asks === undefined || !scan.take(',"checksum":')) return undefined;
    const checksum = scan.number();
    if (!isChecksum(checksum) || !scan.take(',"timestamp":"')) return undefined;
    const ts = scan.time();
    if (!(ts > 0) || !scan.take('}]}') || !scan.isAtEnd()) return undefined;
    return { kind: 'book', book: { instrument, ts, snapshot, bids, asks, checksum } };
  }

  function timeOf(value: unknown): number {
    if (typeof value !== 'string') return Number.NaN;
    scan.start(`${value}"`);
    const ts = scan.time();
    return scan.isAtEnd() ? ts : Number.NaN;
  }

  function tradeOf(item: Record<string, unknown>, instrument: string): Trade | string {
    const { side, price, qty: size, trade_id: id } = item;
    const ts = timeOf(item.timestamp);
    if (side !== 'buy' && side !== 'sell') return 'side';
    if (!isPositive(price)) return 'price';
    if (!isPositive(size)) return 'qty';
    if (!Number.isSafeInteger(id) || (id as number) < 0) return 'trade_id';
    if (!(ts > 0)) return 'timestamp';
    return { type: 'trade', instrument, ts, price, size, side, id: String(id) };
  }

  function bookOf(item: Record<string, unknown>, instrument: string, snapshot: boolean): BookMessage | string {
    const [bids, asks] = [levelsOf(item.bids), levelsOf(item.asks)];
    const ts = timeOf(item.timestamp);
    const { checksum } = item;
    if (bids === undefined) return 'bids';
    if (asks === undefined) return 'asks';
    if (checksum !== undefined && !isChecksum(checksum)) return 'checksum';
    if (!(ts > 0)) return 'timestamp';
    return { instrument, ts, snapshot, bids, asks, ...(checksum !== undefined && { checksum }) };
  }

  /** `item` is one element of `data`. */
  function frameOf(item: unknown, channel: 'trade' | 'book', snapshot: boolean): Frame {
    if (!isRecord(item) || typeof item.symbol !== 'string') return malformed(channel, 'symbol');
    const instrument = instrumentOf(item.symbol);
    if (instrument === undefined) return UNKNOWN;
    if (channel === 'book') {
      const book = bookOf(item, instrument, snapshot);
      return typeof book === 'string' ? malformed(channel, book) : { kind: 'book', book };
    }
    const trade = tradeOf(item, instrument);
    if (typeof trade === 'string') return malformed(channel, trade);
    return { kind: 'trades', trades: [trade], ...(snapshot && { snapshot }) };
  }

  function parseData(channel: 'trade' | 'book', value: Record<string, unknown>): Frame {
    const { type, data } = value;
    if ((type !== 'snapshot' && type !== 'update') || !Array.isArray(data)) return malformed(channel, 'type and data');
    const snapshot = type === 'snapshot';
    const frames = data.map((item: unknown) => frameOf(item, channel, snapshot));
    const trades = inOrder(frames.flatMap((frame) => (frame.kind === 'trades' ? frame.trades : [])));
    const rest = frames.filter((frame) => frame.kind !== 'trades');
    const all =
      trades.length > 0 ? [{ kind: 'trades', trades, ...(snapshot && { snapshot }) } as const, ...rest] : rest;
    return all.length === 1 ? all[0] : { kind: 'many', frames: all };
  }

  /** Any frame, by `JSON.parse`. */
  function parse(text: string): Frame {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { kind: 'malformed', reason: 'not JSON' };
    }
    if (!isRecord(value)) return UNKNOWN;
    if (value.channel === 'trade' || value.channel === 'book') return parseData(value.channel, value);
    return parseAnswer(value);
  }

  return {
    read: (text) => (text === HEARTBEAT ? ALIVE : (scanTrades(text) ?? scanBook(text) ?? parse(text))),
    readTrade,
  };
}

function malformed(channel: string, field: string): Frame {
  return { kind: 'malformed', reason: `${channel} without a good ${field}` };
}

function levelsOf(value: unknown): Level[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const levels: Level[] = [];
  for (const item of value as unknown[]) {
    if (!isRecord(item) || !isPositive(item.price)) return undefined;
    const { price, qty } = item;
    if (qty !== 0 && !isPositive(qty)) return undefined;
    levels.push([price, qty]);
  }
  return levels;
}

/** Of one symbol ids ascend; of several each keeps its order. Most frames are in order. */
function inOrder(trades: Trade[]): Trade[] {
  for (let i = 1; i < trades.length; i++) {
    if (Number(trades[i].id) < Number(trades[i - 1].id)) return trades.sort((a, b) => Number(a.id) - Number(b.id));
  }
  return trades;
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY;
}

function isChecksum(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_CHECKSUM;
}
