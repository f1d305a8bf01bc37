import type { Trade } from '../engine/market/events.ts';
import { decimal, isInteger } from './number-text.ts';

const HEAD = '{"topic":"publicTrade.';
/** What stands between the topic and the trades: the two routes differ in its order. */
const TIME_FIRST = '","ts":';
const TYPE_FIRST = '","type":"snapshot","ts":';
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;
/** Integers up to here are exact. */
const MAX_MS = Number.MAX_SAFE_INTEGER;

// Hot path: one pass, no regular expressions, no objects but the trades. At the first surprise it gives up.
/**
 * The trades of a `publicTrade` frame, block trades left out, in its order; undefined for everything else, also for a frame that is not
 * exactly as documented: `JSON.parse` has to read that. The keys of a trade may come in any order.
 *
 * @param instrumentOf of a symbol as the venue writes it
 */
export function scanTrades(text: string, instrumentOf: (wire: string) => string | undefined): Trade[] | undefined {
  if (!text.startsWith(HEAD)) return undefined;
  const end = text.indexOf('"', HEAD.length);
  const wire = text.slice(HEAD.length, end);
  const instrument = instrumentOf(wire);
  let at = end < 0 || instrument === undefined ? -1 : startOfTrades(text, end);
  if (at < 0 || instrument === undefined) return undefined;
  const trades: Trade[] = [];
  const scan: Scan = { text, wire, instrument, trades };
  for (;;) {
    at = scanTrade(scan, at);
    if (at < 0) return undefined;
    if (text.charCodeAt(at) !== COMMA) break;
    at++;
  }
  return text.startsWith(']}', at) && text.length === at + 2 ? trades : undefined;
}

/** Where the first trade begins; -1 where something else stands there. */
function startOfTrades(text: string, at: number): number {
  const isTypeFirst = text.startsWith(TYPE_FIRST, at);
  if (!isTypeFirst && !text.startsWith(TIME_FIRST, at)) return -1;
  const from = at + (isTypeFirst ? TYPE_FIRST : TIME_FIRST).length;
  const end = text.indexOf(',', from);
  if (!isInteger(text, from, end)) return -1;
  const rest = isTypeFirst ? ',"data":[' : ',"type":"snapshot","data":[';
  return text.startsWith(rest, end) ? end + rest.length : -1;
}

interface Scan {
  readonly text: string;
  readonly wire: string;
  readonly instrument: string;
  readonly trades: Trade[];
}

/** Reads the trade that begins at `at`; returns where it ends, or -1. */
function scanTrade({ text, wire, instrument, trades }: Scan, at: number): number {
  if (text.charCodeAt(at) !== OPEN) return -1;
  let ts = Number.NaN;
  let price = Number.NaN;
  let size = Number.NaN;
  let side: 'buy' | 'sell' | undefined;
  let id = '';
  let isBlock = false;
  let hasSymbol = false;
  let end = at;
  do {
    // The key stands between `key` and `from`, less its quote and colon.
    const key = end + 2;
    if (text.charCodeAt(end + 1) !== QUOTE) return -1;
    const from = keyEnd(text, key) + 2;
    end = valueEnd(text, from);
    if (end < 0 || text.charCodeAt(from - 1) !== COLON) return -1;
    const isText = text.charCodeAt(from) === QUOTE;
    const letter = from - key === 3 ? text.charCodeAt(key) : 0;
    if (letter === 84 && !isText) ts = decimal(text, from, end);
    else if (letter === 112 && isText) price = decimal(text, from + 1, end - 1);
    else if (letter === 118 && isText) size = decimal(text, from + 1, end - 1);
    else if (letter === 105 && isText) id = text.slice(from + 1, end - 1);
    else if (letter === 83) side = sideAt(text, from);
    else if (letter === 115) hasSymbol = end - from === wire.length + 2 && text.startsWith(wire, from + 1);
    else if (letter === 76 || text.startsWith('seq":', key) || text.startsWith('RPI":', key)) continue;
    else if (text.startsWith('BT":true', key)) isBlock = true;
    else if (text.startsWith('BT":false', key)) isBlock = false;
    else return -1;
  } while (text.charCodeAt(end) === COMMA);
  // Comparisons that NaN fails.
  if (!(ts > 0 && ts <= MAX_MS && price > 0 && size > 0 && price < Infinity && size < Infinity)) return -1;
  if (side === undefined || id === '' || !hasSymbol) return -1;
  if (!isBlock) trades.push({ type: 'trade', instrument, ts, price, size, side, id });
  return end + 1;
}

function keyEnd(text: string, from: number): number {
  let end = from;
  while (isLetter(text.charCodeAt(end))) end++;
  return text.charCodeAt(end) === QUOTE ? end : -2;
}

function sideAt(text: string, at: number): 'buy' | 'sell' | undefined {
  if (text.startsWith('"Buy"', at)) return 'buy';
  return text.startsWith('"Sell"', at) ? 'sell' : undefined;
}

/** Where the plain string, integer, true or false that begins at `from` ends, a comma or a brace coming next; else -1. */
function valueEnd(text: string, from: number): number {
  let end = from;
  const first = text.charCodeAt(from);
  if (first === QUOTE) {
    do end++;
    while (isWord(text.charCodeAt(end)));
    if (text.charCodeAt(end) !== QUOTE) return -1;
    end++;
  } else if (first >= 48 && first <= 57) {
    while (isDigit(text.charCodeAt(end))) end++;
    if (first === 48 && end > from + 1) return -1;
  } else if (text.startsWith('true', from)) end += 4;
  else if (text.startsWith('false', from)) end += 5;
  else return -1;
  const next = text.charCodeAt(end);
  return next === COMMA || next === CLOSE ? end : -1;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90);

/** A letter, a digit, a point, a dash or an underscore: what needs no escape. */
const isWord = (code: number): boolean => isDigit(code) || isLetter(code) || code === 45 || code === 46 || code === 95;
