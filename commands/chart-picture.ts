import type { ChartLevel, ChartMark, ChartRequest, ChartSeries } from '../charts/request.ts';
import { UserError } from '../engine/errors.ts';
import type { Expr } from '../engine/language/ast.ts';
import { nameExpr, printExpr } from '../engine/language/print.ts';
import { seriesOf } from '../engine/language/references.ts';
import { scaleOf } from '../engine/language/scale.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import type { FactSource } from '../engine/market/facts.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { Scale } from '../engine/series/catalog-entry.ts';
import { evaluate, type SeriesValues } from '../engine/series/evaluate.ts';
import { type Plan, planOf, sampled } from '../engine/series/plan.ts';
import { barsToFirst } from '../engine/series/wanted.ts';
import {
  cloudOf,
  entryOf,
  linesOf,
  type Overlay,
  placeOf,
  type ReadSeries,
  shapedLine,
  signOf,
} from './chart-shapes.ts';
import { formatPercent, formatPrice, priceDigits } from './format.ts';
import type { Picture } from './message.ts';
import { barsKey, barsRead, joinReads } from './plan-bars.ts';
import type { CommandPorts } from './ports.ts';
import { barsOf, legsOf, namesOf } from './ratio.ts';

/** Bars on a picture. */
export const SHOWN_BARS = 120;
/** Bars that one series may be computed from. */
const MOST_BARS = 6000;

export interface PictureOrder {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  readonly overlays: readonly Overlay[];
  /** Levels in the pane of a series, by the series' label. */
  readonly paneLevels?: ReadonlyMap<string, readonly number[]>;
  /** Alert levels on the price. */
  readonly levels: readonly ChartLevel[];
  readonly marks: readonly ChartMark[];
  readonly timeZone: string;
  readonly locale: string;
}

type PicturePorts = Pick<CommandPorts, 'market' | 'charts'>;

/** An overlay of which nothing can be drawn, and the bars that it takes until there is a value. */
export interface EmptyOverlay {
  readonly label: string;
  readonly takes: number;
  readonly known: number;
}

/** Collects the bars, computes the series and has the picture drawn. @throws TransportError, UserError */
export async function drawPicture(
  ports: PicturePorts,
  order: PictureOrder,
): Promise<{ picture: Picture; bars: readonly Bar[]; empty: readonly EmptyOverlay[] }> {
  const { request, empty } = await chartRequest(ports, order);
  const png = await ports.charts.render(request);
  const { symbol, interval, bars } = request;
  const last = bars[bars.length - 1];
  const change = formatPercent(last.close / bars[0].open - 1, order.locale);
  const price = formatPrice(last.close, ports.market.symbols.get(order.instrument)?.tick, order.locale);
  const alt = `${symbol} ${formatInterval(interval)} chart: ${price}, ${change} over ${bars.length} bars`;
  return { picture: { png, alt, key: pictureKey(request) }, bars, empty };
}

/** Equal requests have equal keys; bars and lines are named by their ends. */
function pictureKey({ bars, series, ...rest }: ChartRequest): string {
  const lines = series.map(({ lines: parts, ...shape }) => [
    shape,
    parts.map(({ label, values, sides }) => [label, values[0], values[values.length - 1], sides?.[sides.length - 1]]),
  ]);
  return JSON.stringify([rest, bars.length, bars[0], bars[bars.length - 1], lines]);
}

async function chartRequest(
  { market }: PicturePorts,
  order: PictureOrder,
): Promise<{ readonly request: ChartRequest; readonly empty: readonly EmptyOverlay[] }> {
  const { instrument, interval } = order;
  const { venue, symbol } = namesOf(instrument);
  const plans = order.overlays.flatMap((overlay) => linesOf(overlay).map((line) => planOf(line.expr)));
  const bars = await collectBars(market, order, plans);
  const facts = await factsFor(market, plans, bars, order);
  const own = bars(instrument, interval).slice(-SHOWN_BARS);
  if (own.length === 0) throw noBars(symbol, interval);
  const info = market.symbols.get(instrument);
  const overlays = order.overlays.filter((overlay) => !isShownVolume(overlay, order, own));
  const series = overlays.map((overlay) => drawn(overlay, order, own, Object.assign(bars, { facts })));
  const empty = overlays.flatMap((overlay, i) => emptyOf(overlay, series[i], bars));
  const request: ChartRequest = {
    symbol,
    venue,
    style: legsOf(instrument) === undefined ? 'candles' : 'line',
    interval,
    bars: own,
    digits: priceDigits(own[own.length - 1].close, info?.tick),
    series,
    levels: order.levels,
    marks: order.marks,
    timeZone: order.timeZone,
  };
  return { request, empty };
}

