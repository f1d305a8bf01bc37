import type { FactEvent, Trade } from '../engine/market/events.ts';
import { scanTrades } from './bybit-trades.ts';
import { decimal } from './number-text.ts';
import type { BookMessage, Frame, Level, Markets, Reader } from './venue.ts';

/** Levels a side of the books that are asked for, every 100 ms. */
export const BOOK_LEVELS = 200;
const UNKNOWN: Frame = { kind: 'unknown' };
const ALIVE: Frame = { kind: 'alive' };
const DUPLICATE = /^error:already subscribed,topic:(\S+)$/;

type Fields = Readonly<Record<string, unknown>>;

/** Frames of the spot and of the linear socket. Topics are the same on both, so the route tells which market is meant. */
export function bybitReader(markets: Markets): Reader {
  const known = new Map<string, Map<string, string>>();

  /** `btcusdt.p` and the like never change for what the venue calls BTCUSDT, so they are looked up once. */
  function instrumentOf(wire: string, route: string): string | undefined {
    const found = known.get(route)?.get(wire);
    if (found !== undefined) return found;
    const instrument = markets.named(wire, route)?.instrument;
    if (instrument === undefined) return undefined;
    const names = known.get(route) ?? new Map<string, string>();
    known.set(route, names.set(wire, instrument));
    return instrument;
  }

  return {
    read(text, route) {
      const trades = scanTrades(text, (wire) => instrumentOf(wire, route));
      if (trades !== undefined) return { kind: 'trades', trades: inOrder(trades) };
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return { kind: 'malformed', reason: 'not JSON' };
      }
      if (!isFields(value)) return UNKNOWN;
      const { topic } = value;
      if (typeof topic !== 'string') return readAnswer(value);
      const dot = topic.lastIndexOf('.');
      const [channel, wire] = [topic.slice(0, dot), topic.slice(dot + 1)];
      const instrument = dot < 0 ? undefined : instrumentOf(wire, route);
      return instrument === undefined ? UNKNOWN : readTopic(channel, value, { wire, instrument, route });
    },
  };
}

interface Place {
  readonly wire: string;
  readonly instrument: string;
  readonly route: string;
}

function readTopic(channel: string, frame: Fields, place: Place): Frame {
  if (channel === 'publicTrade') return readTrades(frame.data, place);
  if (channel === `orderbook.${BOOK_LEVELS}`) return readBook(frame, place);
  if (place.route !== 'linear') return UNKNOWN;
  if (channel === 'tickers') return readTicker(frame, place);
  return channel === 'allLiquidation' ? readLiquidations(frame.data, place) : UNKNOWN;
}

/** What could be read of a list, and the first complaint about the rest. */
function readTrades(data: unknown, { wire, instrument }: Place): Frame {
  if (!Array.isArray(data)) return { kind: 'malformed', reason: 'publicTrade without a list' };
  const trades: Trade[] = [];
  const bad: Frame[] = [];
  for (const item of data as unknown[]) {
    const reason = tradeFault(item, wire);
    if (reason !== undefined) bad.push({ kind: 'malformed', reason });
    else if (isFields(item) && item.BT !== true) trades.push(toTrade(item, instrument));
  }
  const good: Frame = { kind: 'trades', trades: inOrder(trades) };
  return bad.length === 0 ? good : { kind: 'many', frames: [good, ...bad] };
}

/** Which field of a trade cannot be read. */
function tradeFault(item: unknown, wire: string): string | undefined {
  if (!isFields(item)) return 'a trade that is no object';
  const { T, s, S, p, v, i, BT } = item;
  if (s !== wire) return 'symbol and topic differ';
  if (!isMillis(T)) return 'trade without a good T';
  if (!(positive(p) > 0)) return 'trade without a good p';
  if (!(positive(v) > 0)) return 'trade without a good v';
  if (S !== 'Buy' && S !== 'Sell') return 'trade without a good S';
  if (typeof i !== 'string' || i === '') return 'trade without a good i';
  return BT === undefined || typeof BT === 'boolean' ? undefined : 'trade without a good BT';
}

/** `S` is the taker's. */
function toTrade({ T, S, p, v, i }: Fields, instrument: string): Trade {
  const side = S === 'Buy' ? 'buy' : 'sell';
  return { type: 'trade', instrument, ts: Number(T), price: positive(p), size: positive(v), side, id: String(i) };
}

/** The venue sends them so; where it does not, time still must not run backwards. */
export function inOrder(trades: Trade[]): Trade[] {
  for (let i = 1; i < trades.length; i++) {
    if (trades[i].ts < trades[i - 1].ts) return trades.sort((a, b) => a.ts - b.ts);
  }
  return trades;
}

