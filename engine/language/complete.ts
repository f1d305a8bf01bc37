import { UserError } from '../errors.ts';
import { lookup } from '../series/catalog.ts';
import { completeListing, listingWord } from './complete-listing.ts';
import { type Offer, PLACEHOLDER_OFFERS } from './completion-lists.ts';
import { type CompletionSources, offersAt, type Place } from './completion-offers.ts';
import { endings, openLevels } from './completion-place.ts';
import { createCursor, peek } from './cursor.ts';
import { readHeader } from './header.ts';
import { nearest } from './nearest.ts';
import { parseRule } from './parse.ts';
import type { Scope } from './scope.ts';
import { isFreeName } from './symbol-reader.ts';
import { readTokens, type Token } from './tokens.ts';
import { KEYWORDS } from './words.ts';

export type { CompletionSources } from './completion-offers.ts';

/** `text` in place of what stands between `from` and `to`. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** What is shown: `bb(length=20, k=2)`. */
  readonly label: string;
  /** One line on it. */
  readonly summary: string;
}

const MOST = 25;
/** Offers that are tried at most: each costs some ten microseconds. */
const MOST_TRIED = 150;
const LONGEST_TEXT = 1000;
/** Stands for the symbol that is still to come. */
const ANY = 'any:symbol';

const QUALIFIED = /\p{L}[\p{L}\p{N}_-]*:[\p{L}\p{N}_:]*$/u;
const JOINED = /^\s*[\p{L}\p{N}]+[/-][\p{L}\p{N}]*$/u;
const NUMBER = /(?:^|[^\p{L}\p{N}_.,])\$?(?:\d[\d.,_]*|\.\d+)[kmbt%]?$/iu;
const WORD = /[\p{L}\p{N}_]+$/u;
const WORD_BEHIND = /^[\p{L}\p{N}_]+/u;

/**
 * What may come next in a rule, best first, at most 25: names, parameters, fields, intervals, symbols, operators and modes. Every
 * one leads to a text that is a rule or begins one. Never throws.
 * @param cursor place in `text`; a word that it stands in is replaced as a whole
 */
export function complete(
  text: string,
  cursor: number,
  scope: Scope,
  sources: CompletionSources = {},
): readonly Completion[] {
  const before = text.slice(0, cursor);
  if (before.length > LONGEST_TEXT) return [];
  const listing = completeListing(before, scope, sources);
  if (listing !== undefined) return listing;
  const wordFrom = wordStart(before);
  const rest = wordFrom < cursor ? (WORD_BEHIND.exec(text.slice(cursor))?.[0].length ?? 0) : 0;
  const to = cursor + rest;
  const begun = completeWord(before, wordFrom, scope, sources).map((each) => ({ ...each, to }));
  const isWhole = rest === 0 && isComplete(before, wordFrom, scope);
  const further = isWhole ? completeWord(before, cursor, scope, sources) : [];
  // Behind a word that is whole what goes on matters more than longer words.
  const words = isWhole ? [...begun.slice(0, 6), ...further, ...begun.slice(6)] : begun;
  const word = scope.venues === undefined ? undefined : listingWord(before);
  const all = word === undefined ? words : [...words.slice(0, 3), word, ...words.slice(3)];
  const written = (each: Completion): string => before.slice(0, each.from) + each.text;
  return all
    .filter((each, at) => all.findIndex((other) => written(other) === written(each)) === at)
    .filter((each) => written(each) !== before)
    .slice(0, MOST);
}

function wordStart(before: string): number {
  const found = QUALIFIED.exec(before) ?? JOINED.exec(before) ?? WORD.exec(before);
  if (found === null) return before.length;
  return found.index + (found[0].length - found[0].trimStart().length);
}

/** Whether the last word needs no more letters. */
function isComplete(before: string, from: number, scope: Scope): boolean {
  const word = before.slice(from).toLowerCase();
  if (word === '') return false;
  if (NUMBER.test(before)) return true;
  if (lookup(word) !== undefined || KEYWORDS.has(word) || scope.facts?.has(word) === true) return true;
  const isField = before[from - 1] === '.';
  return isField || /^\d+(?:s|m|h|d|w)$/.test(word) || scope.resolve(word) !== undefined;
}

