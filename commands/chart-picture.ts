import type { ChartMark, ChartRequest, ChartSeries } from '../charts/request.ts';
import { UserError } from '../engine/errors.ts';
import type { Expr } from '../engine/language/ast.ts';
import { printExpr } from '../engine/language/print.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { lookup } from '../engine/series/catalog.ts';
import type { Scale } from '../engine/series/catalog-entry.ts';
import { evaluate, type SeriesValues } from '../engine/series/evaluate.ts';
import { barsWanted, type Plan, planOf, sampled } from '../engine/series/plan.ts';
import { formatPercent, formatPrice, priceDigits } from './format.ts';
import type { Picture } from './message.ts';
import type { CommandPorts } from './ports.ts';

/** Bars on a picture. */
export const SHOWN_BARS = 120;

/** A series to draw. `field` is false where all of an indicator's fields are wanted. */
export interface Overlay {
  readonly expr: Expr;
  readonly oneField: boolean;
}

export interface PictureOrder {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  readonly overlays: readonly Overlay[];
  /** Levels in the pane of a series, by the series' label. */
  readonly paneLevels?: ReadonlyMap<string, readonly number[]>;
  /** Alert levels on the price. */
  readonly levels: readonly { readonly price: number; readonly label: string }[];
  readonly marks: readonly ChartMark[];
  readonly timeZone: string;
  readonly locale: string;
}

type PicturePorts = Pick<CommandPorts, 'market' | 'charts'>;

/** Collects the bars, computes the series and has the picture drawn. @throws TransportError, UserError */
export async function drawPicture(
  ports: PicturePorts,
  order: PictureOrder,
): Promise<{ picture: Picture; bars: readonly Bar[] }> {
  const request = await chartRequest(ports, order);
  const png = await ports.charts.render(request);
  const { symbol, interval, bars } = request;
  const last = bars[bars.length - 1];
  const change = formatPercent(last.close / bars[0].open - 1, order.locale);
  const price = formatPrice(last.close, ports.market.symbols.get(order.instrument)?.tick, order.locale);
  const alt = `${symbol} ${formatInterval(interval)} chart: ${price}, ${change} over ${bars.length} bars`;
  return { picture: { png, alt, key: pictureKey(request) }, bars };
}

/** Equal requests have equal keys; the bars are named by their ends. */
function pictureKey(request: ChartRequest): string {
  const { bars, ...rest } = request;
  const last = bars[bars.length - 1];
  const series = rest.series.map(({ label, lines }) => [
    label,
    lines.map((line) => line.values[line.values.length - 1]),
  ]);
  return JSON.stringify([
    rest.venue,
    rest.symbol,
    rest.interval,
    bars[0].start,
    last,
    series,
    rest.levels,
    rest.marks,
    rest.timeZone,
  ]);
}

async function chartRequest({ market }: PicturePorts, order: PictureOrder): Promise<ChartRequest> {
  const { instrument, interval } = order;
  const [venue, symbol] = splitInstrument(instrument);
  const plans = order.overlays.flatMap((overlay) => linesOf(overlay).map((line) => planOf(line.expr)));
  const bars = await collectBars(market, instrument, interval, plans);
  const own = bars(instrument, interval).slice(-SHOWN_BARS);
  if (own.length === 0) throw noBars(symbol, interval);
  const info = market.symbols.get(instrument);
  return {
    symbol,
    venue,
    interval,
    bars: own,
    digits: priceDigits(own[own.length - 1].close, info?.tick),
    series: order.overlays.map((overlay) => drawn(overlay, order, own, bars)),
    levels: order.levels,
    marks: order.marks,
    timeZone: order.timeZone,
  };
}

function noBars(symbol: string, interval: number): UserError {
  return new UserError('no-data', `I have no ${formatInterval(interval)} bars of ${symbol} yet.`, {
    hint: 'Try again in a moment, or a shorter interval.',
  });
}

type Bars = (instrument: string, interval: number) => readonly Bar[];