function readBook({ type, cts, ts, data }: Fields, place: Place): Frame {
  if (!isFields(data) || data.s !== place.wire)
    return { kind: 'malformed', reason: 'symbol and topic of a book differ' };
  const isSnapshot = type === 'snapshot';
  if (!isSnapshot && type !== 'delta') return { kind: 'malformed', reason: 'a book of no good type' };
  const book = toBook(data, isMillis(cts) ? cts : ts, isSnapshot, place.instrument);
  return book ? { kind: 'book', book } : { kind: 'malformed', reason: 'a book without good numbers' };
}

/** `ts`: when the matching engine made it, ms. */
function toBook(data: Fields, ts: unknown, isSnapshot: boolean, instrument: string): BookMessage | undefined {
  const bids = levelsOf(data.b);
  const asks = levelsOf(data.a);
  const { u: last } = data;
  if (!bids || !asks || !isMillis(ts) || !isMillis(last)) return undefined;
  // The number 1 means that the venue's service began anew, and with it the book.
  return { instrument, ts, snapshot: isSnapshot || last === 1, last, bids, asks };
}

// Hot path: a message has hundreds of levels.
function levelsOf(value: unknown): Level[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const rows = value as unknown[];
  const levels = new Array<Level>(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row)) return undefined;
    const price = amount(row[0]);
    const size = amount(row[1]);
    if (!(price > 0 && size >= 0)) return undefined;
    levels[i] = [price, size];
  }
  return levels;
}

/** What a ticker tells, by the name of the fact. A field that is absent has not changed, an empty one does not apply. */
const TICKER_FACTS = [
  ['markPrice', 'mark'],
  ['indexPrice', 'index'],
  ['fundingRate', 'funding'],
  ['nextFundingTime', 'next_funding'],
  ['openInterest', 'oi'],
] as const;

function readTicker({ ts, data }: Fields, { wire, instrument }: Place): Frame {
  if (!isFields(data) || data.symbol !== wire || !isMillis(ts))
    return { kind: 'malformed', reason: 'a ticker of nothing' };
  const facts: FactEvent[] = [];
  const bad: Frame[] = [];
  for (const [field, name] of TICKER_FACTS) {
    const text = data[field];
    if (text === undefined || text === '') continue;
    const value = name === 'funding' ? signed(text) : amount(text);
    const isGood = name === 'funding' || name === 'oi' ? Number.isFinite(value) : value > 0;
    if (isGood) facts.push({ type: 'fact', name, instrument, ts, value });
    else bad.push({ kind: 'malformed', reason: `ticker without a good ${field}` });
  }
  const good: Frame = { kind: 'facts', facts };
  return bad.length === 0 ? good : { kind: 'many', frames: [good, ...bad] };
}

function readLiquidations(data: unknown, { wire, instrument }: Place): Frame {
  if (!Array.isArray(data)) return { kind: 'malformed', reason: 'allLiquidation without a list' };
  const facts: FactEvent[] = [];
  const bad: Frame[] = [];
  for (const item of data as unknown[]) {
    const value = isFields(item) && item.s === wire ? positive(item.v) : Number.NaN;
    if (isFields(item) && isMillis(item.T) && value > 0) {
      facts.push({ type: 'fact', name: 'liquidations', instrument, ts: item.T, value });
    } else bad.push({ kind: 'malformed', reason: 'a liquidation that cannot be read' });
  }
  const good: Frame = { kind: 'facts', facts };
  return bad.length === 0 ? good : { kind: 'many', frames: [good, ...bad] };
}

/** Answers to requests and to pings. Without the id of a request it is the answer to the oldest. */
function readAnswer({ op, success, ret_msg: message, req_id: request }: Fields): Frame {
  if (op === 'ping' || op === 'pong') return ALIVE;
  const isOurs = op === 'subscribe' || op === 'unsubscribe' || (success === false && (op === '' || op === undefined));
  if (!isOurs || typeof success !== 'boolean') return UNKNOWN;
  const isNumbered = typeof request === 'string' && /^\d{1,15}$/.test(request);
  if (!isNumbered && request !== undefined && request !== '') return UNKNOWN;
  const id = isNumbered ? Number(request) : undefined;
  if (success) return { kind: 'acks', acks: [{ id }] };
  const refusal = typeof message === 'string' && message !== '' ? message : 'no reason told';
  const twice = DUPLICATE.exec(refusal)?.[1];
  // The whole request is refused because of one topic that runs already: that one is as good as confirmed.
  return { kind: 'acks', acks: twice === undefined ? [{ id, refusal }] : [{ names: [twice] }, { id, refusal }] };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Also what numbers of messages are. */
function isMillis(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** The number in a string of plain digits with at most one point, else NaN. */
export function amount(value: unknown): number {
  const number = typeof value === 'string' ? decimal(value, 0, value.length) : Number.NaN;
  return number < Number.POSITIVE_INFINITY ? number : Number.NaN;
}

/** As `amount`, but NaN for zero. */
export function positive(value: unknown): number {
  const number = amount(value);
  return number > 0 ? number : Number.NaN;
}

function signed(value: unknown): number {
  return typeof value === 'string' && value.startsWith('-') ? -amount(value.slice(1)) : amount(value);
}
