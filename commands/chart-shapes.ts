import type { ChartLine, ChartSeries } from '../charts/request.ts';
import type { Expr, SeriesExpr } from '../engine/language/ast.ts';
import { seriesOf } from '../engine/language/references.ts';
import { scaleOf } from '../engine/language/scale.ts';
import type { Bar } from '../engine/market/events.ts';
import { lookup } from '../engine/series/catalog.ts';
import type { CatalogEntry, Shape } from '../engine/series/catalog-entry.ts';

/** A series to draw. `oneField` is false where all of an indicator's fields are wanted. */
export interface Overlay {
  readonly expr: Expr;
  readonly oneField: boolean;
}

/** One line of an overlay; `name` is its field where there are several. */
export interface OverlayLine {
  readonly expr: Expr;
  readonly name: string | undefined;
}

/** The values of a series at the closes of the picture's interval, for each of some bars. */
export type ReadSeries = (expr: Expr, bars: readonly Bar[]) => readonly number[];

export function entryOf(expr: Expr): CatalogEntry | undefined {
  return expr.kind === 'series' ? lookup(expr.name) : undefined;
}

/** What a pattern is called at its candle. */
export function signOf(expr: Expr): string {
  const entry = entryOf(expr);
  return entry?.sign ?? entry?.name ?? '';
}

/** How an expression is drawn: by its catalog entry's shape where it is that entry's first field. */
function shapeOf(expr: Expr): Shape | undefined {
  const entry = entryOf(expr);
  const isFirst = expr.kind === 'series' && (expr.field === undefined || expr.field === entry?.fields[0]);
  return isFirst ? entry?.shape : undefined;
}

/** The lines of an overlay: one, or one for each field that is drawn. */
export function linesOf({ expr, oneField }: Overlay): readonly OverlayLine[] {
  const entry = entryOf(expr);
  if (oneField || expr.kind !== 'series' || entry === undefined) return [{ expr, name: undefined }];
  const fields = shapeOf(expr) === 'turns' ? entry.fields.slice(0, 1) : (entry.drawn ?? entry.fields);
  return fields.length === 0
    ? [{ expr, name: undefined }]
    : fields.map((field) => ({ expr: { ...expr, field }, name: field }));
}

/** The values of a line at the shown bars, which are the last of `all`, in the form that its shape asks for. */
export function shapedLine(
  expr: Expr,
  { shown, all, interval }: { readonly shown: readonly Bar[]; readonly all: readonly Bar[]; readonly interval: number },
  read: ReadSeries,
): Omit<ChartLine, 'label'> {
  const shape = shapeOf(expr);
  if (entryOf(expr)?.input === 'fact') return { values: read(expr, shown), form: 'stairs' };
  if (expr.kind !== 'series' || shape === undefined) return { values: read(expr, shown) };
  if (shape === 'turns') {
    if (expr.interval !== interval) return { values: read(expr, shown), form: 'steps' };
    return { values: lastOf(turnsOf(expr, all, read), shown.length), form: 'turns' };
  }
  const values = read(expr, shown);
  if (shape === 'steps') return { values, form: 'steps' };
  if (shape === 'signs' && entryOf(expr)?.isUndecided) return { values, form: 'dots' };
  if (shape !== 'dots' && shape !== 'sides') return { values };
  const sides = read({ ...expr, field: 'direction' }, shown);
  return { values, sides, ...(shape === 'dots' && { form: 'dots' }) };
}

/** The last `count` values; the line from the turn before them enters at the first. */
function lastOf(turns: readonly number[], count: number): readonly number[] {
  const values = turns.slice(-count);
  const begin = turns.length - values.length;
  const before = turns.findLastIndex((value, i) => i < begin && Number.isFinite(value));
  const next = turns.findIndex((value, i) => i >= begin && Number.isFinite(value));
  if (before >= 0 && next > begin) {
    values[0] = turns[before] + ((turns[next] - turns[before]) * (begin - before)) / (next - before);
  }
  return values;
}

/** The price of a zig-zag at its turns, the running leg's extreme being the last, and NaN between them. */
function turnsOf(expr: SeriesExpr, bars: readonly Bar[], read: ReadSeries): readonly number[] {
  const field = (name: string) => read({ ...expr, field: name }, bars);
  const [turns, extremes, directions] = [field('value'), field('extreme'), field('direction')];
  const found = new Array<number>(bars.length).fill(Number.NaN);
  const mark = (price: number, before: number, isHigh: boolean) => {
    let at = before;
    while (at >= 0 && (isHigh ? bars[at].high : bars[at].low) !== price) at--;
    if (at >= 0) found[at] = price;
  };
  for (let i = 1; i < bars.length; i++) if (turns[i] !== turns[i - 1]) mark(turns[i], i, directions[i] < 0);
  const last = bars.length - 1;
  if (last >= 0) mark(extremes[last], last, directions[last] > 0);
  return found;
}

/** Columns that are counted in the unit of the volume. */
const VOLUMES: ReadonlySet<string> = new Set(['volume', 'buys', 'sells']);

/** Where a series is drawn that neither lies on the price nor needs a pane. */
export function placeOf(
  expr: Expr,
  { instrument, interval }: { readonly instrument: string; readonly interval: number },
): ChartSeries['place'] {
  if (shapeOf(expr) === 'signs' && expr.kind === 'series' && expr.instrument === instrument) {
    return expr.interval === interval ? 'signs' : undefined;
  }
  const isOwn = seriesOf(expr).every((one) => one.instrument === instrument && one.interval === interval);
  if (scaleOf(expr) !== 'volume' || !isOwn) return undefined;
  const columns = seriesOf(expr).filter(({ name }) => lookup(name)?.input === 'column');
  return columns.length > 0 && columns.every(({ name }) => VOLUMES.has(name)) ? 'volume' : undefined;
}

/** The two lines of an overlay that a cloud lies between. */
export function cloudOf({ expr }: Overlay, lines: readonly OverlayLine[]): ChartSeries['cloud'] {
  if (shapeOf(expr) !== 'cloud') return undefined;
  const [first, second] = ['spana', 'spanb'].map((field) => lines.findIndex(({ name }) => name === field));
  return first >= 0 && second >= 0 ? [first, second] : undefined;
}