/** Everything that the plans read, the open bars at the end. */
async function collectBars(
  market: CommandPorts['market'],
  instrument: string,
  interval: number,
  plans: readonly Plan[],
): Promise<Bars> {
  const wanted = new Map([[`${instrument} ${interval}`, { instrument, interval, bars: SHOWN_BARS }]]);
  for (const plan of plans) {
    const clock = plan.kind === 'constant' ? [] : plan.instruments.map((id) => ({ instrument: id, interval, bars: 0 }));
    for (const want of [...barsWanted(plan).values(), ...clock]) {
      const shown = Math.ceil((SHOWN_BARS * interval) / want.interval);
      const key = `${want.instrument} ${want.interval}`;
      wanted.set(key, { ...want, bars: Math.max(wanted.get(key)?.bars ?? 0, Math.min(6000, want.bars + shown)) });
    }
  }
  const entries = await Promise.all(
    [...wanted].map(async ([key, want]) => {
      const { closed, open } = await market.bars(want.instrument, want.interval, want.bars);
      return [key, open === undefined ? closed : [...closed, open]] as const;
    }),
  );
  const found = new Map(entries);
  return (id, ms) => found.get(`${id} ${ms}`) ?? [];
}

/** The lines of an overlay: one, or one for each field that is drawn. */
function linesOf({ expr, oneField }: Overlay): readonly { readonly expr: Expr; readonly name: string | undefined }[] {
  if (oneField || expr.kind !== 'series') return [{ expr, name: undefined }];
  const entry = lookup(expr.name)!;
  const fields = entry.drawn ?? entry.fields;
  return fields.length === 0
    ? [{ expr, name: undefined }]
    : fields.map((field) => ({ expr: { ...expr, field }, name: field }));
}

function drawn(overlay: Overlay, order: PictureOrder, bars: readonly Bar[], source: Bars): ChartSeries {
  const context = { instrument: order.instrument, interval: order.interval };
  const whole = printExpr(overlay.expr, context);
  const lines = linesOf(overlay);
  const several = lines.length > 1;
  const { expr } = overlay;
  const entry = expr.kind === 'series' ? lookup(expr.name) : undefined;
  const label = several && entry !== undefined ? whole.replace(/\.[a-z]+$/, '') : whole;
  const levels = order.paneLevels?.get(whole) ?? order.paneLevels?.get(label) ?? [];
  return {
    label,
    scale: scaleOf(expr, order.instrument),
    lines: lines.map((line) => ({
      label: several ? `${line.name}` : whole,
      values: valuesAt(planOf(line.expr), order.interval, bars, source),
    })),
    levels: levels.length > 0 ? levels : (entry?.levels ?? []),
  };
}

function valuesAt(plan: Plan, interval: number, bars: readonly Bar[], source: Bars): readonly number[] {
  if (plan.kind === 'constant') return bars.map(() => plan.value);
  const found: SeriesValues = evaluate(sampled(plan, interval), (id, ms) => toColumns(source(id, ms)));
  const byStart = new Map<number, number>();
  for (let i = 0; i < found.starts.length; i++) byStart.set(found.starts[i], found.values[i]);
  return bars.map((bar) => byStart.get(bar.start) ?? Number.NaN);
}

/** Where a series is drawn. What is computed from something else than a price is drawn where that is. */
export function scaleOf(expr: Expr, instrument: string): Scale {
  switch (expr.kind) {
    case 'series': {
      const entry = lookup(expr.name);
      if (entry === undefined) return 'own';
      if (expr.field === 'width' || expr.field === 'percent') return 'fraction';
      if (entry.scale !== 'price') return entry.scale;
      if (entry.input === 'series' && expr.input !== undefined) return scaleOf(expr.input, instrument);
      return expr.instrument === instrument ? 'price' : 'own';
    }
    case 'lag':
    case 'negate':
      return expr.kind === 'lag' ? scaleOf(expr.expr, instrument) : 'own';
    default:
      return 'own';
  }
}
