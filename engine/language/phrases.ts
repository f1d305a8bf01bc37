import { type Cursor, isWord, peek } from './cursor.ts';
import { corrected, fail } from './failure.ts';
import type { Otherwise } from './otherwise.ts';
import { seriesPhraseAt } from './series-phrases.ts';
import { findSymbol } from './symbol-reader.ts';
import type { Token } from './tokens.ts';

const COUNTS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const CANDLES =
  /(?:(\d{1,3}|[a-z]+)\s+)?(?:(?:consecutive|straight)\s+)?(red|green|bearish|bullish)\s+(?:candles?|candlesticks?|bars?|closes?)(?:\s+in\s+a\s+row)?(?![\p{L}\p{N}_])/iuy;

/** What traders say in several words. */
const SAID: readonly (readonly [pattern: RegExp, meant: readonly string[]])[] = [
  [/(?:hits\s+)?(?:a\s+)?(?:new\s+)?(?:ath|all[\s-]time\s+high)\b/iuy, ['price > highest(365)@1d[1]']],
  [/(?:hits\s+)?(?:a\s+)?(?:new\s+)?(?:atl|all[\s-]time\s+low)\b/iuy, ['price < lowest(365)@1d[1]']],
  [/(?:breaks?\s*out|breakout)\b/iuy, ['price > highest(20)@1d[1]', 'price > highest(24)@1h[1]']],
  [/(?:breaks?\s*down|breakdown)\b/iuy, ['price < lowest(20)@1d[1]', 'price < lowest(24)@1h[1]']],
  [/golden\s+cross\b/iuy, ['ema(50) crosses above ema(200) on close']],
  [/death\s+cross\b/iuy, ['ema(50) crosses below ema(200) on close']],
  [/(?:makes\s+)?(?:a\s+)?new\s+highs?\b/iuy, ['price > highest(24)@1h[1]', 'price > highest(20)@1d[1]']],
  [/(?:makes\s+)?(?:a\s+)?new\s+lows?\b/iuy, ['price < lowest(24)@1h[1]', 'price < lowest(20)@1d[1]']],
];
const SPIKE = /(?:spikes?|surges?|explodes)\b/iuy;
const BETTER: ReadonlySet<string> = new Set(['beats', 'outperforms', 'leads', 'outpaces']);
const WORSE: ReadonlySet<string> = new Set(['underperforms', 'lags', 'trails']);

/** What the phrase at the cursor means; undefined where none is known. */
export function phraseAt(cursor: Cursor): Otherwise | undefined {
  return candles(cursor) ?? race(cursor) ?? spike(cursor) ?? seriesPhraseAt(cursor) ?? said(cursor);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const countOf = (written: string): number =>
  /^\d+$/.test(written) ? Number(written) : COUNTS.indexOf(written.toLowerCase()) + 1;

/** `5 red candles`: closes that fell one after another, or bars that closed below their open. */
function candles(cursor: Cursor): Otherwise | undefined {
  const before: Token | undefined = cursor.tokens[cursor.at - 1];
  const isCounted = before !== undefined && countOf(before.text) > 0;
  const start = (isCounted ? before : peek(cursor)).span[0];
  const match = matchAt(CANDLES, cursor.text, start);
  const count = match === null ? 0 : match[1] === undefined ? 1 : countOf(match[1]);
  if (match === null || count === 0) return undefined;
  const isRed = /red|bearish/i.test(match[2]!);
  const meant = [
    isRed ? `streak <= -${count} on close` : `streak >= ${count} on close`,
    `barssince(close ${isRed ? '>=' : '<='} open) >= ${count} on close`,
  ];
  return { ...named(cursor, start, meant), span: [start, start + match[0].length] };
}

/** A phrase that no symbol stands before is shown with one. */
function named({ text, scope }: Cursor, start: number, meant: readonly string[]): Pick<Otherwise, 'meant' | 'also'> {
  const prefix = text.slice(0, start).trim() === '' && scope.resolve('btc') !== undefined ? 'btc ' : '';
  const [first, ...also] = meant.map((each) => prefix + each);
  return { meant: first!, also };
}

/** `eth beats btc`. */
function race(cursor: Cursor): Otherwise | undefined {
  const { text, span } = peek(cursor);
  if (!BETTER.has(text) && !WORSE.has(text)) return undefined;
  const rival = findSymbol({ ...cursor, at: cursor.at + 1 });
  if (rival === undefined) return undefined;
  const name = cursor.text.slice(...rival.span);
  const sign = BETTER.has(text) ? '>' : '<';
  const meant = ['1d', '1h'].map((length) => `change(${length}) ${sign} ${name}.change(${length})`);
  return { meant: meant[0]!, also: meant.slice(1), span: [span[0], rival.span[1]] };
}

/** `volume spike`. */
function spike(cursor: Cursor): Otherwise | undefined {
  const [start] = peek(cursor).span;
  const match = cursor.tokens[cursor.at - 1]?.text === 'volume' ? matchAt(SPIKE, cursor.text, start) : null;
  return match === null ? undefined : { meant: '> 3*sma(volume, 20)', span: [start, start + match[0].length] };
}

function said(cursor: Cursor): Otherwise | undefined {
  const [start] = peek(cursor).span;
  for (const [pattern, meant] of SAID) {
    const match = matchAt(pattern, cursor.text, start);
    const before = cursor.tokens[cursor.at - 1];
    // `price breaks out`: each of them names the price itself.
    const from = before !== undefined && isWord(before, 'price') ? before.span[0] : start;
    if (match !== null) return { ...named(cursor, from, meant), span: [from, start + match[0].length] };
  }
  return undefined;
}

const CLOCK =
  /(?<=\s)(?:every\s+[a-z]+\s+)?(?:at|@)\s*(?:\d{1,2}:\d{2}(?:\s*[ap]m)?|\d{1,2}\s*[ap]m|noon|midnight)(?![\p{L}\p{N}_])/iu;
const COMPARED = /[<>≥≤]|\b(?:above|below|cross\w*|rises?|falls?|enters?|leaves?|inside|outside)\b/iu;

/** `btc at 9am`. @throws UserError where a rule is to look at the clock */
export function refuseClock(text: string): void {
  const match = CLOCK.exec(text);
  if (match === null) return;
  const before = text.slice(0, match.index);
  // A message may speak of the time, and `until` does.
  if (/["“„']/u.test(before) || /\buntil\b/iu.test(before)) return;
  const span = [match.index, match.index + match[0].length] as const;
  const isRule = COMPARED.test(before);
  const moves = ['+2% 1d', '-2% 1d'];
  fail('unexpected', 'I watch the market, not the clock', span, {
    hint: isRule ? 'leave the time out' : 'the nearest is a move within a time, such as +2% 1d',
    suggestions: (isRule ? [''] : moves).map((each) => corrected(text, span, each).trim().replace(/\s+/g, ' ')),
  });
}
