import { z } from 'zod';
import type { Trade } from '../engine/market/events.ts';
import { depthSnapshotOf, type Fields, frameParser, isFields, parseDepth, UNKNOWN } from './binance-wire.ts';
import { createNames, type Name } from './names.ts';
import { DECIMAL, decimal, isInteger } from './number-text.ts';
import type { BookMessage, Frame } from './venue.ts';

/** `btcusdt` -> the strings that every event of it shares. */
export const names = createNames('binance', (symbol) => symbol.toUpperCase());

/**
 * The trade in a combined `@trade` frame; undefined for everything else. The usual key order is read by hand, any other with
 * `JSON.parse`; both give the same trade.
 */
export function parseTradeFrame(text: string): Trade | undefined {
  const trade = parseTradeFast(text);
  if (trade !== undefined) return trade;
  const frame = parseFrame(text);
  return frame.kind === 'trades' ? frame.trades[0] : undefined;
}

// Hot path: one pass, no regular expressions, no objects but the trade. Each key is checked; at the first surprise it gives up.
/** As `parseTradeFrame`, but undefined where a frame is not exactly as documented, or its symbol was never seen before. */
export function parseTradeFast(text: string): Trade | undefined {
  if (!text.startsWith('{"stream":"')) return undefined;
  let at = text.indexOf('@', 11);
  const name = at < 0 ? undefined : names.known(text.slice(11, at));
  if (name === undefined || !text.startsWith('@trade","data":{"e":"trade","E":', at)) return undefined;
  at += 32;
  let end = text.indexOf(',', at);
  if (!isInteger(text, at, end) || !text.startsWith('"s":"', end + 1)) return undefined;
  at = end + 6;
  end = at + name.wire.length;
  if (!text.startsWith(name.wire, at) || !text.startsWith('","t":', end)) return undefined;
  at = end + 6;
  end = text.indexOf(',', at);
  if (!isInteger(text, at, end) || !text.startsWith('"p":"', end + 1)) return undefined;
  const id = text.slice(at, end);
  at = end + 6;
  end = text.indexOf('"', at);
  const price = decimal(text, at, end);
  if (!(price > 0) || !text.startsWith('","q":"', end)) return undefined;
  at = end + 7;
  end = text.indexOf('"', at);
  const size = decimal(text, at, end);
  if (!(size > 0) || !text.startsWith('","T":', end)) return undefined;
  at = end + 6;
  end = text.indexOf(',', at);
  if (!isInteger(text, at, end)) return undefined;
  const ts = decimal(text, at, end);
  if (!(ts > 0)) return undefined;
  const maker = text.startsWith('"m":true,"M":', end + 1);
  if (!maker && !text.startsWith('"m":false,"M":', end + 1)) return undefined;
  at = end + (maker ? 14 : 15);
  if (!text.startsWith('true}}', at) && !text.startsWith('false}}', at)) return undefined;
  if (text.length !== at + (text.charCodeAt(at) === 116 ? 6 : 7)) return undefined;
  return { type: 'trade', instrument: name.instrument, ts, price, size, side: maker ? 'sell' : 'buy', id };
}

/** A positive decimal in a string, as prices and sizes come. */
export const positiveDecimal = z
  .string()
  .regex(DECIMAL)
  .transform(Number)
  .refine((value) => value > 0 && Number.isFinite(value));

/** A decimal of zero or more in a string, as volumes come. */
export const decimalText = z.string().regex(DECIMAL).transform(Number).refine(Number.isFinite);

export const tradeId = z.int().nonnegative();
export const millis = z.int().positive();

const SYMBOL = /^[A-Z0-9_.-]{1,40}$/;
const tradeData = z.looseObject({
  s: z.string().regex(SYMBOL),
  t: tradeId,
  p: positiveDecimal,
  q: positiveDecimal,
  T: millis,
  m: z.boolean(),
});
/** Any frame, by `JSON.parse`. Never throws. */
export const parseFrame = frameParser((stream, data) => {
  if (!isFields(data)) return UNKNOWN;
  if (data.e === 'depthUpdate') return parseDepth(data, 'E', nameOf);
  return data.e === 'trade' ? parseTrade(stream, data) : UNKNOWN;
});

function parseTrade(stream: unknown, data: Fields): Frame {
  const parsed = tradeData.safeParse(data);
  if (!parsed.success) {
    const bad = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    return { kind: 'malformed', reason: `trade without a good ${bad}` };
  }
  const { s, t, p, q, T, m } = parsed.data;
  const symbol = s.toLowerCase();
  if (stream !== `${symbol}@trade`) return { kind: 'malformed', reason: 'symbol and stream differ' };
  const { instrument } = names.of(symbol);
  const side = m ? 'sell' : 'buy';
  return { kind: 'trades', trades: [{ type: 'trade', instrument, ts: T, price: p, size: q, side, id: String(t) }] };
}

function nameOf(wire: string): Name | undefined {
  return SYMBOL.test(wire) ? names.of(wire.toLowerCase()) : undefined;
}

/** The answer of `/api/v3/depth`, which has no time: it gets `ts`. Undefined where it cannot be mapped. */
export function parseDepthSnapshot(body: unknown, symbol: string, ts: number): BookMessage | undefined {
  return depthSnapshotOf(names, body, symbol, ts);
}
