import { lookup } from '../series/catalog.ts';
import type { CatalogEntry } from '../series/catalog-entry.ts';
import { isOp } from './cursor.ts';
import type { Token } from './tokens.ts';
import { CROSS_DIRECTIONS, CROSS_WORDS, isComparing, isMathName, MOVE_WORDS, RANGE_WORDS } from './words.ts';

/** One pair of brackets that is still open, or the text itself. */
export interface Level {
  readonly kind: 'top' | 'group' | 'call' | 'range' | 'lag';
  /** What is called. */
  readonly name: string | undefined;
  commas: number;
  /** Arguments that are numbers. */
  numbers: number;
  /** Whether a comparison stands in the clause that the place is in. */
  isCompared: boolean;
  /** Whether what the brackets hold is true or false. */
  isCondition: boolean;
}

const CLOSERS: Readonly<Record<Level['kind'], string>> = { top: '', group: ')', call: ')', range: ']', lag: ']' };
/** Operands that nobody writes, so that nothing is compared with itself. */
const PROBE = 'close[7]';
const OTHER = 'high[7]';
const THIRD = 'low[7]';

const newLevel = (kind: Level['kind'], name?: string): Level => ({
  kind,
  name,
  commas: 0,
  numbers: 0,
  isCompared: kind === 'range' || kind === 'lag',
  isCondition: false,
});

/** Whether a condition is what is called for: `barssince(rsi > 70)`. */
export function holdsCondition({ kind, name }: Level): boolean {
  const entry = kind === 'call' ? lookup(name!) : undefined;
  return entry?.input === 'series' && entry.ofCondition === true;
}

/** The brackets that are open behind the tokens, outermost first. */
export function openLevels(tokens: readonly Token[]): readonly Level[] {
  const levels = [newLevel('top')];
  for (const [at, token] of tokens.entries()) step(levels, token, tokens[at - 1]);
  return levels;
}

function step(levels: Level[], token: Token, before: Token | undefined): void {
  const level = levels[levels.length - 1];
  if (isOp(token, '(')) {
    const isCall = before?.kind === 'word' && (isMathName(before.text) || lookup(before.text) !== undefined);
    levels.push(isCall ? newLevel('call', before.text) : newLevel('group'));
  } else if (isOp(token, '[')) {
    levels.push(newLevel(before?.kind === 'word' && RANGE_WORDS.has(before.text) ? 'range' : 'lag'));
  } else if (isOp(token, ')') || isOp(token, ']')) {
    if (levels.length > 1) levels.pop();
    if (level.isCondition && level.kind === 'group') compared(levels[levels.length - 1]);
  } else if (isOp(token, ',')) {
    level.commas++;
    if (before?.kind === 'number') level.numbers++;
  } else if (isFieldBehind(before)) return;
  else if (isComparing(token)) compared(level);
  else if (token.kind === 'word' && token.text === 'rearm') level.isCompared = true;
  else if (token.kind === 'word' && token.text === 'gate') level.isCompared = false;
  else if (token.kind === 'word' && (token.text === 'and' || token.text === 'or')) level.isCompared = false;
}

/** Behind a dot a word is a field, whatever it means elsewhere. */
export const isFieldBehind = (before: Token | undefined): boolean => before !== undefined && isOp(before, '.');

function compared(level: Level): void {
  level.isCompared = true;
  level.isCondition = true;
}

const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '^', '(', ',', '=']);
const BEFORE_OPERANDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'rearm', 'gate', 'above', 'below']);

/** Whether a number or a condition must follow. */
export function wantsOperand(last: Token | undefined, before: Token | undefined): boolean {
  if (last === undefined) return true;
  if (last.kind === 'op') {
    if (last.text === '[') return before?.kind === 'word' && RANGE_WORDS.has(before.text);
    return OPERATORS.has(last.text) || isComparing(last);
  }
  if (last.kind !== 'word' || isFieldBehind(before)) return false;
  if (BEFORE_OPERANDS.has(last.text) || CROSS_WORDS.has(last.text)) return true;
  return CROSS_DIRECTIONS.has(last.text) && before?.kind === 'word' && CROSS_WORDS.has(before.text);
}

const BEHIND_WORDS: Readonly<Record<string, string>> = {
  every: ' 1h',
  in: ' 1h',
  next: ' 7d',
  for: ' 5m',
  the: ' next 7d',
  until: ' 2998-01-01',
  late: ' within 1h',
  within: ' 1h',
  on: ' close',
  is: ` above ${PROBE}`,
  by: ' 5% in 1h',
};

function behindLast(last: Token, before: Token | undefined): string {
  if (wantsOperand(last, before)) return ` ${PROBE}`;
  if (isOp(last, '[')) return '1';
  if (isFieldBehind(before)) return '';
  if (last.kind === 'word' && Object.hasOwn(BEHIND_WORDS, last.text)) return BEHIND_WORDS[last.text];
  if (last.kind === 'word' && MOVE_WORDS.has(last.text)) return ' 5% in 1h';
  if (last.kind === 'word' && RANGE_WORDS.has(last.text)) return ` [${OTHER}, ${THIRD}]`;
  const isMove = before?.kind === 'word' && (MOVE_WORDS.has(before.text) || before.text === 'by');
  return last.percent && isMove ? ' in 1h' : '';
}

/** What could stand behind the tokens to make a rule of them, the likeliest first: by it one can try whether they begin one. */
export function endings(tokens: readonly Token[]): readonly string[] {
  const last = tokens[tokens.length - 1];
  if (last === undefined) return [];
  const levels = [...openLevels(tokens)].reverse();
  let text = behindLast(last, tokens[tokens.length - 2]);
  let isCondition = false;
  for (const level of levels) {
    const lacks = isCondition || level.isCompared ? '' : ` > ${OTHER}`;
    if (level.kind === 'top') {
      const other = lacks === '' ? ` > ${OTHER}` : '';
      // What would be compared with itself may become something else of it.
      const others = last.kind === 'word' ? [`[7]${text}${lacks}`] : [];
      return [text + lacks, text + other, ...others];
    }
    if ((level.kind === 'group' && level.isCondition) || holdsCondition(level)) text += lacks;
    if (level.commas === 0 && (level.kind === 'range' || level.name === 'min' || level.name === 'max')) {
      text += `, ${THIRD}`;
    }
    text += CLOSERS[level.kind];
    isCondition = level.kind === 'group' && level.isCondition;
  }
  return [text];
}

/** The entry of the catalog that a field behind the tokens would belong to: `macd`, `macd(12, 26, 9)`, `macd@1h`. */
export function entryBefore(tokens: readonly Token[]): CatalogEntry | undefined {
  let at = tokens.length - 1;
  for (;;) {
    const token = tokens[at];
    if (token === undefined) return undefined;
    if (token.kind === 'word') return lookup(token.text);
    if (token.kind === 'number' && isOp(tokens[at - 1] ?? token, '@')) at -= 2;
    else if (isOp(token, ']') || isOp(token, ')')) at = openerOf(tokens, at) - 1;
    else return undefined;
  }
}

function openerOf(tokens: readonly Token[], closer: number): number {
  let depth = 0;
  for (let at = closer; at >= 0; at--) {
    if (isOp(tokens[at], ')') || isOp(tokens[at], ']')) depth++;
    if (isOp(tokens[at], '(') || isOp(tokens[at], '[')) depth--;
    if (depth === 0) return at;
  }
  return 0;
}
