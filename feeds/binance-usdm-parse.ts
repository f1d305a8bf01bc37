import type { FactEvent } from '../engine/market/events.ts';
import { names } from './binance-usdm-trades.ts';
import { depthSnapshotOf, type Fields, frameParser, isFields, parseDepth, UNKNOWN } from './binance-wire.ts';
import { decimalIn, isId, isMillis } from './number-text.ts';
import type { BookMessage, Frame } from './venue.ts';

/** What `st` says of the contracts of COIN-M, which share this venue's sockets. */
const COIN_M = 2;
const LONGEST_SYMBOL = 40;
/** A liquidation that has not come to its end: its size will be told again. */
const UNDER_WAY: readonly unknown[] = ['NEW', 'PARTIALLY_FILLED'];

/** Any frame, by `JSON.parse`. Never throws. */
export const parseFrame = frameParser((stream, data) =>
  Array.isArray(data) ? parseList(stream, data) : parseData(stream, data as Fields),
);

/** A stream of all markets sends lists, with those of COIN-M among them. */
function parseList(stream: unknown, list: readonly unknown[]): Frame {
  const frames = list.map((one) => (isFields(one) ? parseData(stream, one) : malformed('a list')));
  const known = frames.filter(({ kind }) => kind !== 'unknown');
  return known.length === 0 ? UNKNOWN : { kind: 'many', frames: known };
}

function parseData(stream: unknown, data: Fields): Frame {
  if (data.st === COIN_M) return UNKNOWN;
  switch (data.e) {
    case 'aggTrade':
      return parseTrade(stream, data);
    case 'markPriceUpdate':
      return parseMark(stream, data);
    case 'forceOrder':
      return isFields(data.o) ? parseLiquidation(stream, data.o) : malformed('forceOrder without its order');
    case 'depthUpdate':
      // The streams of the best levels have the same fields and mean something else.
      if (typeof stream === 'string' && !stream.endsWith('@depth@100ms')) return UNKNOWN;
      return parseDepth(data, 'T', (wire) => nameOf(wire, stream));
    default:
      return UNKNOWN;
  }
}

function parseTrade(stream: unknown, data: Fields): Frame {
  const { s, a, T, m } = data;
  const name = nameOf(s, stream);
  const [price, size] = [decimalIn(data.p), decimalIn(data.q)];
  if (!name || !isId(a) || !isMillis(T) || !(price > 0 && size > 0) || typeof m !== 'boolean') {
    return malformed('aggTrade without a good symbol, id, time, price, size or side');
  }
  const { instrument } = name;
  const side = m ? 'sell' : 'buy';
  return { kind: 'trades', trades: [{ type: 'trade', instrument, ts: T, price, size, side, id: String(a) }] };
}

function parseMark(stream: unknown, data: Fields): Frame {
  const { s, E: ts, T } = data;
  const name = nameOf(s, stream);
  const values = [
    ['mark', decimalIn(data.p)],
    ['index', told(data.i, decimalIn)],
    ['funding', told(data.r, signedIn)],
    // 0 where the contract pays no funding.
    ['next_funding', T === undefined || T === 0 ? undefined : isMillis(T) ? T : Number.NaN],
  ] as const;
  const isBad = values.some(([, value]) => value !== undefined && Number.isNaN(value));
  if (!name || !isMillis(ts) || isBad) {
    return malformed('markPriceUpdate without a good symbol, time, price or funding');
  }
  const facts: FactEvent[] = [];
  for (const [what, value] of values) {
    // A price of zero is one that the venue does not have.
    const isThere = value !== undefined && (value !== 0 || what === 'funding');
    if (isThere) facts.push({ type: 'fact', name: what, instrument: name.instrument, ts, value });
  }
  return { kind: 'facts', facts };
}

/** What was liquidated: all that the order filled, once it is over. */
function parseLiquidation(stream: unknown, order: Fields): Frame {
  if (order.st === COIN_M) return UNKNOWN;
  const { s, T: ts, X } = order;
  const name = nameOf(s, stream);
  const value = decimalIn(order.z);
  if (!name || !isMillis(ts) || typeof X !== 'string' || !(value >= 0)) {
    return malformed('forceOrder without a good symbol, time, state or size');
  }
  if (UNDER_WAY.includes(X) || value === 0) return { kind: 'facts', facts: [] };
  return { kind: 'facts', facts: [{ type: 'fact', name: 'liquidations', instrument: name.instrument, ts, value }] };
}

/** The answer of `/fapi/v1/depth`; where it has no time it gets `ts` (ms). Undefined where it cannot be mapped. */
export function parseDepthSnapshot(body: unknown, symbol: string, ts: number): BookMessage | undefined {
  return depthSnapshotOf(names, body, symbol, ts);
}

/** The answer of `/fapi/v1/openInterest`. Undefined where it cannot be mapped. */
export function parseOpenInterest(body: unknown, symbol: string, ts: number): FactEvent | undefined {
  const { wire, instrument } = names.of(symbol);
  if (!isFields(body) || body.symbol !== wire) return undefined;
  const value = decimalIn(body.openInterest);
  if (!(value >= 0)) return undefined;
  return { type: 'fact', name: 'oi', instrument, ts: isMillis(body.time) ? body.time : ts, value };
}

/** The names of a symbol on a stream that is its own, or one of all markets. */
function nameOf(wire: unknown, stream: unknown) {
  if (typeof wire !== 'string' || typeof stream !== 'string' || wire === '' || wire.length > LONGEST_SYMBOL)
    return undefined;
  const symbol = wire.toLowerCase();
  return stream.startsWith(`${symbol}@`) || stream.startsWith('!') ? names.of(symbol) : undefined;
}

function told(value: unknown, read: (value: unknown) => number): number | undefined {
  return value === undefined || value === '' ? undefined : read(value);
}

function signedIn(value: unknown): number {
  return typeof value === 'string' && value.startsWith('-') ? -decimalIn(value.slice(1)) : decimalIn(value);
}

function malformed(reason: string): Frame {
  return { kind: 'malformed', reason };
}
