import type { Trade } from '../engine/market/events.ts';
import { createNames } from './names.ts';
import { decimal } from './number-text.ts';

/** `btcusdt` -> the strings that every event of it shares. */
export const names = createNames('binance-usdm', (symbol) => symbol.toUpperCase());

const HEAD = '{"stream":"';
const TOPIC = '@aggTrade","data":{';
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BRACE = 125;
/** Integers of so many digits are exact. */
const MOST_DIGITS = 15;
/** Character codes of the keys that count. */
const KEY = { a: 97, e: 101, m: 109, p: 112, q: 113, s: 115, T: 84 } as const;

// Hot path: one pass over flat fields in whatever order, since the venue adds some (`nq`, `st`) now and then. No objects but the trade.
/**
 * The trade in a combined `@aggTrade` frame; undefined where a frame is not as documented, is of COIN-M, or its symbol was never seen
 * before. Whatever it reads, `JSON.parse` reads the same.
 */
export function parseTradeFast(text: string): Trade | undefined {
  if (!text.startsWith(HEAD)) return undefined;
  let at = text.indexOf('@', HEAD.length);
  const name = at < 0 ? undefined : names.known(text.slice(HEAD.length, at));
  if (name === undefined || !text.startsWith(TOPIC, at)) return undefined;
  at += TOPIC.length;
  let price = Number.NaN;
  let size = Number.NaN;
  let ts = Number.NaN;
  let id = '';
  let side: Trade['side'];
  let isTrade = false;
  let isNamed = false;
  for (let end = at; text.charCodeAt(end) !== BRACE; at = end + 1) {
    const isShort = text.charCodeAt(at + 2) === QUOTE;
    const keyEnd = isShort ? at + 2 : text.indexOf('"', at + 1);
    const from = keyEnd + 2;
    end = valueEnd(text, from);
    if (end < 0 || !isKey(text, at, keyEnd)) return undefined;
    const key = isShort ? text.charCodeAt(at + 1) : 0;
    if (key === KEY.p) price = quotedDecimal(text, from, end);
    else if (key === KEY.q) size = quotedDecimal(text, from, end);
    else if (key === KEY.T) ts = decimal(text, from, end);
    else if (key === KEY.a) id = decimal(text, from, end) >= 0 ? text.slice(from, end) : '';
    else if (key === KEY.m) side = sideOf(text, from);
    else if (key === KEY.e) isTrade = text.startsWith('"aggTrade"', from);
    else if (key === KEY.s) isNamed = isQuoted(text, from, end, name.wire);
    else if (text.startsWith('"st"', at) && !(text[from] === '1' && end === from + 1)) return undefined;
  }
  if (!isTrade || !isNamed || !(ts > 0 && price > 0 && size > 0) || id === '' || side === undefined) return undefined;
  // `at` is past the brace that closes the data; the one that closes the frame is all that may follow.
  if (text.length !== at + 1 || text.charCodeAt(at) !== BRACE) return undefined;
  return { type: 'trade', instrument: name.instrument, ts, price, size, side, id };
}

function quotedDecimal(text: string, from: number, end: number): number {
  return text.charCodeAt(from) === QUOTE ? decimal(text, from + 1, end - 1) : Number.NaN;
}

function isQuoted(text: string, from: number, end: number, what: string): boolean {
  return text.charCodeAt(from) === QUOTE && end - from === what.length + 2 && text.startsWith(what, from + 1);
}

/** `true`: the buyer made the price, so the taker sold. */
function sideOf(text: string, from: number): Trade['side'] {
  if (text.startsWith('true', from)) return 'sell';
  return text.startsWith('false', from) ? 'buy' : undefined;
}

/** Whether a key of letters stands between the quotes at `from` and `to`, and a colon after it. */
function isKey(text: string, from: number, to: number): boolean {
  if (text.charCodeAt(from) !== QUOTE || text.charCodeAt(to + 1) !== COLON || to <= from + 1) return false;
  for (let i = from + 1; i < to; i++) {
    const letter = text.charCodeAt(i) | 32;
    if (letter < 97 || letter > 122) return false;
  }
  return true;
}

/** Where the flat value at `from` ends, before a comma or brace; -1 where it is none that one can read at a glance. */
function valueEnd(text: string, from: number): number {
  let end = from;
  if (text.charCodeAt(from) === QUOTE) {
    for (end = from + 1; ; end++) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) break;
      // Escapes, control characters, or the end of the text (NaN).
      if (!(code >= 32) || code === 92) return -1;
    }
    end++;
  } else if (text.startsWith('true', from)) end = from + 4;
  else if (text.startsWith('false', from)) end = from + 5;
  else {
    while (text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
    const digits = end - from;
    if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && text.charCodeAt(from) === 48)) return -1;
  }
  const code = text.charCodeAt(end);
  return code === COMMA || code === BRACE ? end : -1;
}
