import { UserError } from '../engine/errors.ts';
import { parseInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { resolveSymbol } from './known-symbols.ts';
import type { ArgumentSpec } from './service.ts';
import { type PlacedWord, requireInstrument, splitPlaced } from './symbol-argument.ts';

export interface DeskArguments {
  /** Instruments in the order in which they were typed, each once. */
  readonly instruments: readonly string[];
  /** How many symbols were typed, the same one twice counted twice. */
  readonly typed: number;
  /** In ms. */
  readonly interval: number;
  readonly bars: number;
}

/** How many bars are looked at where none are named, and within which limits. */
export interface DeskLimits {
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  /** In ms, where none is named; that of the chat if absent. */
  readonly interval?: number;
}

/**
 * Symbols, an interval and a number of bars in any order: `btc eth 5m 500`, `btc/eth 1h`.
 * @throws UserError for what is none of these
 */
export function deskArguments(
  context: CommandContext,
  text: string,
  { usual, least, most, interval: preferred }: DeskLimits,
  symbols = Number.POSITIVE_INFINITY,
): DeskArguments {
  let interval: number | undefined;
  let bars: number | undefined;
  const instruments: string[] = [];
  for (const placed of splitPlaced(text).flatMap(legsTyped)) {
    const { word, at } = placed;
    const length = parseInterval(word);
    if (/^\d+$/.test(word)) bars = barCount(placed, least, most);
    else if (length !== undefined) interval = length;
    else if (instruments.length >= symbols && resolveSymbol(context, word) === undefined) failWord(placed);
    else instruments.push(requireInstrument(context, word, text, at).instrument);
  }
  return {
    instruments: [...new Set(instruments)],
    typed: instruments.length,
    interval: interval ?? preferred ?? context.chat.interval,
    bars: bars ?? usual,
  };
}

/** @throws UserError for more or fewer than can be looked at */
function barCount({ word, at }: PlacedWord, least: number, most: number): number {
  const bars = Number(word);
  if (bars >= least && bars <= most) return bars;
  throw new UserError('bar-count', `${quoted(word)} bars are too ${bars < least ? 'few' : 'many'}.`, {
    hint: `From ${least} to ${most}.`,
    span: [at, at + word.length],
  });
}

/** @throws UserError for a word where all symbols are named already */
function failWord({ word, at }: PlacedWord): never {
  throw new UserError('word-unknown', `${quoted(word)} is no interval, and no number of bars.`, {
    hint: 'An interval is such as 5m, 1h or 1d; bars are a number such as 200.',
    span: [at, at + word.length],
  });
}

/** The same of one symbol. @throws UserError with the hint where none was named, or several were, too */
export function oneSymbol(
  context: CommandContext,
  text: string,
  limits: DeskLimits,
  hint: string,
): Omit<DeskArguments, 'instruments' | 'typed'> & { readonly instrument: string } {
  const { instruments, ...rest } = deskArguments(context, text, limits, 1);
  if (instruments.length === 1) return { instrument: instruments[0], ...rest };
  const how = instruments.length === 0 ? 'Which symbol?' : `This is of one symbol, not of ${instruments.length}.`;
  throw new UserError('one-symbol', how, { hint });
}

export const SYMBOL_ARG: ArgumentSpec = {
  name: 'symbol',
  kind: 'symbol',
  description: 'A symbol, e.g. btcusdt',
  required: true,
};

export const SYMBOLS_ARG: ArgumentSpec = {
  name: 'symbols',
  kind: 'text',
  description: 'Symbols, e.g. btc eth sol; else what is watched',
  required: false,
};

export const intervalArg = (example: string): ArgumentSpec => ({
  ...{ name: 'interval', kind: 'interval', description: `Length of a bar, e.g. ${example}`, required: false },
});

export const barsArg = (example: number): ArgumentSpec => ({
  ...{ name: 'bars', kind: 'text', description: `How many bars, e.g. ${example}`, required: false },
});

/** `btc/eth` is two symbols; `BTC/USDT` is found as one by whoever looks it up. */
function legsTyped(placed: PlacedWord): readonly PlacedWord[] {
  const [first, second, ...more] = placed.word.split('/');
  if (second === undefined || more.length > 0 || /^(?:usdt?|usdc|eur|gbp)$/i.test(second)) return [placed];
  return [
    { word: first, at: placed.at },
    { word: second, at: placed.at + first.length + 1 },
  ];
}
