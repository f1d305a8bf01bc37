import type { Trade } from '../engine/market/events.ts';
import { decimal, isInteger } from './number-text.ts';
import { FACTS } from './okx-facts.ts';
import { inBase, marketOf, type OkxMarket } from './okx-markets.ts';
import { isPositive, isRecord, type Json, numberOf, timeOf } from './okx-values.ts';
import type { BookMessage, Frame, Level, Markets, Reader } from './venue.ts';

const PONG: Frame = { kind: 'alive' };
const UNKNOWN: Frame = { kind: 'unknown' };
/** "The connection will soon be closed for a service upgrade." */
const UPGRADE = '64008';
/** Reads the frames of the public socket. Sizes come in contracts on swaps, and are passed on in units of the base. */
export function createOkxReader(markets: Markets): Reader {
  return { read: (text) => readFrame(text, markets), readTrade: (text) => readTradeFast(text, markets) };
}

/** The name of what an `arg` asks for: `trades:BTC-USDT`, `liquidation-orders:SWAP`. */
function nameOf(arg: Json): string | undefined {
  const { channel, instId, instType } = arg;
  const what = instId ?? instType;
  return typeof channel === 'string' && typeof what === 'string' ? `${channel}:${what}` : undefined;
}

function readFrame(text: string, markets: Markets): Frame {
  if (text === 'pong') return PONG;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed('not JSON');
  }
  if (!isRecord(value)) return UNKNOWN;
  if (value.event !== undefined) return readEvent(value);
  const { arg, data } = value;
  if (!isRecord(arg) || !Array.isArray(data)) return UNKNOWN;
  if (arg.channel === 'trades') return readTrades(data, marketOf(arg, markets));
  if (arg.channel === 'books') return readBooks(value.action, data, marketOf(arg, markets));
  const { channel } = arg;
  if (typeof channel !== 'string' || !Object.hasOwn(FACTS, channel)) return UNKNOWN;
  return joined(
    data.map((row) => {
      const facts = isRecord(row) ? FACTS[channel](row, markets) : 'row';
      return typeof facts === 'string' ? malformed(`${channel} without a good ${facts}`) : { kind: 'facts', facts };
    }),
  );
}

function readEvent(value: Json): Frame {
  const { event, arg, code, msg } = value;
  if (event === 'subscribe' || event === 'unsubscribe') {
    const name = isRecord(arg) ? nameOf(arg) : undefined;
    return name === undefined ? malformed('an answer to no channel') : { kind: 'acks', acks: [{ names: [name] }] };
  }
  const words = [code, msg].filter((one) => typeof one === 'string').join(' ');
  // It names no channel: it answers the request that waits.
  if (event === 'error') return { kind: 'acks', acks: [{ refusal: words || 'no reason given' }] };
  if (event === 'notice' && code === UPGRADE) return { kind: 'leave', reason: words };
  return UNKNOWN;
}

/** Ids have no more than 20 digits; where they ascend, they are compared as text. */
function isId(text: string): boolean {
  return /^(0|[1-9]\d{0,19})$/.test(text);
}

/** Several rows of one frame as one frame. */
function joined(frames: readonly Frame[]): Frame {
  return frames.length === 1 ? frames[0] : { kind: 'many', frames };
}

function readTrades(rows: readonly unknown[], market: OkxMarket | undefined): Frame {
  if (!market) return UNKNOWN;
  const trades: Trade[] = [];
  const bad: Frame[] = [];
  for (const row of rows) {
    const trade = tradeOf(row, market);
    if (typeof trade === 'string') bad.push(malformed(`trade without a good ${trade}`));
    else trades.push(trade);
  }
  // The venue says nothing of their order.
  if (trades.length > 1) trades.sort(byId);
  if (bad.length === 0) return { kind: 'trades', trades };
  return joined(trades.length > 0 ? [{ kind: 'trades', trades }, ...bad] : bad);
}

/** Ids of one market ascend. */
export function byId(a: Trade, b: Trade): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}

const HEAD = '{"arg":{"channel":"trades","instId":"';
/** What newer frames say after the time, in this order. */
const EXTRAS = [',"count":"', ',"source":"', ',"seqId":'] as const;

