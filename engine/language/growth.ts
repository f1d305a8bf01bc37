import { lookup } from '../series/catalog.ts';
import type { Expr, SeriesExpr } from './ast.ts';
import { sameExpr } from './same.ts';

const PRICES: ReadonlySet<string> = new Set(['price', 'open', 'high', 'low', 'close']);

/** Whether an expression is a price of the bar itself. */
export function isPriceColumn(expr: Expr): expr is SeriesExpr {
  return expr.kind === 'series' && PRICES.has(expr.name);
}

/** What a price gains from bar to bar: `change(close, 1)`. */
export function growthOf(price: SeriesExpr): SeriesExpr {
  const { instrument, interval, span } = price;
  const params = [{ kind: 'number', value: 1, span } as const];
  return { kind: 'series', name: 'change', input: price, params, field: undefined, instrument, interval, span };
}

/** An input of a series as one writes it: where a pair takes prices by their growth, the price. */
export function asWritten(series: SeriesExpr, input: Expr): Expr {
  const entry = lookup(series.name);
  if (entry?.input !== 'pair' || !entry.ofGrowth || input.kind !== 'series' || !input.input) return input;
  return isPriceColumn(input.input) && sameExpr(growthOf(input.input), input) ? input.input : input;
}
