import { DAY } from '../market/interval.ts';
import { lookup } from '../series/catalog.ts';
import type { CatalogEntry, Param } from '../series/catalog-entry.ts';
import { utcParts } from './calendar.ts';
import {
  CALLS,
  COMPARISONS,
  DAYS,
  DIRECTIONS,
  DURATIONS,
  defaultText,
  EXAMPLES,
  INTERVALS,
  JOINS,
  MATH_OFFERS,
  MODES,
  MOVES,
  NOT,
  type Offer,
  offer,
  SERIES,
  SUMS,
  signatureOf,
} from './completion-lists.ts';
import {
  entryBefore,
  holdsCondition,
  isFieldBehind,
  type Level,
  openLevels,
  wantsOperand,
} from './completion-place.ts';
import { isOp } from './cursor.ts';
import { plainNumber } from './numbers.ts';
import type { Token } from './tokens.ts';
import { CROSS_WORDS, isComparing, MOVE_WORDS, RANGE_WORDS } from './words.ts';

/** What only the chat knows. */
export interface CompletionSources {
  /** Symbols that may be meant, best first. */
  symbols?(typed: string): readonly { readonly text: string; readonly summary: string }[];
  /** Names that were defined in the chat. */
  readonly defined?: readonly { readonly name: string; readonly summary: string }[];
  /** Currencies in which a venue quotes its markets, the commonest first. */
  quotes?(venue: string): readonly string[];
}

/** A place in a text: what stands before it, in tokens. */
export interface Place {
  readonly tokens: readonly Token[];
  /** Whether nothing but a symbol or an interval stands before it. */
  readonly isHeader: boolean;
  /** Whether a symbol stands before it, or none is needed. */
  readonly isNamed: boolean;
  /** Whether no blank stands before it. */
  readonly isGlued: boolean;
  readonly typed: string;
}

/** Everything that may stand at a place, likeliest first; some of it may turn out not to fit. */
export function offersAt(place: Place, sources: CompletionSources, now: number): readonly Offer[] {
  const { tokens, isHeader, typed } = place;
  const last = tokens[tokens.length - 1];
  const before = tokens[tokens.length - 2];
  const levels = openLevels(tokens);
  const level = levels[levels.length - 1];
  if (last === undefined) return [...symbolOffers(sources, typed, 25), ...INTERVALS, ...CALLS, ...MATH_OFFERS];
  if (isOp(last, '.')) return behindDot(tokens.slice(0, -1));
  if (isOp(last, '@')) return INTERVALS;
  if (isOp(last, '[') && level.kind === 'lag') return [offer('1]', 'a bar earlier'), offer('2]', 'two bars earlier')];
  if (last.kind === 'word' && !isFieldBehind(before)) {
    const following = behindWord(last.text, before, now);
    if (following !== undefined) {
      return CROSS_WORDS.has(last.text) ? [...following, ...operands(place, sources, level)] : following;
    }
  }
  if (wantsOperand(last, before)) return operands(place, sources, level);
  if (isHeader) return headerOffers(place, sources, level);
  return behindValue(place, levels);
}

function symbolOffers(sources: CompletionSources, typed: string, most: number): readonly Offer[] {
  const found = sources.symbols?.(typed) ?? [];
  return found.slice(0, most).map(({ text, summary }) => offer(text, summary, { names: [typed] }));
}

function behindDot(tokens: readonly Token[]): readonly Offer[] {
  const entry = entryBefore(tokens);
  if (entry === undefined) return SERIES;
  return entry.fields.map((field) => offer(field, `of ${entry.name}: ${entry.summary}`));
}

function behindWord(word: string, before: Token | undefined, now: number): readonly Offer[] | undefined {
  if (CROSS_WORDS.has(word)) return DIRECTIONS;
  if (RANGE_WORDS.has(word)) return [offer('[', 'a range: [60k, 70k]', { label: '[ , ]' })];
  if (MOVE_WORDS.has(word) || word === 'by') return MOVES;
  switch (word) {
    case 'every':
    case 'in':
      return DURATIONS;
    case 'for':
      return [...DURATIONS, offer('the next ', 'ends by itself: for the next 7d')];
    case 'the':
      return [offer('next ', 'ends by itself: for the next 7d')];
    case 'next':
      return DAYS;
    case 'late':
      return [offer('within ', 'how late it may still be told by itself: late within 2h')];
    case 'within':
      return DURATIONS;
    case 'on':
      return [offer('close', 'looked at when a bar closes')];
    case 'is':
      return [offer('above ', 'is above'), offer('below ', 'is below'), ...COMPARISONS];
    case 'until':
      return Number.isFinite(now) ? [1, 7, 30].map((days) => offer(utcParts(now + days * DAY)[0], 'a day')) : [];
    case 'close':
      // `on close` is a mode and no series.
      return before?.kind === 'word' && before.text === 'on' ? MODES : undefined;
    case 'once':
    case 'silent':
      return MODES;
    default:
      return undefined;
  }
}

