import { formatInterval } from '../engine/market/interval.ts';
import type { JsonObject } from './chart-config.ts';
import type { ChartRequest } from './request.ts';
import { LEGEND_ROW, LINE_HEIGHT, MARGIN, type Scene, TITLE_GAP } from './scene.ts';
import { cleanText, formatChange, formatFixed, formatSpan, textWidth } from './text.ts';
import { COLORS, FONT, FONT_FAMILY, WIDTH } from './theme.ts';

const LONGEST_SYMBOL = 40;
const LONGEST_VENUE = 24;
/** Px between the name and the price. */
const TITLE_DISTANCE = 36;

/** The change from the first open to the last close as a fraction; 0 where there is none. */
function changeOf({ bars }: ChartRequest): number {
  const last = bars[bars.length - 1];
  return last && bars[0].open !== 0 ? last.close / bars[0].open - 1 : 0;
}

/** What the change is over: a time, or a number of bars where some are missing between them. */
function periodOf({ bars, interval }: ChartRequest): string {
  const length = bars[bars.length - 1].start + interval - bars[0].start;
  return length === bars.length * interval ? `in ${formatSpan(length)}` : `over ${bars.length} bars`;
}

/** Symbol, interval and venue, as much of them as `room` px take: the venue goes first, then the symbol's end. */
function nameWithin(room: number, { symbol, interval, venue }: ChartRequest): { text: string; hasVenue: boolean } {
  const fits = (text: string) => textWidth(text, FONT.title) <= room;
  const name = (length: number) => `${cleanText(symbol, length).toUpperCase()}   ${formatInterval(interval)}`;
  const whole = `${name(LONGEST_SYMBOL)} · ${cleanText(venue, LONGEST_VENUE)}`;
  if (fits(whole)) return { text: whole, hasVenue: true };
  let length = LONGEST_SYMBOL;
  while (length > 4 && !fits(name(length))) length--;
  return { text: name(length), hasVenue: false };
}

function legendOptions(scene: Scene): JsonObject {
  return {
    display: scene.legend.length > 0,
    position: 'top',
    align: 'start',
    maxHeight: scene.legendRows * LEGEND_ROW,
    labels: {
      usePointStyle: true,
      pointStyle: 'line',
      pointStyleWidth: 22,
      boxHeight: 4,
      padding: 8,
      color: COLORS.text,
      font: { family: FONT_FAMILY, size: FONT.label, weight: 600 },
    },
  };
}

export interface Headings {
  readonly name: string;
  readonly price: string;
  /** The venue, where the name leaves it no room: it goes below the chart. */
  readonly venueBelow: string | undefined;
}

/** What stands in the row above the chart, left and right. */
export function headings(request: ChartRequest): Headings {
  const last = request.bars[request.bars.length - 1];
  const change = formatChange(changeOf(request));
  const price = last ? `${formatFixed(last.close, request.digits)}   ${change} ${periodOf(request)}` : 'no bars yet';
  const room = WIDTH - 2 * MARGIN.side - textWidth(price, FONT.title) - TITLE_DISTANCE;
  const { text, hasVenue } = nameWithin(room, request);
  return { name: text, price, venueBelow: hasVenue ? undefined : cleanText(request.venue, LONGEST_VENUE) };
}

/** Name and price in one row above the chart, and the legend below them. */
export function header(scene: Scene): Record<string, JsonObject> {
  const { name, price } = headings(scene.request);
  const change = changeOf(scene.request);
  const font = { family: FONT_FAMILY, size: FONT.title, weight: 600, lineHeight: LINE_HEIGHT };
  const row = FONT.title * LINE_HEIGHT;
  return {
    title: {
      display: true,
      align: 'start',
      text: name,
      color: COLORS.text,
      font,
      padding: { top: 0, bottom: TITLE_GAP },
    },
    // The negative padding lifts the second title into the row of the first.
    subtitle: {
      display: true,
      align: 'end',
      text: price,
      color: change === 0 ? COLORS.dim : change > 0 ? COLORS.up : COLORS.down,
      font,
      padding: { top: -row - TITLE_GAP, bottom: TITLE_GAP },
    },
    legend: legendOptions(scene),
  };
}
