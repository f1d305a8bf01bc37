/** What every figure says around its drawing. Texts are for people. */
interface FigureWords {
  readonly title: string;
  /** At the right of the title. */
  readonly note: string;
  /** Below: what it is of and since when. */
  readonly foot: string;
}

/** A square of numbers as colours, with the numbers in it. */
export interface HeatMapRequest extends FigureWords {
  readonly kind: 'heat-map';
  /** Of the rows from the top, and of the columns from the left where these have none of their own. */
  readonly labels: readonly string[];
  readonly columns?: readonly string[];
  /** One row for each label, one value for each column; NaN is left empty. */
  readonly values: readonly (readonly number[])[];
  /** What the colours go by, where not by the values: as many. */
  readonly strength?: readonly (readonly number[])[];
  /** The values that get the strongest colours, of a fall and of a rise; their middle gets none. */
  readonly range: readonly [low: number, high: number];
  /** Digits behind the point in the squares. */
  readonly digits: number;
  /** Squares that are marked, by row and column. */
  readonly marked: readonly (readonly [row: number, column: number])[];
}

/** How often values lie in each part of their range, with a curve to hold it against. */
export interface HistogramRequest extends FigureWords {
  readonly kind: 'histogram';
  /** How many values lie in each part, from the left. */
  readonly counts: readonly number[];
  /** How many would, one for each part. */
  readonly curve: readonly number[];
  readonly curveLabel: string;
  /** The ends of the parts, from the lowest to the highest, as fractions of one. */
  readonly range: readonly [low: number, high: number];
  /** The part that the newest value lies in. */
  readonly newest: number | undefined;
}

/** One line of several, told apart by its name at its end. */
export interface NamedLine {
  readonly name: string;
  /** Behind the name at the line's end; empty where there is nothing to say. */
  readonly note: string;
  /** One for each time; NaN where there is none, which leaves a gap. */
  readonly values: readonly number[];
}

/** Several series over the same times, on one scale. */
export interface LinesRequest extends FigureWords {
  readonly kind: 'lines';
  /** At most 8: that many colours are told apart. */
  readonly lines: readonly NamedLine[];
  /** In ms, oldest first; they stand at equal distances. */
  readonly times: readonly number[];
  /** Between two times, in ms: how exact the labels of the times are. */
  readonly interval: number;
  /** IANA name of the zone of the labels. */
  readonly timeZone: string;
  /** How the scale is written; a percentage is of fractions of one. */
  readonly unit: 'percent' | 'number';
  /** Values that are marked across the picture: where all began, or a threshold. */
  readonly levels: readonly number[];
}

/** Cumulative size by price, the best price first. */
export interface DepthCurve {
  readonly prices: readonly number[];
  readonly sizes: readonly number[];
}

/** An order book: what could be sold and bought until which price. */
export interface DepthRequest extends FigureWords {
  readonly kind: 'depth';
  readonly bids: DepthCurve;
  readonly asks: DepthCurve;
  readonly middle: number;
  /** Prices at the left and the right edge. */
  readonly range: readonly [low: number, high: number];
  /** Digits behind the point of the prices. */
  readonly digits: number;
  /** What stands above each side. */
  readonly sides: { readonly bids: string; readonly asks: string };
  /** What sizes are counted in: `btc`. */
  readonly unit: string;
  /** Levels that stand out; `sum` is the cumulative size there. */
  readonly walls: readonly { readonly price: number; readonly sum: number }[];
}

/** A tree that joins what is near: leaves as rows, joins along an axis. */
export interface DendrogramRequest extends FigureWords {
  readonly kind: 'dendrogram';
  /** From the top. Those of one group have one colour; `side` stands at the other end of the row. */
  readonly leaves: readonly { readonly label: string; readonly group: number; readonly side: string }[];
  /** The nearest first. Leaves are 0 to n - 1 from the top, the join `i` is n + i. */
  readonly joins: readonly { readonly left: number; readonly right: number; readonly at: number }[];
  /** Where the leaves stand, and where the axis ends. */
  readonly axis: readonly [from: number, to: number];
  /** Digits behind the point on the axis. */
  readonly digits: number;
}

/** Values with what they may be by chance, over the same places. */
export interface IntervalRow {
  /** Stands above them, with their unit. */
  readonly name: string;
  /** Where the bars begin: what nothing is. */
  readonly base: number;
  /** One for each place; NaN where there is none. */
  readonly values: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Places whose values stand out. */
  readonly marked: readonly number[];
}

/** Bars with their intervals, in one row below another. */
export interface IntervalsRequest extends FigureWords {
  readonly kind: 'intervals';
  /** Of the places from the left; empty where none is to stand. */
  readonly labels: readonly string[];
  readonly rows: readonly IntervalRow[];
}

export interface TreemapTile {
  readonly name: string;
  /** Below the name where there is room. */
  readonly note: string;
  /** 0 or more; the tiles' areas are in proportion. */
  readonly size: number;
  /** What its colour tells. */
  readonly value: number;
}

/** Tiles that fill the picture, sized by one number and coloured by another. */
export interface TreemapRequest extends FigureWords {
  readonly kind: 'treemap';
  /** The largest first. */
  readonly tiles: readonly TreemapTile[];
  /** The values that get the strongest colours, of a fall and of a rise. */
  readonly range: readonly [low: number, high: number];
}

/** How much was traded at which price, beside what takers bought less what they sold over time. Volumes are in base units. */
export interface ProfileRequest extends FigureWords {
  readonly kind: 'profile';
  /** Prices of the rows as text, the lowest first. */
  readonly rows: readonly string[];
  /** What takers bought, sold, and what is not known of whom: one for each row. */
  readonly bought: readonly number[];
  readonly sold: readonly number[];
  readonly unknown: readonly number[];
  /** The row with the most volume, and the lowest and highest of the value area. */
  readonly control: number;
  readonly value: readonly [low: number, high: number];
  /** One for each time; NaN where it is not known, and of no time where it is not known at all. */
  readonly delta: readonly number[];
  /** In ms, oldest first; they stand at equal distances. */
  readonly times: readonly number[];
  /** Between two times, in ms. */
  readonly interval: number;
  /** IANA name of the zone of the labels. */
  readonly timeZone: string;
}

/** A picture that is no chart of prices. Plain data, so that it can cross to a worker. */
export type FigureRequest =
  | DendrogramRequest
  | DepthRequest
  | HeatMapRequest
  | HistogramRequest
  | IntervalsRequest
  | LinesRequest
  | ProfileRequest
  | TreemapRequest;
