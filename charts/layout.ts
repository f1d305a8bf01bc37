import { type Axis, extent, paneAxis, priceAxis, type Room } from './axis.ts';
import type { ChartRequest, ChartSeries } from './request.ts';
import { WEIGHTS } from './theme.ts';

/** One pane: an axis and the stretch of the plot that it takes. */
export interface Pane {
  /** Id of its scale in the config: `price`, `volume`, `p0`, `p1`, … */
  readonly id: string;
  readonly axis: Axis;
  readonly weight: number;
  /** Edges as fractions of the plot's height, from the top. */
  readonly top: number;
  readonly bottom: number;
  /** What is drawn in it; undefined for price and volume. */
  readonly series: ChartSeries | undefined;
}

export interface Layout {
  readonly price: Pane;
  readonly volume: Pane | undefined;
  readonly others: readonly Pane[];
}

/** All panes, from the top down. */
export function panesOf(layout: Layout): readonly Pane[] {
  return [layout.price, ...(layout.volume ? [layout.volume] : []), ...layout.others];
}

/** How far beyond the candles' range, as a share of it, an overlay or an alert level may stretch the price axis. */
const OVERLAY_REACH = 0.5;
const LEVEL_REACH = 0.35;
/** The same of levels that the picture is made for. */
const MAIN_REACH = 1.5;

/** Where a value of a pane lies, as a fraction of the plot's height from the top. */
export function fractionOf(pane: Pane, value: number): number {
  const { min, max } = pane.axis;
  return pane.top + ((max - value) / (max - min)) * (pane.bottom - pane.top);
}

/** Stretches `range` to the extent of `values`, but no further than `reach` times its span on each side. */
function stretched(
  range: readonly [number, number],
  values: readonly number[],
  reach: number,
  whole: boolean,
): readonly [number, number] {
  const span = range[1] - range[0] || Math.abs(range[1]) * 0.01 || 1;
  const floor = range[0] - span * reach;
  const roof = range[1] + span * reach;
  const kept = whole
    ? values.map((v) => Math.min(roof, Math.max(floor, v)))
    : values.filter((v) => v >= floor && v <= roof);
  return extent(range, kept) ?? range;
}

/** Share of the bars that may lie beyond the axis, and how many times the others' range they must reach for that. */
const SPIKES = { share: 0.02, reach: 10, leastBars: 20 };

/** The range of the bars; where very few reach so far that all others would be a flat line, that of the others. */
function barRange({ bars }: ChartRequest): readonly [number, number] {
  const lows = bars.map((bar) => bar.low).sort((a, b) => a - b);
  const highs = bars.map((bar) => bar.high).sort((a, b) => a - b);
  const whole = extent(lows, highs) ?? [0, 1];
  if (bars.length < SPIKES.leastBars) return whole;
  const few = Math.ceil(bars.length * SPIKES.share);
  const calm = [lows[few], highs[highs.length - 1 - few]] as const;
  const span = calm[1] - calm[0];
  if (span <= 0 || whole[1] - whole[0] < span * SPIKES.reach) return whole;
  return extent(calm, [bars[bars.length - 1].close]) ?? whole;
}

function priceRange(request: ChartRequest): readonly [number, number] {
  const bars = barRange(request);
  const reach = (bars[1] - bars[0]) * OVERLAY_REACH;
  const isNear = (value: number) => value >= bars[0] - reach && value <= bars[1] + reach;
  // A line of another scale altogether would only press the candles together, and still not be seen.
  const lines = overlaysOf(request).flatMap((series) => series.lines.filter((line) => line.values.some(isNear)));
  const values = lines.flatMap((line) => line.values.filter(Number.isFinite));
  // What lies in the time to come is what such a chart is for: it is never cut.
  const ahead = lines.map((line) => line.values.slice(request.bars.length));
  const withLines = extent(stretched(bars, values, OVERLAY_REACH, true), ...ahead) ?? bars;
  const prices = (isMain: boolean) =>
    request.levels.filter((level) => (level.isMain ?? false) === isMain).map(({ price }) => price);
  return stretched(stretched(withLines, prices(true), MAIN_REACH, false), prices(false), LEVEL_REACH, false);
}

/** Room in px above and below the candles. */
const PRICE_ROOM = { above: 14, below: 14 };

function paneRoom(height: number): Room {
  return { height, above: height < 64 ? 21 : 25, below: height < 64 ? 5 : 8 };
}

/** Whether there is a pane of the volume. */
const hasVolume = (request: ChartRequest): boolean => request.bars.some((bar) => bar.volume > 0);

/** Where a series goes: what lies over the volume has a pane of its own where there is none of the volume. */
function placeOf({ scale, place }: ChartSeries, request: ChartRequest): 'price' | 'signs' | 'volume' | 'pane' {
  if (place === 'volume') return hasVolume(request) ? 'volume' : 'pane';
  return place ?? (scale === 'price' ? 'price' : 'pane');
}

const seriesAt = (request: ChartRequest, place: ReturnType<typeof placeOf>): readonly ChartSeries[] =>
  request.series.filter((series) => placeOf(series, request) === place);

/** The series that lie over the candles, those that are marks at them, those over the volume, and those with a pane of their own. */
export const overlaysOf = (request: ChartRequest): readonly ChartSeries[] => seriesAt(request, 'price');
export const signedOf = (request: ChartRequest): readonly ChartSeries[] => seriesAt(request, 'signs');
export const overVolumeOf = (request: ChartRequest): readonly ChartSeries[] => seriesAt(request, 'volume');
export const panedOf = (request: ChartRequest): readonly ChartSeries[] => seriesAt(request, 'pane');

/**
 * Divides the plot among the price, its volume and the panes of the series.
 * @param height of the plot in px
 * @param extra px that are needed above and below the candles besides, for marks
 */
export function layOut(request: ChartRequest, height: number, extra: { above: number; below: number }): Layout {
  const paned = panedOf(request);
  const withVolume = hasVolume(request);
  const total = WEIGHTS.price + (withVolume ? WEIGHTS.volume : 0) + paned.length * WEIGHTS.pane;
  const px = (weight: number) => (weight / total) * height;

  let used = 0;
  const place = (id: string, weight: number, axis: Axis, series?: ChartSeries): Pane => {
    const top = used / total;
    used += weight;
    return { id, axis, weight, top, bottom: used / total, series };
  };
  const priceRoom = {
    height: px(WEIGHTS.price),
    above: PRICE_ROOM.above + extra.above,
    below: PRICE_ROOM.below + extra.below,
  };
  const priced = priceAxis(priceRange(request), request.digits, priceRoom);
  const price = place('price', WEIGHTS.price, request.bars.length > 0 ? priced : { ...priced, ticks: [] });
  const averages = overVolumeOf(request).flatMap((series) => series.lines.map((line) => line.values));
  const volumes = [request.bars.map((bar) => bar.volume), ...averages];
  const volumeAxis = paneAxis('volume', volumes, [], paneRoom(px(WEIGHTS.volume)));
  const volume = withVolume ? place('volume', WEIGHTS.volume, volumeAxis) : undefined;
  const others = paned.map((series, i) => {
    const values = series.lines.map((line) => line.values);
    const axis = paneAxis(series.scale, values, series.levels, paneRoom(px(WEIGHTS.pane)));
    return place(`p${i}`, WEIGHTS.pane, axis, series);
  });
  return { price, volume, others };
}
