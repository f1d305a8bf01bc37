import { lookup } from '../series/catalog.ts';
import type { Expr, NumberExpr, Span } from './ast.ts';
import { corrected, fail, quote } from './failure.ts';
import { groupedNumber, plainNumber } from './numbers.ts';
import { outerSeries } from './references.ts';
import { scaleOf } from './scale.ts';
import type { TypedScope } from './scope.ts';
import type { Syntax } from './syntax.ts';

/** In many countries a point parts thousands: exactly three digits behind the only one may be either. */
const EITHER = /^[1-9]\d{0,2}\.\d{3}\$?$/;
/** A level further away from the last price than this factor is not meant. */
const FAR = 20;

/** A number that can be read in two ways: as it stands, and in thousands. */
interface Doubt {
  readonly span: Span;
  readonly written: string;
  readonly plain: number;
  readonly thousands: number;
}

/** What is known of the numbers of a text that somebody types. */
export interface Readings {
  readonly typed: TypedScope;
  /** Those that nothing tells how to read. */
  readonly doubts: Doubt[];
}

/** What a number that stands alone may be; undefined where it can be read in one way only. */
export function doubtOf(syntax: Syntax, text: string): Doubt | undefined {
  const bare = syntax.kind === 'negate' ? syntax.target : syntax;
  if (bare.kind !== 'number' || bare.value === undefined || bare.percent) return undefined;
  const written = text.slice(...bare.span);
  if (!EITHER.test(written)) return undefined;
  const thousands = Number(written.replace(/[.$]/g, ''));
  return { span: bare.span, written: written.replace('$', ''), plain: bare.value, thousands };
}

/**
 * A constant that is compared with `value`, read as it must be meant. Where both readings may be, it is noted as a doubt and
 * stays as it is.
 */
export function settled(
  expr: Expr,
  syntax: Syntax,
  value: Expr,
  { text, readings }: { readonly text: string; readonly readings: Readings | undefined },
): Expr {
  const doubt = readings && expr.kind === 'number' ? doubtOf(syntax, text) : undefined;
  if (readings === undefined || doubt === undefined) return expr;
  const meant = readingOf(doubt, value, readings.typed);
  if (meant === undefined) {
    readings.doubts.push(doubt);
    return expr;
  }
  if (groupedNumber(meant) !== doubt.written) readings.typed.onReading?.(doubt.written, meant);
  return { ...(expr as NumberExpr), value: syntax.kind === 'negate' ? -meant : meant };
}

/** Undefined where nothing tells. */
function readingOf({ plain, thousands }: Doubt, value: Expr, { price }: TypedScope): number | undefined {
  switch (scaleOf(value)) {
    case 'percent':
    case 'fraction':
      return plain;
    case 'centred':
      return thousands > FAR * usualOf(value) ? plain : undefined;
    case 'price': {
      const instrument = outerSeries(value)[0]?.instrument;
      const last = instrument === undefined ? undefined : price(instrument);
      if (last === undefined) return undefined;
      const fits = [plain, thousands].filter((each) => each <= last * FAR && each >= last / FAR);
      return fits.length === 1 ? fits[0] : undefined;
    }
    case 'volume':
    case 'own':
    case undefined:
      return undefined;
  }
}

/** How far from zero a series is looked at; infinite where its levels do not tell. */
function usualOf(value: Expr): number {
  const levels = value.kind === 'series' ? (lookup(value.name)?.levels ?? []) : [];
  const most = Math.max(0, ...levels.map(Math.abs));
  return most === 0 ? Number.POSITIVE_INFINITY : most;
}

/** @throws UserError where a number can be read in two ways, with the text in both */
export function refuseDoubts(text: string, doubts: readonly Doubt[]): void {
  if (doubts.length === 0) return;
  // A `rearm` is looked at twice.
  const sorted = [...new Map(doubts.map((doubt) => [doubt.span[0], doubt])).values()];
  sorted.sort((a, b) => a.span[0] - b.span[0]);
  const all = (read: (doubt: Doubt) => string): string =>
    sorted.reduceRight((whole, doubt) => corrected(whole, doubt.span, read(doubt)), text);
  const list = (read: (doubt: Doubt) => string): string => [...new Set(sorted.map(read))].join(' and ');
  const [first] = sorted;
  const written = list((doubt) => quote(doubt.written));
  const either = [(doubt: Doubt) => groupedNumber(doubt.thousands), (doubt: Doubt) => groupedNumber(doubt.plain)];
  const [thousands, plain] = either.map(list);
  const ask = sorted.length === 1 ? `does ${written} mean ${thousands} or ${plain}?` : undefined;
  fail('two-readings', ask ?? `do ${written} mean ${thousands}, or ${plain}?`, first.span, {
    hint: 'nothing is saved yet.',
    suggestions: [all((doubt) => plainNumber(doubt.thousands)), all((doubt) => decimalText(doubt.plain))],
  });
}

/** A number that nobody can take for thousands: 1.234 -> `1.2340`. */
function decimalText(value: number): string {
  const text = plainNumber(value);
  return EITHER.test(text) ? `${text}0` : text;
}
