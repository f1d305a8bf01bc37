import type { Trade } from '../engine/market/events.ts';
import { bookFrame, parseFast } from './coinbase-fast.ts';
import { amount, createTargets, isId, isRecord, type Targets, timeOf } from './coinbase-values.ts';
import { JsonScan } from './json-scan.ts';
import type { BookMessage, Frame, Level, Markets, Reader } from './venue.ts';

/** The channel of trades and of books, as one asks for them. */
export const TRADES = 'market_trades';
export const BOOK = 'level2';
export const HEARTBEATS = 'heartbeats';

/** Instead of a change that cannot be read: its number is none, so that the book begins anew. */
const UNREADABLE = -1;

type Fields = Readonly<Record<string, unknown>>;

/** Reads the frames of Advanced Trade. Names come from the list of markets. */
export function coinbaseReader(markets: Markets): Reader {
  const targets = createTargets(markets);
  const scan = new JsonScan();
  return { read: (text) => parseFast(text, scan, targets) ?? parseFrame(text, targets) };
}

/** Nothing in a book's messages tells of a hole: the numbers of the connection do, for all that it carries. */
export function follows(_last: number, change: BookMessage): 'next' | 'gap' {
  return change.last === UNREADABLE ? 'gap' : 'next';
}

/** Any frame, by `JSON.parse`. Never throws. */
export function parseFrame(text: string, targets: Targets): Frame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', reason: 'not JSON' };
  }
  if (!isRecord(value)) return { kind: 'unknown' };
  const serial = value.sequence_num;
  const numbered = typeof serial === 'number' && Number.isSafeInteger(serial) && serial >= 0 ? { serial } : undefined;
  return { ...parseBody(value, targets), ...numbered };
}

function parseBody(value: Fields, targets: Targets): Frame {
  // Nothing in it says what it refuses.
  if (value.type === 'error') return { kind: 'acks', acks: [{ refusal: textOf(value.message) }] };
  switch (value.channel) {
    case HEARTBEATS:
      return { kind: 'alive' };
    case 'subscriptions':
      return parseAck(value.events);
    case TRADES:
      return each(value.events, (event) => parseTrades(event, targets));
    case 'l2_data':
      return each(value.events, (event) => parseBook(event, value.timestamp, targets));
    default:
      return { kind: 'unknown' };
  }
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message.slice(0, 200) : 'an error without a message';
}

/** What each event of a frame says, in order. */
function each(events: unknown, parse: (event: Fields) => readonly Frame[]): Frame {
  if (!Array.isArray(events)) return { kind: 'malformed', reason: 'a frame without events' };
  const frames: Frame[] = [];
  for (const event of events as unknown[]) {
    if (isRecord(event)) frames.push(...parse(event));
    else frames.push({ kind: 'malformed', reason: 'an event that is none' });
  }
  return frames.length === 1 ? frames[0] : { kind: 'many', frames };
}

/** Everything that the socket carries now: `{"market_trades":["BTC-USD"],"heartbeats":["heartbeats"]}`. */
function parseAck(events: unknown): Frame {
  const event: unknown = Array.isArray(events) ? events[0] : undefined;
  const carried = isRecord(event) ? event.subscriptions : undefined;
  if (!isRecord(carried)) return { kind: 'malformed', reason: 'subscriptions that cannot be read' };
  const all: string[] = [];
  for (const [channel, products] of Object.entries(carried)) {
    const isList = Array.isArray(products) && products.every((product) => typeof product === 'string');
    if (!isList) return { kind: 'malformed', reason: 'subscriptions that cannot be read' };
    if (channel === HEARTBEATS) all.push(HEARTBEATS);
    else for (const product of products) all.push(`${channel}:${product}`);
  }
  return { kind: 'acks', acks: [{ all }] };
}

function parseTrades(event: Fields, targets: Targets): readonly Frame[] {
  const { type, trades: rows } = event;
  if ((type !== 'snapshot' && type !== 'update') || !Array.isArray(rows)) return malformed('trades without a list');
  const trades: Trade[] = [];
  const others: Frame[] = [];
  for (const row of rows as unknown[]) {
    const instruments = isRecord(row) && typeof row.product_id === 'string' ? targets(row.product_id) : undefined;
    const trade = isRecord(row) ? toTrade(row) : undefined;
    if (!instruments || !trade) others.push({ kind: 'malformed', reason: 'a trade that cannot be read' });
    else if (instruments.length === 0) others.push({ kind: 'unknown' });
    else for (const instrument of instruments) trades.push({ ...trade, instrument });
  }
  if (trades.length === 0 && others.length > 0) return others;
  // Sorting keeps the order of equals: twins stay side by side.
  trades.sort((a, b) => Number(a.id) - Number(b.id));
  return [{ kind: 'trades', trades, ...(type === 'snapshot' && { snapshot: true }) }, ...others];
}

/**
 * A trade of a frame or of an answer of REST, its instrument still empty. The venue's `side` is the maker's.
 */
export function toTrade(row: Fields): Trade | undefined {
  const { trade_id: id, side, time } = row;
  if (!isId(id) || (side !== 'BUY' && side !== 'SELL') || typeof time !== 'string') return undefined;
  const [price, size, ts] = [amount(row.price), amount(row.size), timeOf(time, 0, time.length)];
  if (!(price > 0 && size > 0 && ts > 0)) return undefined;
  return { type: 'trade', instrument: '', ts, price, size, side: side === 'BUY' ? 'sell' : 'buy', id };
}

function parseBook(event: Fields, timestamp: unknown, targets: Targets): readonly Frame[] {
  const { type, product_id: product, updates } = event;
  if (typeof product !== 'string') return malformed('a book without a product');
  const instruments = targets(product);
  if (instruments.length === 0) return [{ kind: 'unknown' }];
  const ts = typeof timestamp === 'string' ? timeOf(timestamp, 0, timestamp.length) : Number.NaN;
  const levels = Array.isArray(updates) ? toLevels(updates) : undefined;
  if (!(ts > 0) || !levels || (type !== 'snapshot' && type !== 'update')) {
    const broken = { ts: 0, snapshot: false, last: UNREADABLE, bids: [], asks: [] };
    return [
      ...malformed('a change of a book that cannot be read'),
      ...instruments.map((instrument): Frame => ({ kind: 'book', book: { ...broken, instrument } })),
    ];
  }
  const frame = bookFrame(instruments, { ts, snapshot: type === 'snapshot' }, levels.bids, levels.asks);
  return frame.kind === 'many' ? frame.frames : [frame];
}

function toLevels(updates: readonly unknown[]): { bids: Level[]; asks: Level[] } | undefined {
  const [bids, asks]: [Level[], Level[]] = [[], []];
  for (const update of updates) {
    if (!isRecord(update) || (update.side !== 'bid' && update.side !== 'offer')) return undefined;
    const [price, size] = [amount(update.price_level), amount(update.new_quantity)];
    if (!(price > 0 && size >= 0)) return undefined;
    (update.side === 'bid' ? bids : asks).push([price, size]);
  }
  return { bids, asks };
}

function malformed(reason: string): Frame[] {
  return [{ kind: 'malformed', reason }];
}