function operands(place: Place, sources: CompletionSources, level: Level): readonly Offer[] {
  const defined = (sources.defined ?? []).map(({ name, summary }) => offer(name, summary));
  const entry = level.kind === 'call' ? lookup(level.name!) : undefined;
  const params = entry === undefined ? [] : paramOffers(entry, level.numbers);
  const mayCompare = level.kind === 'top' || level.kind === 'group' || holdsCondition(level);
  const isClauseStart = !level.isCompared && mayCompare;
  const symbols = symbolOffers(sources, place.typed, place.typed === '' && place.isNamed ? 3 : 10);
  return [
    ...(place.isNamed ? [] : symbols),
    ...params,
    ...usualLevels(place.tokens),
    ...defined,
    ...SERIES,
    ...(isClauseStart ? [...EXAMPLES, NOT] : []),
    ...MATH_OFFERS,
    ...symbols,
  ];
}

function paramOffers(entry: CatalogEntry, at: number): readonly Offer[] {
  const offers: Offer[] = [];
  const param = entry.params[at];
  if (param !== undefined) {
    const label = `${param.name} = ${defaultText(param)}`;
    offers.push(offer(defaultText(param), rangeText(param), { label, names: [param.name] }));
  }
  if (param?.kind === 'span') offers.push(...DURATIONS);
  const named = entry.params.map((each) =>
    offer(`${each.name}=${defaultText(each)}`, rangeText(each), { onlyTyped: at === 0 && each === param }),
  );
  return [...offers, ...named];
}

function rangeText({ kind, min, max }: Param): string {
  const range = `${plainNumber(min)} to ${plainNumber(max)}`;
  return kind === 'bars' ? `${range} bars` : kind === 'span' ? `${range} bars, or a length of time` : range;
}

/** Levels that a comparison of the series before it is mostly made with. */
function usualLevels(tokens: readonly Token[]): readonly Offer[] {
  const at = tokens.findLastIndex(isComparing);
  if (at < 0 || at < tokens.length - 2) return [];
  const levels = entryBefore(tokens.slice(0, at))?.levels ?? [];
  return levels.map((level) => offer(plainNumber(level), 'a usual level'));
}

function headerOffers(place: Place, sources: CompletionSources, level: Level): readonly Offer[] {
  const hasInterval = place.tokens.some((token) => token.kind === 'number');
  const named = operands(place, sources, level);
  const symbols = place.tokens.length === 1 && hasInterval ? symbolOffers(sources, place.typed, 10) : [];
  const series = place.typed === '' ? named.slice(0, 8) : named;
  const intervals = hasInterval ? [] : INTERVALS;
  const glued = place.isGlued ? [offer('.', 'a series of this symbol: .close', { isGlued: true })] : [];
  return [...symbols, ...series, ...COMPARISONS, ...intervals, ...SUMS, ...glued];
}

/** What goes on behind a complete value or condition. */
function behindValue({ tokens, isGlued }: Place, levels: readonly Level[]): readonly Offer[] {
  const last = tokens[tokens.length - 1];
  const level = levels[levels.length - 1];
  const attached = isGlued ? attachedOffers(tokens) : [];
  const closers = level.kind === 'top' ? [] : closingOffers(level);
  const isCondition = level.kind === 'top' || level.kind === 'group' || holdsCondition(level);
  const moved = last.percent ? [offer('in 1h', 'within an hour'), offer('in 1d', 'within a day')] : [];
  if (!isCondition) return [...closers, ...attached, ...SUMS];
  if (last.kind === 'string' || last.kind === 'date') return MODES;
  const modes = level.kind === 'top' ? MODES : [];
  const more = level.isCompared
    ? [...JOINS, ...modes, ...attached, ...SUMS, ...COMPARISONS]
    : [...attached, ...COMPARISONS, ...SUMS, ...JOINS, ...modes];
  return [...closers, ...moved, ...more];
}

const closingOffers = ({ kind }: Level): readonly Offer[] => {
  const closer = kind === 'range' || kind === 'lag' ? ']' : ')';
  const close = offer(closer, 'end of the brackets', { isGlued: true });
  const comma = offer(', ', 'one more', { label: ',', isGlued: true });
  return kind === 'call' || kind === 'range' ? [close, comma] : [close];
};

function attachedOffers(tokens: readonly Token[]): readonly Offer[] {
  const entry = entryBefore(tokens);
  if (entry === undefined) return [];
  const isBare = tokens[tokens.length - 1].kind === 'word';
  const offers: Offer[] = [];
  if (isBare && entry.params.length > 0) {
    const all = `(${entry.params.map(defaultText).join(', ')})`;
    offers.push(offer(all, 'its parameters', { label: signatureOf(entry), isGlued: true }));
  }
  const fields = entry.fields.map((field) => offer(`.${field}`, `of ${entry.name}`, { isGlued: true }));
  const other = [offer('@1h', 'of other bars', { isGlued: true }), offer('[1]', 'a bar earlier', { isGlued: true })];
  return [...offers, ...fields, ...other];
}