function completeWord(before: string, from: number, scope: Scope, sources: CompletionSources): readonly Completion[] {
  const typed = before.slice(from).toLowerCase();
  const head = before.slice(0, from);
  const found = placeAt(head, typed, scope);
  if (found === undefined) return [];
  const offers = found === 'message' ? PLACEHOLDER_OFFERS : offersAt(found, sources, scope.now);
  const gap = found === 'message' || !found.isGlued || typed !== '' || head === '' ? '' : blankBehind(head);
  const fitting: Completion[] = [];
  const tried = new Set<string>();
  for (const { text, label, summary, isGlued } of matching(offers, typed)) {
    const written = isGlued ? text : gap + text;
    if (tried.has(written)) continue;
    tried.add(written);
    if (beginsRule(head + written, scope)) fitting.push({ from, to: before.length, text: written, label, summary });
    if (fitting.length === MOST || tried.size === MOST_TRIED) break;
  }
  return fitting;
}

/** Behind an opening bracket, a dot or an `@` no blank is written. */
const blankBehind = (head: string): string => (/[([.@:]$/.test(head) ? '' : ' ');

function placeAt(head: string, typed: string, scope: Scope): Place | 'message' | undefined {
  const tokens = tokensOf(head);
  if (tokens === undefined) return /["“„'][^"]*\{[^{}]*$/.test(head) ? 'message' : undefined;
  const isGlued = head !== '' && !/\s$/.test(head);
  const isNamed = scope.instrument !== undefined || tokens.some(isFreeName);
  return { tokens, isHeader: isHeader(head, tokens, scope), isNamed, isGlued, typed };
}

/** Undefined where a text cannot be cut into tokens. */
function tokensOf(text: string): readonly Token[] | undefined {
  return attempt(() => readTokens(text).slice(0, -1));
}

function isHeader(head: string, tokens: readonly Token[], scope: Scope): boolean {
  if (tokens.length === 0 || tokens.length > 8) return false;
  const cursor = attempt(() => createCursor(head, scope));
  if (cursor === undefined) return false;
  attempt(() => readHeader(cursor, true));
  return peek(cursor).kind === 'end';
}

/** Whether something could follow that makes a rule of the text. */
function beginsRule(text: string, scope: Scope): boolean {
  const tokens = tokensOf(text);
  if (tokens === undefined) {
    // Within a message: its end is still to come.
    return ['"', '”', "'"].some((quote) => {
      const closed = tokensOf(text + quote);
      return closed?.[closed.length - 1]?.kind === 'string' && isRule(text + quote, scope);
    });
  }
  // Within brackets the first symbol may still be named: `z(btcusdt/ethusdt, 60)`.
  const isOpen = openLevels(tokens).length > 1;
  const some = isOpen && scope.instrument === undefined ? { ...scope, instrument: ANY } : scope;
  return endings(tokens).some((end) => isRule(text + end, some));
}

function isRule(text: string, scope: Scope): boolean {
  return attempt(() => parseRule(text, scope)) !== undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The offers that the typed letters may mean, best first. */
function matching(offers: readonly Offer[], typed: string): readonly Offer[] {
  if (typed === '') return offers.filter((each) => each.onlyTyped !== true);
  const rated = offers.map((each, order) => ({ each, order, rank: rankOf(each, typed) }));
  const found = rated.filter(({ rank }) => rank < Number.POSITIVE_INFINITY);
  if (found.length > 0) return found.sort((a, b) => a.rank - b.rank || a.order - b.order).map(({ each }) => each);
  const names = new Map(offers.map((each) => [each.text, each]));
  return nearest(typed, names.keys()).map((name) => names.get(name)!);
}

function rankOf({ text, names = [], summary }: Offer, typed: string): number {
  const all = [text.toLowerCase().trim(), ...names];
  if (all[0] === typed) return 0;
  if (all[0].startsWith(typed)) return 1;
  if (all.some((name) => name.startsWith(typed))) return 2;
  if (typed.length < 2 || /^\d/.test(typed) || /[ [(]$/.test(text)) return Number.POSITIVE_INFINITY;
  if (all.some((name) => name.includes(typed))) return 3;
  const words = summary.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return typed.length > 2 && words.some((word) => word.startsWith(typed)) ? 4 : Number.POSITIVE_INFINITY;
}
