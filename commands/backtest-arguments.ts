import { UserError } from '../engine/errors.ts';
import { parseDuration } from '../engine/language/duration.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { printClauses } from '../engine/language/strategy-print.ts';
import { DAY, formatInterval, MINUTE, parseInterval } from '../engine/market/interval.ts';
import { failValue, refuseNoSymbol, requireStrategyFirst } from './backtest-refusals.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { scopeOf } from './scope.ts';
import { clausesOf, failName, readStored, templateOf } from './strategy-find.ts';
import { behind, withPlace } from './strategy-place.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

/** What shall be tried, and how far back from now, in ms. */
export interface BacktestArguments {
  readonly strategy: StrategyText;
  readonly period: number;
  /** Where other values of its parameters are looked for than its text says, by their names. */
  readonly ranges: ReadonlyMap<string, readonly [low: number, high: number]>;
  /** Names of the parameters that were given one value. */
  readonly given: ReadonlySet<string>;
}

/** Who asks, and how much is walked for them. */
export interface BacktestPurpose {
  readonly command: string;
  /** Bars of all symbols together at most, and usually for one. */
  readonly mostBars: number;
  readonly usualBars: number;
  readonly leastBars: number;
  /** Whether `fast=5..30` means something. */
  readonly hasRanges: boolean;
}

const TRYING: BacktestPurpose = {
  ...{ command: 'backtest', mostBars: 60_000, usualBars: 2_000, leastBars: 20, hasRanges: false },
};
/** So many bars are a period rather than another interval. */
const MANY_BARS = 100;
const LONGEST_PERIOD = 3660 * DAY;
const RULES = /^\s*(["'“„])([\s\S]*?)["'”“]\s*/;

interface Words {
  readonly instruments: readonly string[];
  /** In ms, as they were typed. */
  readonly lengths: readonly number[];
  readonly values: ReadonlyMap<string, number>;
  readonly ranges: BacktestArguments['ranges'];
  readonly other: string | undefined;
  /** Where values of parameters stand in what was typed, by their names. */
  readonly places: ReadonlyMap<string, readonly [number, number]>;
}

/**
 * `ma-cross btc eth 1h 90d fast=20`, or rules in quotes in place of the name.
 * @throws UserError for what is none of these
 */
export async function backtestArguments(
  context: CommandContext,
  text: string,
  purpose: BacktestPurpose = TRYING,
): Promise<BacktestArguments> {
  const rules = RULES.exec(text);
  const [, name = ''] = /^\s*(\S+)/.exec(text) ?? [];
  if (name === '') {
    throw new UserError('strategy-missing', 'Which strategy shall I try?', {
      hint: `For example /${purpose.command} ma-cross btc 1h 90d, or rules in quotes.`,
    });
  }
  const at = rules?.[0].length ?? text.indexOf(name) + name.length;
  if (rules === null) await requireStrategyFirst(context, text, name, purpose);
  const words = wordsOf(context, text.slice(0, at), text.slice(at), purpose);
  return rules === null
    ? named(context, { name, at: text.indexOf(name) }, words, purpose)
    : typed(context, rules, words, purpose);
}

/** `12` or `5%`; undefined for what is no number. */
function numberOf(text: string): number | undefined {
  if (!/^-?(?:\d+\.?\d*|\.\d+)%?$/.test(text)) return undefined;
  const value = Number(text.replace('%', '')) / (text.endsWith('%') ? 100 : 1);
  return Number.isFinite(value) ? value : undefined;
}

/** `5..30` or `1%..5%`. @throws UserError for what is no range, or where none is asked for */
function rangeOf(name: string, text: string, { hasRanges, command }: BacktestPurpose): readonly [number, number] {
  const [low, high, more] = text.split('..').map(numberOf);
  if (!hasRanges) {
    throw new UserError('backtest-range', `/${command} takes one value of ${name}, and this is a range.`, {
      hint: '/optimize looks for the best in it.',
    });
  }
  if (low === undefined || high === undefined || more !== undefined || !(low < high)) {
    throw new UserError('backtest-range', `${quoted(text)} is no range for ${name}.`, {
      hint: `It runs from less to more, for example ${name}=5..30`,
    });
  }
  return [low, high];
}

/** @param before what stands before the words in what was typed */
function wordsOf(context: CommandContext, before: string, text: string, purpose: BacktestPurpose): Words {
  const lengths: number[] = [];
  const instruments: string[] = [];
  const values = new Map<string, number>();
  const ranges = new Map<string, readonly [number, number]>();
  const places = new Map<string, readonly [number, number]>();
  let other: string | undefined;
  let end = 0;
  let isOther = false;
  const all = splitWords(text);
  for (const [i, word] of all.entries()) {
    const start = text.indexOf(word, end);
    end = start + word.length;
    const span = [before.length + start, before.length + end] as const;
    const [, written, value = ''] = /^([a-z_]\w*)=(.*)$/i.exec(word) ?? [];
    const length = parseDuration(word.toLowerCase());
    if (written !== undefined && !isOther) {
      const param = written.toLowerCase();
      const single = numberOf(value);
      places.set(param, span);
      if (single !== undefined) values.set(param, single);
      else if (value.includes('..')) ranges.set(param, rangeOf(param, value, purpose));
      else failValue(param, value, purpose, span);
    } else if (length !== undefined && !isOther) lengths.push(length);
    else if (word.toLowerCase() === 'vs' && !isOther && i + 1 < all.length) {
      isOther = true;
      continue;
    } else {
      refuseNoSymbol(context, word, purpose, span);
      // Offers are the whole text with another symbol.
      const { instrument } = behind(before + text.slice(0, start), () => symbolAt(context, word, text.slice(end)));
      if (isOther) other = instrument;
      else instruments.push(instrument);
    }
    isOther = false;
  }
  return { lengths, instruments: [...new Set(instruments)], values, ranges, other, places };
}

const symbolAt = (context: CommandContext, word: string, after: string) =>
  requireInstrument(context, word, word + after);

/**
 * An interval and a period, in this order. One alone is the period where it has many bars of the usual interval (ms).
 * @throws UserError for more of them, or what is no interval
 */
function splitLengths(lengths: readonly number[], usual: number): { interval: number; period: number | undefined } {
  if (lengths.length > 2) {
    throw new UserError('backtest-lengths', 'An interval and a period are all that is needed.', {
      hint: 'For example 1h 90d',
    });
  }
  const [first, second] = lengths;
  if (first === undefined) return { interval: usual, period: undefined };
  if (second === undefined && first >= MANY_BARS * usual) return { interval: usual, period: first };
  if (parseInterval(formatInterval(first)) === undefined) {
    throw new UserError('backtest-interval', 'The interval comes first, then the period.', {
      hint: 'For example 1h 90d',
    });
  }
  return { interval: first, period: second };
}

async function named(
  context: CommandContext,
  { name: written, at }: { readonly name: string; readonly at: number },
  words: Words,
  purpose: BacktestPurpose,
): Promise<BacktestArguments> {
  const name = written.toLowerCase();
  const stored = await context.strategies.find(context.chatKey, name);
  const template = stored === undefined ? templateOf(name) : undefined;
  if (stored !== undefined) {
    const own = readStored(stored);
    const instruments = words.instruments.length > 0 ? words.instruments : own.instruments;
    const text = { name, clauses: printClauses(own), usual: own.interval };
    return askedOfNamed(context, text, { ...words, instruments }, purpose);
  }
  if (template === undefined) return failName(context, name, at);
  const clauses = clausesOf(template, words.other, `/${purpose.command} ${name} ethusdt 1h 90d`);
  return askedOfNamed(context, { name, clauses, usual: template.interval }, words, purpose);
}

/** Nobody typed the text of a named strategy here: what is wrong with it is the value that was given behind it. */
function askedOfNamed(context: CommandContext, text: Asked, words: Words, purpose: BacktestPurpose): BacktestArguments {
  try {
    return asked(context, text, words, purpose);
  } catch (error) {
    if (!(error instanceof UserError) || error.span === undefined) throw error;
    const wrong = error.code === 'unknown-name' ? undefined : [...words.values].find((each) => !isTaken(each));
    throw withPlace(error, wrong && words.places.get(wrong[0]));
  }

  function isTaken(value: readonly [string, number]): boolean {
    try {
      asked(context, text, { ...words, values: new Map([value]) }, purpose);
      return true;
    } catch {
      return false;
    }
  }
}

function typed(
  context: CommandContext,
  rules: RegExpExecArray,
  words: Words,
  purpose: BacktestPurpose,
): BacktestArguments {
  try {
    return asked(context, { name: '', clauses: rules[2], usual: context.chat.interval }, words, purpose);
  } catch (error) {
    if (!(error instanceof UserError) || error.span === undefined) throw error;
    const at = rules[0].indexOf(rules[1]) + 1;
    const { code, message, hint, span, suggestions } = error;
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      span: [span![0] + at, span![1] + at],
      suggestions: suggestions.map(
        (each) => `${rules[1]}${each}${rules[1] === '“' ? '”' : rules[1]} ${rules.input.slice(rules[0].length)}`,
      ),
      cause: error,
    });
  }
}

