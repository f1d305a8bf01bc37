import { UserError } from '../engine/errors.ts';
import type { Expr } from '../engine/language/ast.ts';
import { costOf } from '../engine/language/limits.ts';
import { parseExpressions, parseTarget } from '../engine/language/parse.ts';
import { describeExpr, printExpr } from '../engine/language/print.ts';
import { instrumentsOf } from '../engine/language/references.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval, parseInterval } from '../engine/market/interval.ts';
import { clipped } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { offerButton } from './error-message.ts';
import type { Message, TextSpan } from './message.ts';
import { namesOf } from './ratio.ts';
import { formatSeriesValue, isPrice } from './rule-words.ts';
import { scopeOf } from './scope.ts';
import { type SeriesNow, seriesNow } from './series-now.ts';

const MOST_VALUES = 8;
/** Bars over which the range is told. */
const SHOWN = 100;
const LONGEST_NAME = 100;

interface Place {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  /** The instrument or the ratio that it is about. */
  readonly title: string;
}

export const value: Command = {
  name: 'value',
  summary: 'What a series is worth now',
  usage: '/value [SYMBOL] [INTERVAL] EXPR, …',
  permission: 'members',
  examples: [
    '/value btc rsi(14) 1h',
    '/value eth 5m z, ema(50), volume/sma(volume, 20)',
    '/value z(btcusdt/ethusdt, 60)',
    '/value btc',
  ],
  details:
    'The value now, at the last close, and its range over the last 100 bars; of a condition whether it is true. Names from /define work, too.',
  args: [{ name: 'expression', kind: 'text', description: 'For example: btc rsi(14) 1h', required: true }],
  slow: true,
  private: false,
  async run(context, text) {
    if (text === '') {
      throw new UserError('expression-missing', 'The value of what?', { hint: 'For example /value btc rsi(14) 1h' });
    }
    const { exprs, place } = readTyped(context, text);
    context.spend('cost', costOf(exprs));
    const found = await Promise.all(exprs.map((expr) => seriesNow(context.market, expr, SHOWN)));
    const { venue, symbol } = namesOf(place.title);
    const spans: TextSpan[] = [{ bold: symbol }, ` ${formatInterval(place.interval)} · ${venue}`];
    for (const [i, expr] of exprs.entries()) spans.push('\n', ...valueLine(context, expr, place, found[i], text));
    return { text: spans, buttons: [[await chartButton(context, exprs, place)]] } satisfies Message;
  },
};

/** @throws UserError with the place in `text` */
function readTyped(context: CommandContext, text: string): { exprs: readonly Expr[]; place: Place } {
  const scope = scopeOf(context);
  const target = parseTarget(text, scope);
  const last = target.interval === undefined ? lastInterval(text, target.restAt) : undefined;
  const interval = target.interval ?? last?.interval ?? scope.interval;
  const end = last?.at ?? text.length;
  const rest = text.slice(target.restAt, end).trim();
  // With blanks where the symbol and the interval stood, places in it are places in the text.
  const read = rest === '' ? 'price' : ' '.repeat(target.restAt) + text.slice(target.restAt, end);
  const exprs = withWhole(text, target.restAt, end, () =>
    parseExpressions(read, { ...scope, instrument: target.instrument, interval }, { pair: target.pair, truths: true }),
  );
  if (exprs.length > MOST_VALUES) {
    const span = [exprs[MOST_VALUES].span[0], text.length] as const;
    throw new UserError('too-many-values', `That is ${exprs.length} values, and ${MOST_VALUES} is the most.`, { span });
  }
  const instrument = target.instrument ?? instrumentsOf(exprs[0])[0];
  const of = target.pair === undefined ? (exprs.length === 1 ? ratioIn(exprs[0]) : undefined) : instrumentsOf(exprs[0]);
  return { exprs, place: { instrument, interval, title: of === undefined ? instrument : of.slice(0, 2).join('/') } };
}

/** The two instruments of a plain ratio. */
function ratioIn(expr: Expr): readonly string[] | undefined {
  if (expr.kind !== 'binary' || expr.op !== '/' || !isPrice(expr.left) || !isPrice(expr.right)) return undefined;
  return [expr.left.instrument, expr.right.instrument];
}

/** Offers are corrections of the whole text. */
function withWhole<T>(text: string, restAt: number, end: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint, span } = error;
    const suggestions = error.suggestions.map((offer) => text.slice(0, restAt) + offer.slice(restAt) + text.slice(end));
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(span === undefined ? {} : { span }),
      suggestions,
      cause: error,
    });
  }
}

/** The interval that stands behind everything, as in `rsi(14) 1h`: not where something is calculated with it. */
function lastInterval(text: string, from: number): { interval: number; at: number } | undefined {
  const [, before, word] = /^([\s\S]*[^\s+\-*/^,(=@[]\s+)(\d+[a-z]+)\s*$/i.exec(text.slice(from)) ?? [];
  const interval = word === undefined ? undefined : parseInterval(word.toLowerCase());
  return interval === undefined ? undefined : { interval, at: from + before.length };
}

function valueLine(
  { market, chat }: CommandContext,
  expr: Expr,
  place: Place,
  found: SeriesNow,
  text: string,
): readonly TextSpan[] {
  // What a condition is called says more than what it is made of.
  const called = expr.kind === 'truth' ? text.slice(...expr.span) : describeExpr(expr, place);
  const name: TextSpan = { code: clipped(called, LONGEST_NAME) };
  const { now, closed, low, high, count, missing, untold } = found;
  if (untold.length > 0) return [name, ` has no value yet: nobody has told ${untold.join(' and ')}`];
  if (missing !== undefined) {
    const [, symbol] = splitInstrument(missing.instrument);
    const bars = `${formatInterval(missing.interval)} bars of ${symbol}`;
    return [name, ` warming up: needs ${missing.bars} ${bars}, has ${missing.has}`];
  }
  if (expr.kind === 'truth' && Number.isFinite(now))
    return [name, ': ', { bold: now === 1 ? 'true' : 'false' }, ' now'];
  const written = (each: number): string => formatSeriesValue(market, expr, each, chat.locale);
  const spans: TextSpan[] = [name, ' ', { bold: written(now) }];
  if (!Number.isNaN(closed)) spans.push(` · at the last close ${written(closed)}`);
  if (count > 0) spans.push(` · ${written(low)} to ${written(high)} in ${count === 1 ? 'one bar' : `${count} bars`}`);
  return spans;
}

function chartButton(context: CommandContext, exprs: readonly Expr[], place: Place) {
  const drawn = exprs.filter((expr) => expr.kind !== 'truth');
  const overlays = drawn.map((expr) => printExpr(expr, place)).filter((text) => text !== 'price' && text !== 'close');
  const text = [place.instrument, formatInterval(place.interval), overlays.join(', ')].join(' ').trim();
  return offerButton(context, 'Chart', 'chart', text);
}
