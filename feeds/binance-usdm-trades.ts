import type { Trade } from '../engine/market/events.ts';
import { createNames } from './names.ts';
import { decimal, isInteger } from './number-text.ts';

/** `btcusdt` -> the strings that every event of it shares. */
export const names = createNames('binance-usdm', (symbol) => symbol.toUpperCase());

const HEAD = '{"stream":"';
const TOPIC = '@aggTrade","data":{';
const QUOTE = 34;
const COMMA = 44;
const BRACE = 125;

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
  let [price, size, ts] = [Number.NaN, Number.NaN, Number.NaN];
  let [id, maker, isTrade, isNamed] = ['', '', false, false];
  for (;;) {
    const colon = text.indexOf(':', at);
    const from = colon + 1;
    const end = valueEnd(text, from);
    if (colon - at < 3 || end < 0 || !isKey(text, at, colon)) return undefined;
    const isText = text.charCodeAt(from) === QUOTE;
    const key = colon - at === 3 ? text[at + 1] : text.slice(at + 1, colon - 1);
    if (key === 'p' || key === 'q') {
      const value = isText ? decimal(text, from + 1, end - 1) : Number.NaN;
      if (!(value > 0)) return undefined;
      if (key === 'p') price = value;
      else size = value;
    } else if (key === 'a' || key === 'T') {
      if (!isInteger(text, from, end)) return undefined;
      if (key === 'T') ts = decimal(text, from, end);
      else id = text.slice(from, end);
    } else if (key === 'm') maker = text.slice(from, end);
    else if (key === 's')
      isNamed = isText && end - from - 2 === name.wire.length && text.startsWith(name.wire, from + 1);
    else if (key === 'e') isTrade = text.startsWith('"aggTrade"', from);
    else if (key === 'st' && !(end - from === 1 && text[from] === '1')) return undefined;
    if (text.charCodeAt(end) === BRACE) {
      at = end;
      break;
    }
    at = end + 1;
  }
  if (text.length !== at + 2 || text.charCodeAt(at + 1) !== BRACE) return undefined;
  if (!isTrade || !isNamed || id === '' || !(ts > 0 && price > 0 && size > 0)) return undefined;
  if (maker !== 'true' && maker !== 'false') return undefined;
  const side = maker === 'true' ? 'sell' : 'buy';
  return { type: 'trade', instrument: name.instrument, ts, price, size, side, id };
}

/** Whether `[from, to)` is a key of letters in quotes. */
function isKey(text: string, from: number, to: number): boolean {
  if (text.charCodeAt(from) !== QUOTE || text.charCodeAt(to - 1) !== QUOTE) return false;
  for (let i = from + 1; i < to - 1; i++) {
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
    if (!isInteger(text, from, end)) return -1;
  }
  const code = text.charCodeAt(end);
  return code === COMMA || code === BRACE ? end : -1;
}