// Hot path: one pass, no objects but the trade. Each key is checked; at the first surprise it gives up, and `read` is asked.
function readTradeFast(text: string, markets: Markets): Trade | undefined {
  if (!text.startsWith(HEAD)) return undefined;
  let at = text.indexOf('"', HEAD.length);
  const market: OkxMarket | undefined = at < 0 ? undefined : markets.named(text.slice(HEAD.length, at));
  if (market === undefined || !text.startsWith('"},"data":[{"instId":"', at)) return undefined;
  at += 22;
  if (!text.startsWith(market.wire, at)) return undefined;
  at += market.wire.length;
  if (!text.startsWith('","tradeId":"', at)) return undefined;
  at += 13;
  let end = text.indexOf('"', at);
  if (!isInteger(text, at, end) || !text.startsWith('","px":"', end)) return undefined;
  const id = text.slice(at, end);
  at = end + 8;
  end = text.indexOf('"', at);
  const price = decimal(text, at, end);
  if (!isPositive(price) || !text.startsWith('","sz":"', end)) return undefined;
  at = end + 8;
  end = text.indexOf('"', at);
  const size = inBase(decimal(text, at, end), price, market);
  if (!isPositive(size)) return undefined;
  const isBuy = text.startsWith('","side":"buy","ts":"', end);
  if (!isBuy && !text.startsWith('","side":"sell","ts":"', end)) return undefined;
  at = end + (isBuy ? 21 : 22);
  end = text.indexOf('"', at);
  if (!isInteger(text, at, end)) return undefined;
  const ts = decimal(text, at, end);
  if (!(ts > 0) || !endsSo(text, end + 1)) return undefined;
  return { type: 'trade', instrument: market.instrument, ts, price, size, side: isBuy ? 'buy' : 'sell', id };
}

/** Whether nothing but the known extras follows. */
function endsSo(text: string, from: number): boolean {
  let at = from;
  for (const extra of EXTRAS) {
    if (!text.startsWith(extra, at)) continue;
    const start = at + extra.length;
    const end = extra.endsWith('"') ? text.indexOf('"', start) : text.indexOf('}', start);
    if (!isInteger(text, start, end)) return false;
    at = extra.endsWith('"') ? end + 1 : end;
  }
  return text.length === at + 3 && text.startsWith('}]}', at);
}

/** A trade as sockets and REST write it, or the field that is not good. */
export function tradeOf(row: unknown, market: OkxMarket): Trade | string {
  if (!isRecord(row)) return 'row';
  const { instId, tradeId, px, sz, side } = row;
  if (instId !== market.wire) return 'instId';
  const price = numberOf(px);
  const size = inBase(numberOf(sz), price, market);
  const ts = timeOf(row.ts);
  if (!isPositive(price)) return 'px';
  if (!isPositive(size)) return 'sz';
  if (!(ts > 0)) return 'ts';
  if (typeof tradeId !== 'string' || !isId(tradeId)) return 'tradeId';
  if (side !== 'buy' && side !== 'sell') return 'side';
  return { type: 'trade', instrument: market.instrument, ts, price, size, side, id: tradeId };
}

function readBooks(action: unknown, rows: readonly unknown[], market: OkxMarket | undefined): Frame {
  if (!market) return UNKNOWN;
  if (action !== 'snapshot' && action !== 'update') return malformed('a book with neither snapshot nor update');
  return joined(
    rows.map((row) => {
      const book = isRecord(row) ? bookOf(row, action === 'snapshot', market) : 'row';
      return typeof book === 'string' ? malformed(`book without good ${book}`) : { kind: 'book', book };
    }),
  );
}

/** Its `checksum` is not looked at: the venue fills it with 0 since 2026. */
function bookOf(row: Json, snapshot: boolean, market: OkxMarket): BookMessage | string {
  const bids = levelsOf(row.bids, market);
  const asks = levelsOf(row.asks, market);
  const ts = timeOf(row.ts);
  const { seqId: last, prevSeqId: previous } = row;
  if (!bids) return 'bids';
  if (!asks) return 'asks';
  if (!(ts > 0)) return 'ts';
  const common = { instrument: market.instrument, ts, snapshot, bids, asks };
  // Books of before 2023 were not numbered.
  if (last === undefined && previous === undefined) return common;
  if (!Number.isSafeInteger(last) || !Number.isSafeInteger(previous)) return 'numbers';
  return { ...common, last: last as number, previous: previous as number };
}

// Hot path: plain loops.
function levelsOf(rows: unknown, market: OkxMarket): Level[] | undefined {
  if (!Array.isArray(rows)) return undefined;
  const levels: Level[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row: unknown = rows[i];
    if (!Array.isArray(row)) return undefined;
    const price = numberOf(row[0]);
    const size = inBase(numberOf(row[1]), price, market);
    if (!isPositive(price) || !(size >= 0 && size < Number.POSITIVE_INFINITY)) return undefined;
    levels.push([price, size]);
  }
  return levels;
}

function malformed(reason: string): Frame {
  return { kind: 'malformed', reason };
}
