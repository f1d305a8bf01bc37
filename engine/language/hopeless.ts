import { lookup } from '../series/catalog.ts';
import type { CompareOp, Expr, SeriesExpr } from './ast.ts';
import type { CheckContext } from './check.ts';
import { corrected, fail, quote } from './failure.ts';
import { plainNumber } from './numbers.ts';
import { sameExpr } from './same.ts';
import { constantOf, scaleOf } from './scale.ts';
import type { Syntax } from './syntax.ts';
import { MIRRORED } from './words.ts';

interface Side {
  readonly expr: Expr;
  readonly syntax: Syntax;
}

/**
 * Refuses what somebody types and what can never be true, though nothing is wrong with its types: a price above the highest of
 * bars that it belongs to itself, a volume beside an average of prices. What was stored before stays as it is.
 */
export function refuseHopeless(left: Side, op: CompareOp | undefined, right: Side, context: CheckContext): void {
  if (context.readings === undefined) return;
  if (op === '>') refuseExtreme(left, right, 'highest', context);
  if (op === '<') {
    refuseExtreme(right, left, 'highest', context);
    refuseExtreme(left, right, 'lowest', context);
  }
  if (op === '>') refuseExtreme(right, left, 'lowest', context);
  refuseBeyond(left, op, right, context);
  refuseBeyond(right, op && MIRRORED[op], left, context);
  refusePriceOfVolume(left, right, context);
  refusePriceOfVolume(right, left, context);
}

/** Values that a series can have at all, where its entry knows them. */
function rangeOf(expr: Expr): readonly [low: number, high: number] | undefined {
  if (expr.kind !== 'series' || expr.field !== undefined) return undefined;
  return lookup(expr.name)?.range?.(expr.params.map((param) => (param.kind === 'number' ? param.value : param.ms)));
}

/** A threshold that a value can never pass: what it can have at all lies on one side of it. */
function refuseBeyond(value: Side, op: CompareOp | undefined, limit: Side, { text }: CheckContext): void {
  const [range, level] = [rangeOf(value.expr), constantOf(limit.expr)];
  if (range === undefined || level === undefined) return;
  const [low, high] = range;
  const isPassed = op === '<' || op === '>=' ? level > low && level <= high : level >= low && level < high;
  if (op === undefined ? level >= low && level <= high : isPassed) return;
  const said = (bound: number): string => plainNumber(Number(bound.toFixed(2)));
  const what = quote(text.slice(...value.syntax.span));
  fail('impossible', `${what} runs from ${said(low)} to ${said(high)}`, limit.syntax.span, {
    hint: 'a threshold lies between them',
  });
}

const FIELDS = { highest: 'upper', lowest: 'lower' } as const;
const COLUMNS = { highest: 'high', lowest: 'low' } as const;

/** Whether the bound counts the present bar, so that the value cannot lie beyond it. */
function isBoundBy({ kind, ...value }: Expr, bound: Expr, name: 'highest' | 'lowest'): bound is SeriesExpr {
  if (bound.kind !== 'series') return false;
  const isChannel = bound.name === 'donchian' && bound.field === FIELDS[name];
  if (!isChannel && bound.name !== name) return false;
  const whole = { kind, ...value } as Expr;
  if (bound.input !== undefined && sameExpr(whole, bound.input)) return true;
  if (whole.kind !== 'series' || whole.instrument !== bound.instrument) return false;
  // The last price lies within the present bar, however long it is.
  const input = bound.input?.kind === 'series' ? bound.input.name : undefined;
  const isOfPrice = isChannel || input === COLUMNS[name] || input === 'close';
  return isOfPrice && (whole.name === 'price' || whole.name === 'close') && whole.input === undefined;
}

function refuseExtreme(value: Side, bound: Side, name: 'highest' | 'lowest', { text }: CheckContext): void {
  if (!isBoundBy(value.expr, bound.expr, name)) return;
  const { span } = bound.syntax;
  const written = text.slice(...span);
  const what = quote(text.slice(...value.syntax.span) || 'price');
  const where = name === 'highest' ? 'above' : 'below';
  fail('impossible', `${quote(written)} counts the present bar, so ${what} is never ${where} it`, span, {
    hint: `for the bars before it write ${written}[1]`,
    suggestions: [corrected(text, [span[1], span[1]], '[1]')],
  });
}

/** The factors of a product, or the side itself. */
function factorsOf({ expr, syntax }: Side): readonly Side[] {
  if (expr.kind !== 'binary' || syntax.kind !== 'binary' || expr.op !== '*') return [{ expr, syntax }];
  const sides = ['left', 'right'] as const;
  return sides.flatMap((side) => factorsOf({ expr: expr[side], syntax: syntax[side] }));
}

/** `volume > avg`, `volume > 2*avg`: an average without a word on of what is one of closes. */
function refusePriceOfVolume(volume: Side, other: Side, context: CheckContext): void {
  if (scaleOf(volume.expr) !== 'volume') return;
  const factors = factorsOf(other).filter(({ expr }) => constantOf(expr) === undefined);
  if (factors.length === 1) refuseAverage(volume, factors[0]!, context);
}

function refuseAverage(volume: Side, { expr, syntax }: Side, { text }: CheckContext): void {
  if (scaleOf(expr) !== 'price' || expr.kind !== 'series') return;
  const entry = lookup(expr.name);
  if (entry?.input !== 'series' || expr.input === undefined) return;
  const { span } = syntax;
  const what = text.slice(...volume.syntax.span);
  const [length] = expr.params;
  const meant = `sma(${what}, ${length?.kind === 'number' ? length.value : 20})`;
  fail('wrong-type', `${quote(text.slice(...span))} is one of prices, and ${quote(what)} is none`, span, {
    hint: `write ${meant}`,
    suggestions: [corrected(text, span, meant)],
  });
}
