import { UserError } from '../engine/errors.ts';
import { TEMPLATES } from '../engine/strategies/templates.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { resolveSymbol } from './known-symbols.ts';
import { failName, templateOf } from './strategy-find.ts';

/** A number, alone or with letters behind it: what can only be meant as a length of time, where it is no symbol. */
const LIKE_LENGTH = /^\d+(?:[.,]\d+)?[a-z]*$/i;
const LIKE_RANGE = /^-?[\d.%]*\.\.-?[\d.%]*$/;
const QUOTES = /["'“„]/;

interface Asking {
  readonly command: string;
  readonly hasRanges: boolean;
}

/** A parameter's value as one would type it. */
const exampleOf = (name: string, { hasRanges }: Asking): string =>
  hasRanges ? `For example ${name}=10 or ${name}=5..30` : `For example ${name}=10`;

/** @throws UserError for what stands behind `name=` and is no number */
export function failValue(name: string, value: string, asking: Asking, span: readonly [number, number]): never {
  const what = value === '' ? `The value of \`${name}\` is missing.` : `${quoted(value)} is no number for \`${name}\`.`;
  throw new UserError('backtest-value', what, { hint: exampleOf(name, asking), span });
}

/** Refuses a word that is meant as something else than a symbol, with what it is meant as. */
export function refuseNoSymbol(
  context: CommandContext,
  word: string,
  asking: Asking,
  span: readonly [number, number],
): void {
  if (resolveSymbol(context, word) !== undefined) return;
  if (LIKE_RANGE.test(word)) {
    const hint = asking.hasRanges ? `Write it as fast=${word}` : '/optimize looks in ranges, written as fast=5..30';
    throw new UserError('backtest-range', `${quoted(word)} names no parameter.`, { hint, span });
  }
  if (LIKE_LENGTH.test(word)) {
    throw new UserError('backtest-length', `${quoted(word)} is no length of time.`, {
      hint: 'An interval and a period are written with m, h, d or w, for example 1h 90d',
      span,
    });
  }
  if (templateOf(word.toLowerCase()) !== undefined) {
    throw new UserError('backtest-strategies', `${quoted(word)} is a strategy too, and one is tried at a time.`, {
      hint: `For example /${asking.command} ${word.toLowerCase()} btc 1h 90d`,
      span,
    });
  }
}

/**
 * Refuses a text in which the strategy, or rules in quotes, stand behind something else.
 * @param name the first word
 */
export async function requireStrategyFirst(
  context: CommandContext,
  text: string,
  name: string,
  { command }: Asking,
): Promise<void> {
  const stored = await context.strategies.list(context.chatKey);
  const names = new Set([...stored, ...TEMPLATES].map((each) => each.name));
  if (names.has(name.toLowerCase())) return;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    if (!names.has(word.toLowerCase())) {
      if (!QUOTES.test(word.charAt(0))) continue;
      throw new UserError('strategy-first', 'The rules in quotes come first, then the symbols.', {
        hint: `For example /${command} "long when … exit when …" btc 1h 90d`,
        span: [index, index + word.length],
      });
    }
    const others = `${text.slice(0, index)} ${text.slice(index + word.length)}`.trim().replace(/\s+/g, ' ');
    const right = `${word} ${others}`;
    throw new UserError('strategy-first', `The strategy comes first, then the symbols.`, {
      hint: `Write /${command} ${right}`,
      span: [index, index + word.length],
      suggestions: [right],
    });
  }
  if (resolveSymbol(context, name) === undefined) return;
  // Symbols alone: what else there is may be meant as the strategy.
  const meant = [...text.matchAll(/\S+/g)].find(({ 0: word }) => isLikeName(context, word));
  if (meant !== undefined) return await failName(context, meant[0], meant.index);
  throw new UserError('strategy-missing', `${quoted(name)} is a symbol. Which strategy shall I try?`, {
    hint: `For example /${command} ma-cross ${text.trim().replace(/\s+/g, ' ')}`,
    suggestions: [`ma-cross ${text.trim()}`],
  });
}

/** Whether a word can be the name of a strategy, and nothing else that stands behind one. */
const isLikeName = (context: CommandContext, word: string): boolean =>
  /^[a-z][a-z0-9_-]*$/i.test(word) && word.toLowerCase() !== 'vs' && resolveSymbol(context, word) === undefined;
