import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterAll, describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import { typicalRequest } from '../test/doubles/chart-samples.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { sampleRequests } from '../test/doubles/sample-charts.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { drawConfig } from './canvas.ts';
import { buildConfig } from './config.ts';
import { createLocalRenderer } from './local-renderer.ts';
import type { ChartRequest } from './request.ts';
import { COLORS, PIXEL_RATIO, WIDTH } from './theme.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const renderer = createLocalRenderer({ threads: 1, log: quiet });
afterAll(() => renderer.close());

interface Picture {
  readonly width: number;
  readonly height: number;
  /** `#rrggbb` at a place in CSS pixels. */
  at(x: number, y: number): string;
}

async function pictureOf(png: Uint8Array): Promise<Picture> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return {
    width: image.width,
    height: image.height,
    at(x, y) {
      const from = (Math.round(y * PIXEL_RATIO) * image.width + Math.round(x * PIXEL_RATIO)) * 4;
      return `#${[...data.slice(from, from + 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    },
  };
}

/** Where Chart.js puts a bar's price, in CSS pixels. */
function place(request: ChartRequest, index: number, price: number): { x: number; y: number } {
  return drawConfig(buildConfig(request), (_canvas, chart) => ({
    x: chart.scales.along.getPixelForValue(index),
    y: chart.scales.price.getPixelForValue(price),
  }));
}

describe('the local renderer', () => {
  it('gives a PNG of 2000x1200 with each candle in its colour and an opaque background', async () => {
    const request = typicalRequest();
    const picture = await pictureOf(await renderer.render(request));
    expect([picture.width, picture.height]).toEqual([2000, 1200]);
    expect(picture.at(2, 2)).toBe(COLORS.background);
    const broad = request.bars.map((bar, index) => ({ bar, index }));
    const probe = (rises: boolean) =>
      broad
        .filter(({ bar }) => bar.close > bar.open === rises)
        .sort((a, b) => Math.abs(b.bar.close - b.bar.open) - Math.abs(a.bar.close - a.bar.open))
        .slice(0, 5)
        .map(({ bar, index }) => place(request, index, bar.open + (bar.close - bar.open) * 0.35))
        .map(({ x, y }) => picture.at(x, y));
    // An overlay may cross one of the five.
    expect(probe(true).filter((color) => color === COLORS.up).length).toBeGreaterThanOrEqual(3);
    expect(probe(false).filter((color) => color === COLORS.down).length).toBeGreaterThanOrEqual(3);
  });

  it('puts a tag at the last price, in the colour of the last candle', async () => {
    for (const rises of [true, false]) {
      const request = typicalRequest();
      const last = request.bars[request.bars.length - 1];
      const bar = { ...last, open: last.close + (rises ? -5 : 5), high: last.close + 9, low: last.close - 9 };
      const changed = { ...request, bars: [...request.bars.slice(0, -1), bar] };
      const picture = await pictureOf(await renderer.render(changed));
      const { y } = place(changed, 0, bar.close);
      // Just within the box, left of its text: nothing else is drawn right of the plot in full colour.
      const row = Array.from({ length: 110 }, (_, i) => picture.at(WIDTH - 116 + i, y - 10));
      const color = rises ? COLORS.up : COLORS.down;
      expect(row.filter((pixel) => pixel === color).length).toBeGreaterThan(80);
    }
  });

  it('draws every awkward sample, higher by a bit for each pane beyond the first', async () => {
    for (const [name, request] of Object.entries(sampleRequests())) {
      const picture = await pictureOf(await renderer.render(request));
      const panes = request.series.filter(({ scale, place }) => scale !== 'price' && place === undefined).length;
      expect([picture.width, picture.height], name).toEqual([2000, 1200 + 210 * Math.max(0, panes - 1)]);
    }
  });

  it('draws equal requests as equal bytes', async () => {
    const [first, second] = [await renderer.render(typicalRequest()), await renderer.render(typicalRequest())];
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
  });
});

describe('a renderer whose workers fail', () => {
  const worker = new URL('../test/doubles/chart-workers/faulty-worker.ts', import.meta.url);

  const named = (symbol: string) => ({ ...typicalRequest(), symbol });

  /** What a request for trouble is answered with, by a renderer that then goes on to serve another. */
  async function failure(symbol: string, waitMs = 0): Promise<unknown> {
    const { clock, advance } = createManualClock();
    const faulty = createLocalRenderer({ threads: 1, log: quiet, worker, clock });
    try {
      // The thread runs: what comes next is given to it at once.
      await faulty.render(named('fine'));
      const error = faulty.render(named(symbol)).catch((cause: unknown) => cause);
      await advance(waitMs);
      const caught = await error;
      await expect(faulty.render(named('fine'))).resolves.toEqual(new Uint8Array([1, 2, 3]));
      return caught;
    } finally {
      await faulty.close();
    }
  }

  it('rejects with a TransportError when a thread dies, and goes on', async () => {
    const error = await failure('crash');
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ retryable: true, reason: 'unreachable' });
  });

  it('says nothing where a stop cuts off its warming up', async () => {
    const log = createSilentLog();
    const stopped = createLocalRenderer({ threads: 1, log });
    const warming = stopped.warm();
    await stopped.close();
    await expect(warming).resolves.toBeUndefined();
    expect(log.lines).toEqual([]);
  });

  it('rejects with a TransportError when the drawing throws', async () => {
    expect(await failure('throw')).toBeInstanceOf(TransportError);
  });

  it.each(['hang', 'spin'])(
    'gives up a thread that does not come back within ten seconds (%s), and replaces it',
    async (symbol) => {
      expect(await failure(symbol, 10_000)).toBeInstanceOf(TransportError);
    },
  );
});