/** What there is to say of a series without a value: of its bars those that are furthest from being enough. */
function emptyOf(overlay: Overlay, { label, lines }: ChartSeries, bars: Bars): readonly EmptyOverlay[] {
  if (!lines.every(({ values }) => values.every(Number.isNaN))) return [];
  const reads = linesOf(overlay).flatMap((line) => [...barsToFirst(planOf(line.expr)).values()]);
  const counts = reads.map((read) => ({ takes: read.bars, known: bars(read.instrument, read.interval).length }));
  const [least] = counts.sort((a, b) => b.takes - b.known - (a.takes - a.known));
  return [{ label, takes: least?.takes ?? 0, known: least?.known ?? 0 }];
}

function noBars(symbol: string, interval: number): UserError {
  return new UserError('no-data', `I have no ${formatInterval(interval)} bars of ${symbol} yet.`, {
    hint: 'Try again in a moment, or a shorter interval.',
  });
}

interface Bars {
  (instrument: string, interval: number): readonly Bar[];
  readonly facts?: FactSource;
}

/** What is known of the plans' facts since the first bar that is read of the chart's instrument. */
async function factsFor(
  market: CommandPorts['market'],
  plans: readonly Plan[],
  bars: Bars,
  { instrument, interval }: PictureOrder,
): Promise<FactSource> {
  const keys = plans.flatMap((plan) => (plan.kind === 'constant' ? [] : plan.facts));
  if (keys.length === 0) return () => undefined;
  return market.facts([...new Set(keys)], bars(instrument, interval)[0]?.start ?? 0);
}

/** Everything that the plans read, the open bars at the end. */
async function collectBars(
  market: CommandPorts['market'],
  { instrument, interval }: PictureOrder,
  plans: readonly Plan[],
): Promise<Bars> {
  const reads = plans.flatMap((plan) => (plan.kind === 'constant' ? [] : barsRead(sampled(plan, interval))));
  const wanted = reads.map((read) => ({
    ...read,
    bars: Math.min(MOST_BARS, read.bars + Math.ceil((SHOWN_BARS * interval) / read.interval)),
  }));
  const entries = await Promise.all(
    joinReads([{ instrument, interval, bars: SHOWN_BARS }, ...wanted]).map(async (read) => {
      const { closed, open } = await barsOf(market, read.instrument, read.interval, read.bars);
      return [barsKey(read.instrument, read.interval), open === undefined ? closed : [...closed, open]] as const;
    }),
  );
  const found = new Map(entries);
  return (id, ms) => found.get(barsKey(id, ms)) ?? [];
}

/** What a series is called for people: with its field where one of several is meant. */
function labelOf({ expr, oneField }: Overlay, place: { instrument: string; interval: number }): string {
  if (expr.kind !== 'series' || expr.field === undefined) return nameExpr(expr, place);
  const { field, ...whole } = expr;
  const name = nameExpr({ ...whole, field: undefined }, place);
  return oneField ? `${name}.${field}` : name;
}

/** Whether it is what the picture's own bars of the volume show. */
function isShownVolume({ expr }: Overlay, { instrument, interval }: PictureOrder, shown: readonly Bar[]): boolean {
  if (expr.kind !== 'series' || expr.name !== 'volume') return false;
  return expr.instrument === instrument && expr.interval === interval && shown.some(({ volume }) => volume > 0);
}

function drawn(overlay: Overlay, order: PictureOrder, shown: readonly Bar[], source: Bars): ChartSeries {
  const { expr } = overlay;
  const { instrument, interval } = order;
  const whole = printExpr(expr, { instrument, interval });
  const label = labelOf(overlay, order);
  const levels = order.paneLevels?.get(whole) ?? [];
  const lines = linesOf(overlay);
  const place = placeOf(expr, order);
  const cloud = cloudOf(overlay, lines);
  const bars = { shown, all: source(instrument, interval), interval };
  const read: ReadSeries = (each, at) => valuesAt(planOf(each), interval, at, source);
  return {
    label,
    scale: axisOf(expr, instrument),
    lines: lines.map((line) => ({
      label: lines.length > 1 ? `${line.name}` : place === 'signs' ? signOf(expr) : label,
      ...shapedLine(line.expr, bars, read),
    })),
    levels: levels.length > 0 ? levels : (entryOf(expr)?.levels ?? []),
    ...(place && { place }),
    ...(cloud && { cloud }),
  };
}

function valuesAt(plan: Plan, interval: number, bars: readonly Bar[], source: Bars): readonly number[] {
  if (plan.kind === 'constant') return bars.map(() => plan.value);
  const found: SeriesValues = evaluate(
    sampled(plan, interval),
    Object.assign(
      (id: string, ms: number) => toColumns(source(id, ms)),
      source.facts === undefined ? {} : { facts: source.facts },
    ),
  );
  const byStart = new Map<number, number>();
  for (let i = 0; i < found.starts.length; i++) byStart.set(found.starts[i], found.values[i]);
  return bars.map((bar) => byStart.get(bar.start) ?? Number.NaN);
}

/** Where a series is drawn. Only what is measured in this instrument's price lies on its axis. */
export function axisOf(expr: Expr, instrument: string): Scale {
  const scale = scaleOf(expr) ?? 'own';
  const isForeign = seriesOf(expr).some((series) => series.instrument !== instrument);
  return scale === 'price' && isForeign ? 'own' : scale;
}
