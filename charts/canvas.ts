import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Canvas, createCanvas, GlobalFonts } from '@napi-rs/canvas';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  type ChartItem,
  defaults,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  SubTitle,
  Ticks,
  Title,
} from 'chart.js';
import { type ChartConfig, heightOf } from './chart-config.ts';
import { COLORS, PIXEL_RATIO, WIDTH } from './theme.ts';

const SUBSETS = [
  ['latin', 'Inter'],
  ['latin-ext', 'Inter Latin Ext'],
  ['cyrillic', 'Inter Cyrillic'],
  ['cyrillic-ext', 'Inter Cyrillic Ext'],
  ['greek', 'Inter Greek'],
  ['greek-ext', 'Inter Greek Ext'],
  ['vietnamese', 'Inter Vietnamese'],
] as const;

let ready = false;

/** Registers the bundled fonts and the parts of Chart.js that are used, once a thread. */
function prepare(): void {
  if (ready) return;
  ready = true;
  const files = join(dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json')), 'files');
  for (const [subset, family] of SUBSETS) {
    for (const weight of [400, 600]) {
      GlobalFonts.registerFromPath(join(files, `inter-${subset}-${weight}-normal.woff2`), family);
    }
  }
  Chart.register(
    BarController,
    BarElement,
    CategoryScale,
    LinearScale,
    LineController,
    LineElement,
    PointElement,
    Filler,
  );
  Chart.register(Legend, Title, SubTitle);
  setMinus();
}

/** Chart.js writes a hyphen for a minus. A config is plain JSON and cannot say otherwise. */
function setMinus(): void {
  const { numeric } = Ticks.formatters;
  defaults.scales.linear.ticks.callback = function (value, index, ticks) {
    return numeric.call(this, Number(value), index, ticks).replace('-', '\u2212');
  };
}

/** Fills the picture first: a canvas is transparent. */
const background = {
  id: 'background',
  beforeDraw(chart: Chart) {
    chart.ctx.fillStyle = COLORS.background;
    chart.ctx.fillRect(0, 0, chart.width, chart.height);
  },
};

export interface Pixels {
  /** RGBA, all opaque. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Draws a config at its size in CSS pixels times the pixel ratio and hands the canvas to `read` before it is cleared. */
export function drawConfig<T>(config: ChartConfig, read: (canvas: Canvas, chart: Chart) => T): T {
  prepare();
  const canvas = createCanvas(WIDTH, heightOf(config));
  const options = { ...config.options, devicePixelRatio: PIXEL_RATIO };
  const settings = { ...config, options, plugins: [background] } as unknown as ChartConfiguration;
  const chart = new Chart(canvas as unknown as ChartItem, settings);
  try {
    return read(canvas, chart);
  } finally {
    chart.destroy();
  }
}

export function drawPixels(config: ChartConfig): Pixels {
  return drawConfig(config, (canvas) => ({ data: canvas.data(), width: canvas.width, height: canvas.height }));
}
