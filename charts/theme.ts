/** The look of every chart. Lengths are in CSS pixels of a picture 800 wide; a phone shows it at half of that. */

export const WIDTH = 800;
/** With one pane below the price and its volume, or none; each further one adds its own. */
export const HEIGHT = 480;
export const PANE_HEIGHT = 84;
/** Device pixels a CSS pixel: the file is 2000 wide, and 1200 high with one pane. */
export const PIXEL_RATIO = 2.5;

/** Families in the order of fallback: the bundled subsets of Inter first, then what a server may have. */
export const FONT_FAMILY =
  "Inter, 'Inter Latin Ext', 'Inter Cyrillic', 'Inter Cyrillic Ext', 'Inter Greek', 'Inter Greek Ext', 'Inter Vietnamese', 'Noto Sans', 'Noto Sans CJK SC', 'DejaVu Sans', sans-serif";

export const FONT = { title: 26, tag: 22, axis: 19, label: 18, small: 17.5, sign: 15 } as const;

export const COLORS = {
  background: '#0f1419',
  grid: '#1d252f',
  separator: '#33404e',
  text: '#e8edf2',
  dim: '#93a1b0',
  /** They differ in brightness too, so that red-green blindness can tell them apart. */
  up: '#3ddbb4',
  down: '#e0454a',
  upVolume: '#2b8c79',
  downVolume: '#7a3436',
  /** Text on a tag in the colour of a candle. */
  onTag: '#0a0e12',
  alert: '#ffc233',
  /** A level that moves; still above 4.5:1 as text. */
  alertSoft: '#b3924a',
  alertGlow: '#ffc23326',
  alertTag: '#4a3a10',
  /** Behind the name of an alert level: half of what is below shines through. */
  nameBack: '#0f141999',
  level: '#5f6e7e',
  clear: '#0000',
} as const;

/** Lines over the candles and in panes, told apart by hue and brightness. */
export const LINE_COLORS = [
  '#5aa9ff',
  '#ffad5c',
  '#c792ff',
  '#6ee7f2',
  '#ff8ac4',
  '#d3e36a',
  '#a7b8ff',
  '#e0c9a6',
] as const;

/** Space that the labels of the price axis take at least. */
export const GUTTER_MIN = 64;

/** Shares of the height: the price, the volume below it, and each further pane. */
export const WEIGHTS = { price: 5, volume: 1.05, pane: 1.8 } as const;
