import { z } from 'zod';
import type { Trade } from '../engine/market/events.ts';
import { createNames } from './names.ts';
import type { BookMessage, Frame } from './venue.ts';

/** `btcusdt` -> the strings that every event of it shares. */
export const names = createNames('binance', (symbol) => symbol.toUpperCase());
const MAX_EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

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

/** Whether `[from, to)` is a JSON integer of at most 15 digits. */
export function isInteger(text: string, from: number, to: number): boolean {
  const digits = to - from;
  if (digits < 1 || digits > MAX_EXACT_DIGITS || (digits > 1 && text.charCodeAt(from) === 48)) return false;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** The number in `[from, to)`, as `Number` reads it; NaN where it is not plain digits with at most one point. */
export function decimal(text: string, from: number, to: number): number {
  let mantissa = 0;
  let point = -1;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) mantissa = mantissa * 10 + (code - 48);
    else if (code === 46 && point < 0 && i > from) point = i;
    else return Number.NaN;
  }
  if (to <= from) return Number.NaN;
  const decimals = point < 0 ? 0 : to - point - 1;
  // A quotient of two exact doubles is rounded once, as Number rounds; past 2^53 the mantissa is not exact.
  if (mantissa > Number.MAX_SAFE_INTEGER || decimals > 22) return Number(text.slice(from, to));
  return decimals === 0 ? mantissa : mantissa / POWERS[decimals];
}

const DECIMAL = /^\d+(\.\d*)?([eE][+-]?\d{1,3})?$/;

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

const tradeData = z.looseObject({
  s: z.string().regex(/^[A-Z0-9_.-]{1,40}$/),
  t: tradeId,
  p: positiveDecimal,
  q: positiveDecimal,
  T: millis,
  m: z.boolean(),
});
const level = z.tuple([positiveDecimal, decimalText]);
const levels = z.array(level);
const depthData = z.looseObject({
  E: millis,
  s: z.string().regex(/^[A-Z0-9_.-]{1,40}$/),
  U: tradeId,
  u: tradeId,
  b: levels,
  a: levels,
});
const depthSnapshot = z.looseObject({ lastUpdateId: tradeId, bids: levels, asks: levels });
const SHUTDOWN: Frame = { kind: 'leave', reason: 'the venue restarts' };
const refusalBody = z.looseObject({ code: z.number(), msg: z.string() });
const ackId = z.int().nullish();

/** Any frame, by `JSON.parse`. Never throws. */
export function parseFrame(text: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', reason: 'not JSON' };
  }
  if (!isRecord(value)) return { kind: 'unknown' };
  if (isRecord(value.data)) return parseData(value.stream, value.data);
  return parseAnswer(value);
}

function parseData(stream: unknown, data: Record<string, unknown>): Frame {
  if (data.e === 'serverShutdown') return SHUTDOWN;
  if (data.e === 'depthUpdate') return parseDepth(data);
  if (data.e !== 'trade') return { kind: 'unknown' };
  const parsed = tradeData.safeParse(data);
  if (!parsed.success) {
    return { kind: 'malformed', reason: `trade without a good ${fieldsOf(parsed.error)}` };
  }
  const { s, t, p, q, T, m } = parsed.data;
  const symbol = s.toLowerCase();
  if (stream !== `${symbol}@trade`) return { kind: 'malformed', reason: 'symbol and stream differ' };
  const { instrument } = names.of(symbol);
  const side = m ? 'sell' : 'buy';
  return { kind: 'trades', trades: [{ type: 'trade', instrument, ts: T, price: p, size: q, side, id: String(t) }] };
}

function parseDepth(data: Record<string, unknown>): Frame {
  const parsed = depthData.safeParse(data);
  if (!parsed.success) return { kind: 'malformed', reason: `depthUpdate without a good ${fieldsOf(parsed.error)}` };
  const { E, s, U, u, b, a } = parsed.data;
  const { instrument } = names.of(s.toLowerCase());
  return { kind: 'book', book: { instrument, ts: E, snapshot: false, first: U, last: u, bids: b, asks: a } };
}

/** The answer of `/api/v3/depth`, which has no time: it gets `ts`. Undefined where it cannot be mapped. */
export function parseDepthSnapshot(body: unknown, symbol: string, ts: number): BookMessage | undefined {
  const parsed = depthSnapshot.safeParse(body);
  if (!parsed.success) return undefined;
  const { lastUpdateId: last, bids, asks } = parsed.data;
  return { instrument: names.of(symbol).instrument, ts, snapshot: true, last, bids, asks };
}

function fieldsOf(error: z.ZodError): string {
  return error.issues.map((issue) => issue.path.join('.')).join(', ');
}

function parseAnswer(value: Record<string, unknown>): Frame {
  if (value.e === 'serverShutdown') return SHUTDOWN;
  const id = ackId.safeParse(value.id);
  if (!id.success) return { kind: 'unknown' };
  // Two shapes are about: the error's fields at the top, and within `error`.
  const refusal = refusalBody.safeParse(value.error ?? value);
  // Without an id it could not tell which request it refuses: no request has the number -1.
  if (refusal.success) return { kind: 'acks', acks: [{ id: id.data ?? -1, refusal: refusal.data.msg }] };
  if ('result' in value && typeof id.data === 'number') return { kind: 'acks', acks: [{ id: id.data }] };
  return { kind: 'unknown' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
