import { applyBinary, applyMath } from '../series/arithmetic.ts';
import { entryOf } from '../series/catalog.ts';
import type { Scale } from '../series/catalog-entry.ts';
import type { Expr, SeriesExpr } from './ast.ts';

/** What a value is measured in; undefined where nothing is known of it, as of a quotient. */
export function scaleOf(expr: Expr): Scale | undefined {
  switch (expr.kind) {
    case 'series':
      return seriesScale(expr);
    case 'lag':
      return scaleOf(expr.expr);
    case 'negate':
      return signed(scaleOf(expr.expr));
    case 'math':
      return mathScale(expr.name, expr.args);
    case 'binary': {
      const scale = expr.op === '+' || expr.op === '-' ? signed(scaleOf(expr.left)) : undefined;
      return scale !== undefined && scale === scaleOf(expr.right) ? scale : undefined;
    }
    case 'number':
    case 'duration':
    case 'truth':
      return undefined;
  }
}

/** Only what lies around zero keeps its scale when it is negated or subtracted. */
const signed = (scale: Scale | undefined): Scale | undefined =>
  scale === 'fraction' || scale === 'centred' ? scale : undefined;

function mathScale(name: string, args: readonly Expr[]): Scale | undefined {
  if (name === 'log' || name === 'sqrt') return undefined;
  const scales = args.filter((arg) => arg.kind !== 'number').map(scaleOf);
  return scales.every((scale) => scale === scales[0]) ? scales[0] : undefined;
}

/** What lies on the price is measured as its input is: the average of a volume is a volume. */
function seriesScale(series: SeriesExpr): Scale | undefined {
  const entry = entryOf(series.name);
  if (entry.scale !== 'price') return entry.scale;
  if (series.field !== undefined && !['middle', 'upper', 'lower', entry.fields[0]].includes(series.field))
    return undefined;
  return series.input === undefined ? entry.scale : scaleOf(series.input);
}

/** The value of an expression that does not change in time; undefined for every other. */
export function constantOf(expr: Expr): number | undefined {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'negate': {
      const value = constantOf(expr.expr);
      return value === undefined ? undefined : -value;
    }
    case 'binary': {
      const left = constantOf(expr.left);
      const right = left === undefined ? undefined : constantOf(expr.right);
      return left === undefined || right === undefined ? undefined : applyBinary(expr.op, left, right);
    }
    case 'math': {
      const values = expr.args.map(constantOf);
      return values.every((value) => value !== undefined) ? applyMath(expr.name, values) : undefined;
    }
    case 'series':
    case 'lag':
    case 'duration':
    case 'truth':
      return undefined;
  }
}
