import { UserError } from '../engine/errors.ts';
import { parseDuration } from '../engine/language/duration.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { printClauses } from '../engine/language/strategy-print.ts';
import { DAY, formatInterval, MINUTE, parseInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { scopeOf } from './scope.ts';
import { clausesOf, failName, readStored, templateOf } from './strategy-find.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

/** What shall be tried, and how far back from now, in ms. */
export interface BacktestArguments {
  readonly strategy: StrategyText;
  readonly period: number;
}

/** Bars of all symbols together that are walked at most, and usually for one. */
const MOST_BARS = 60_000;
const USUAL_BARS = 2_000;
const LEAST_BARS = 20;
/** So many bars are a period rather than another interval. */
const MANY_BARS = 100;
const LONGEST_PERIOD = 3660 * DAY;
const RULES = /^\s*(["'“„])([\s\S]*?)["'”“]\s*/;

interface Words {
  readonly instruments: readonly string[];
  /** In ms, as they were typed. */
  readonly lengths: readonly number[];
  readonly values: ReadonlyMap<string, number>;
  readonly other: string | undefined;
}

/**
 * `ma-cross btc eth 1h 90d fast=20`, or rules in quotes in place of the name.
 * @throws UserError for what is none of these
 */
export async function backtestArguments(context: CommandContext, text: string): Promise<BacktestArguments> {
  const rules = RULES.exec(text);
  const [, name = ''] = /^\s*(\S+)/.exec(text) ?? [];
  if (name === '') {
    throw new UserError('strategy-missing', 'Which strategy shall I try?', {
      hint: 'For example /backtest ma-cross btc 1h 90d, or rules in quotes.',
    });
  }
  const at = rules?.[0].length ?? text.indexOf(name) + name.length;
  const words = wordsOf(context, text.slice(at), text);
  return rules === null ? named(context, name.toLowerCase(), words) : typed(context, rules, words);
}

function wordsOf(context: CommandContext, text: string, whole: string): Words {
  const lengths: number[] = [];
  const instruments: string[] = [];
  const values = new Map<string, number>();
  let other: string | undefined;
  const all = splitWords(text);
  for (let i = 0; i < all.length; i++) {
    const word = all[i];
    const [, param, value] = /^([a-z_]\w*)=(-?[\d.]+%?)$/i.exec(word) ?? [];
    const length = parseDuration(word.toLowerCase());
    if (param !== undefined)
      values.set(param.toLowerCase(), Number(value.replace('%', '')) / (value.endsWith('%') ? 100 : 1));
    else if (length !== undefined) lengths.push(length);
    else if (word.toLowerCase() === 'vs' && i + 1 < all.length)
      other = requireInstrument(context, all[++i], whole).instrument;
    else instruments.push(requireInstrument(context, word, whole).instrument);
  }
  return { lengths, instruments: [...new Set(instruments)], values, other };
}

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

async function named(context: CommandContext, name: string, words: Words): Promise<BacktestArguments> {
  const stored = await context.strategies.find(context.chatKey, name);
  const template = stored === undefined ? templateOf(name) : undefined;
  if (stored !== undefined) {
    const own = readStored(stored);
    const instruments = words.instruments.length > 0 ? words.instruments : own.instruments;
    return asked(context, { name, clauses: printClauses(own), usual: own.interval }, { ...words, instruments });
  }
  if (template === undefined) return failName(context, name);
  const clauses = clausesOf(template, words.other, `/backtest ${name} ethusdt 1h 90d`);
  return asked(context, { name, clauses, usual: template.interval }, words);
}

function typed(context: CommandContext, rules: RegExpExecArray, words: Words): BacktestArguments {
  try {
    return asked(context, { name: '', clauses: rules[2], usual: context.chat.interval }, words);
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
  { instruments, lengths, values }: Words,
): BacktestArguments {
  const { interval, period } = splitLengths(lengths, usual);
  const strategy = { ...read(context, clauses, instruments, interval, values), name };
  return { strategy, period: periodOf(strategy, period) };
}

function read(
  context: CommandContext,
  clauses: string,
  instruments: readonly string[],
  interval: number,
  values: ReadonlyMap<string, number>,
): StrategyText {
  if (instruments.length === 0) {
    throw new UserError('backtest-symbols', 'For which symbols?', {
      hint: 'For example /backtest ma-cross btc eth 1h 90d',
    });
  }
  if (interval < MINUTE) {
    throw new UserError('backtest-interval', 'Bars shorter than a minute are not kept for so long.', {
      hint: 'Take 1m or more.',
    });
  }
  return parseStrategy(clauses, { ...scopeOf(context), interval }, { instruments, values });
}

function periodOf({ instruments, interval }: StrategyText, period: number | undefined): number {
  const most = Math.min(LONGEST_PERIOD, Math.floor(MOST_BARS / instruments.length) * interval);
  const asked = period ?? Math.min(most, USUAL_BARS * interval);
  const said = quoted(formatInterval(asked));
  if (asked < LEAST_BARS * interval) {
    throw new UserError('backtest-period', `${said} has too few bars of ${formatInterval(interval)} to say anything.`, {
      hint: `At least ${formatInterval(LEAST_BARS * interval)}.`,
    });
  }
  if (asked <= most) return asked;
  throw new UserError('backtest-period', `${said} has too many bars of ${formatInterval(interval)}.`, {
    hint: `At most ${formatInterval(Math.floor(most / DAY) * DAY || interval)} with ${instruments.length === 1 ? 'one symbol' : `${instruments.length} symbols`}, or longer bars.`,
  });
}