interface Asked {
  readonly name: string;
  readonly clauses: string;
  /** The interval where none is typed, in ms. */
  readonly usual: number;
}

function asked(
  context: CommandContext,
  { name, clauses, usual }: Asked,
  { instruments, lengths, values, ranges }: Words,
  purpose: BacktestPurpose,
): BacktestArguments {
  const { interval, period } = splitLengths(lengths, usual);
  requireUsable(instruments, interval, purpose);
  const strategy = {
    ...parseStrategy(clauses, { ...scopeOf(context), interval }, { instruments, values }),
    name,
  };
  return { strategy, period: periodOf(strategy, period, purpose), ranges, given: new Set(values.keys()) };
}

function requireUsable(instruments: readonly string[], interval: number, { command }: BacktestPurpose): void {
  if (instruments.length === 0) {
    throw new UserError('backtest-symbols', 'For which symbols?', {
      hint: `For example /${command} ma-cross btc eth 1h 90d`,
    });
  }
  if (interval < MINUTE) {
    throw new UserError('backtest-interval', 'Bars shorter than a minute are not kept for so long.', {
      hint: 'Take 1m or more.',
    });
  }
}

function periodOf(
  { instruments, interval }: StrategyText,
  period: number | undefined,
  { mostBars, usualBars, leastBars }: BacktestPurpose,
): number {
  const most = Math.min(LONGEST_PERIOD, Math.floor(mostBars / instruments.length) * interval);
  const asked = period ?? Math.min(most, usualBars * interval);
  const said = quoted(formatInterval(asked));
  if (asked < leastBars * interval) {
    throw new UserError('backtest-period', `${said} has too few bars of ${formatInterval(interval)} to say anything.`, {
      hint: `At least ${formatInterval(leastBars * interval)}.`,
    });
  }
  if (asked <= most) return asked;
  throw new UserError('backtest-period', `${said} has too many bars of ${formatInterval(interval)}.`, {
    hint: `At most ${formatInterval(Math.floor(most / DAY) * DAY || interval)} with ${instruments.length === 1 ? 'one symbol' : `${instruments.length} symbols`}, or longer bars.`,
  });
}
