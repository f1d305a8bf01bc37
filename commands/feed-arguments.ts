import { UserError } from '../engine/errors.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { printClauses } from '../engine/language/strategy-print.ts';
import { parseInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { lookOf, type SaidLook } from './feed-look.ts';
import { resolveSymbol } from './known-symbols.ts';
import type { StoredStrategy } from './ports.ts';
import { scopeOf } from './scope.ts';
import { clausesOf, failName, readStored, templateOf } from './strategy-find.ts';
import { type PlacedWord, requireInstrument, splitPlaced } from './symbol-argument.ts';

const EXAMPLE = '/feed add ma-cross btc eth 1h';
/** `to <#123>`, `to @channel`, `to topic 45`, at the end. */
const TO = /\s+to\s+((?:topic\s+)?\S+)\s*$/i;

/** What a strategy says rather than its name: `"long when …`. */
const RULE = /^\s*(?:["'“„«]|(?:long|short)\s+when\b)/i;

/** What shall run, and where its signals go. */
export interface FeedArguments {
  readonly name: string;
  readonly strategy: StrategyText;
  /** Of the chat's strategy; 1 of a template. */
  readonly version: number;
  /** As it was typed; undefined: here. */
  readonly to: string | undefined;
  /** How its messages are posted there. */
  readonly look: SaidLook;
}

interface Words {
  readonly instruments: readonly string[];
  /** In ms. */
  readonly interval: number | undefined;
  readonly other: string | undefined;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * `ma-cross btc eth 1h fast=10 vs btcusdt to #signals as webhook`
 * @param whole what was typed behind the command, which `text` is the end of
 * @throws UserError for what is none of these, with the place in `whole`
 */
export async function feedArguments(context: CommandContext, text: string, whole: string): Promise<FeedArguments> {
  const { rest: said, look } = lookOf(text);
  const to = TO.exec(said);
  const what = to === null ? said : said.slice(0, to.index);
  const [, name = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/.exec(what) ?? [];
  if (name === '') {
    throw new UserError('strategy-missing', 'Which strategy shall the feed carry?', { hint: `For example ${EXAMPLE}` });
  }
  if (RULE.test(what)) {
    throw new UserError('feed-rule', 'A feed carries a strategy by its name, not what it says.', {
      hint: 'Save it first: /strategy new NAME on btc 1m long when …, then /feed add NAME.',
    });
  }
  const words = wordsOf(context, rest, { whole, from: whole.length - text.length + what.length - rest.length });
  try {
    return { ...(await strategyOf(context, name.toLowerCase(), words)), to: to?.[1], look };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'strategy-unknown') throw error;
    const at = whole.length - text.length + text.indexOf(name);
    const { code, message, hint } = error;
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(error.span === undefined ? {} : { span: [at, at + name.length] as const }),
      cause: error,
    });
  }
}

/** Where a part of what was typed begins in all of it. */
interface Part {
  readonly whole: string;
  readonly from: number;
}

function wordsOf(context: CommandContext, text: string, { whole, from }: Part): Words {
  const instruments = new Set<string>();
  const values = new Map<string, number>();
  let interval: number | undefined;
  let other: string | undefined;
  const all = splitPlaced(text);
  const symbolAt = ({ word, at }: PlacedWord) => requireInstrument(context, word, whole, from + at).instrument;
  for (let i = 0; i < all.length; i++) {
    const { word, at } = all[i];
    const [, param, value] = /^([a-z_]\w*)=(-?[\d.]+%?)$/i.exec(word) ?? [];
    const length = parseInterval(word.toLowerCase());
    if (param !== undefined)
      values.set(param.toLowerCase(), Number(value.replace('%', '')) / (value.endsWith('%') ? 100 : 1));
    else if (length !== undefined && interval === undefined) interval = length;
    else if (word.toLowerCase() === 'vs' && i + 1 < all.length) other = symbolAt(all[++i]);
    else {
      refuseOther(context, word, from + at);
      instruments.add(symbolAt(all[i]));
    }
  }
  return { instruments: [...instruments], interval, other, values };
}

/** @throws UserError where a word was meant as an interval or a parameter and is none */
function refuseOther(context: CommandContext, word: string, at: number): void {
  const span = [at, at + word.length] as const;
  if (word.includes('=')) {
    const hint = 'A parameter is a number, such as fast=9.';
    throw new UserError('parameter-wrong', `I cannot read ${quoted(word)}.`, { hint, span });
  }
  if (!/^\d+(?:[.,]\d+)?[a-z]{0,7}$/i.test(word) || resolveSymbol(context, word) !== undefined) return;
  if (parseInterval(word.toLowerCase()) !== undefined) {
    throw new UserError('interval-twice', `A feed has one interval, and ${quoted(word)} is another.`, { span });
  }
  const hint = 'An interval is such as 1m, 5m, 1h or 1d, up to 7d.';
  throw new UserError('interval-unknown', `There are no bars of ${quoted(word)}.`, { hint, span });
}

async function strategyOf(
  context: CommandContext,
  name: string,
  words: Words,
): Promise<Pick<FeedArguments, 'name' | 'strategy' | 'version'>> {
  const stored = await context.strategies.find(context.chatKey, name);
  if (stored !== undefined) {
    const own = readStored(stored);
    const instruments = words.instruments.length > 0 ? words.instruments : own.instruments;
    const strategy = read(context, printClauses(own), { ...words, instruments }, own.interval);
    return { name, strategy, version: stored.version };
  }
  const template = templateOf(name);
  if (template === undefined) return failName(context, name);
  const clauses = clausesOf(template, words.other, `/feed add ${name} ethusdt`);
  return { name, strategy: read(context, clauses, words, template.interval), version: 1 };
}

/** Whether a feed would carry something else if it were added again with the parameters that it has. */
export function saysOtherwise(context: CommandContext, stored: StoredStrategy, text: StrategyText): boolean {
  const { instruments, interval, params } = text;
  const values = new Map(params.map(({ name, value }) => [name, value]));
  try {
    const now = read(
      context,
      printClauses(readStored(stored)),
      { instruments, interval, other: undefined, values },
      interval,
    );
    return printClauses(now) !== printClauses(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return true;
  }
}

function read(context: CommandContext, clauses: string, words: Words, usual: number): StrategyText {
  const { instruments, values, interval = usual } = words;
  if (instruments.length === 0) {
    throw new UserError('feed-symbols', 'For which symbols?', { hint: `For example ${EXAMPLE}` });
  }
  try {
    return parseStrategy(clauses, { ...scopeOf(context), interval }, { instruments, values });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Places are those of the strategy's text, which nobody typed here.
    const { code, message, hint } = error;
    throw new UserError(code, message, { ...(hint === undefined ? {} : { hint }), cause: error });
  }
}

/** What a feed is called on its line: a number of the chat. @throws UserError where there is none */
export function feedNumber(text: string): number {
  const [, digits] = /^#?(\d{1,6})$/.exec(text.trim()) ?? [];
  if (digits !== undefined) return Number(digits);
  throw new UserError('feed-number', text.trim() === '' ? 'Which feed?' : `${quoted(text.trim())} is no number.`, {
    hint: '/feed list shows their numbers.',
  });
}
