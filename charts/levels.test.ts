import { describe, expect, it } from 'vitest';
import { crowdedRequest } from '../test/doubles/awkward-charts.ts';
import { smallRequest } from '../test/doubles/small-chart.ts';
import { drawConfig } from './canvas.ts';
import type { JsonObject } from './chart-config.ts';
import { buildConfig } from './config.ts';
import type { ChartRequest } from './request.ts';
import { COLORS, FONT } from './theme.ts';

interface Written {
  readonly id: string;
  readonly text: string;
  /** Middle, in px from the top of the picture. */
  readonly y: number;
  readonly box: string | undefined;
}

/** The texts beside and in the plot, at the places where Chart.js puts them. */
function written(request: ChartRequest): readonly Written[] {
  return drawConfig(buildConfig(request), (_canvas, chart) =>
    Object.entries(chart.scales).flatMap(([id, scale]) => {
      if (!/^(axis|tag|inside|level)\d/.test(id)) return [];
      const labels = scale.getLabels();
      const text = labels.find((label) => label !== '') ?? '';
      const { labelOffset, backdropColor } = (
        scale.options as unknown as { ticks: { labelOffset: number; backdropColor?: string } }
      ).ticks;
      const y = scale.getPixelForTick(labels.indexOf(text)) + labelOffset;
      return [{ id, text, y, box: id.startsWith('tag') ? backdropColor : undefined }];
    }),
  );
}

const words = (request: ChartRequest) => written(request).map(({ text }) => text);

/** Prices of the dashed lines. */
function lines(request: ChartRequest): readonly number[] {
  return buildConfig(request)
    .data.datasets.filter((set) => set.borderColor === COLORS.alert)
    .map((set) => (set.data as { y: number }[])[0].y);
}

function leastDistance(items: readonly Written[]): number {
  const sorted = items.map(({ y }) => y).sort((a, b) => a - b);
  return Math.min(...sorted.slice(1).map((y, i) => y - sorted[i]));
}

describe('alert levels', () => {
  it('near the candles are lines with names, those far away are named at the edge', () => {
    const levels = [
      { price: 107, label: 'price > 107' },
      { price: 500, label: 'price > 500' },
      { price: 1, label: 'price < 1' },
    ];
    const request = smallRequest({ levels });
    expect(lines(request)).toEqual([107]);
    expect(words(request)).toEqual(expect.arrayContaining(['107.00', 'price > 107', '↑ price > 500', '↓ price < 1']));
    expect(words(request)).not.toContain('500.00');
  });

  it('that are one price are one line with their number', () => {
    const levels = Array.from({ length: 20 }, (_, i) => ({ price: 104, label: `price > 104 (${i})` }));
    const request = smallRequest({ levels });
    expect(lines(request)).toEqual([104]);
    expect(words(request)).toContain('20 alerts');
    expect(words(request).filter((word) => word === '104.00')).toHaveLength(1);
  });

  it('that move with a series are fainter, unless a fixed one is the same price', () => {
    const moving = { price: 107, label: 'z > 2 at 107.00', isMoving: true };
    const soft = (request: ChartRequest) =>
      buildConfig(request).data.datasets.filter((set) => set.borderColor === COLORS.alertSoft).length;
    const alone = smallRequest({ levels: [moving] });
    expect(soft(alone)).toBe(1);
    expect(lines(alone)).toEqual([]);
    expect(words(alone)).toContain('z > 2 at 107.00');
    const both = smallRequest({ levels: [moving, { price: 107, label: 'price > 107' }] });
    expect(soft(both)).toBe(0);
    expect(lines(both)).toEqual([107]);
  });

  it('beyond an edge are counted there', () => {
    const levels = [200, 201, 201, 1].map((price) => ({ price, label: `at ${price}` }));
    expect(words(smallRequest({ levels }))).toEqual(expect.arrayContaining(['+3 more above', '↓ at 1']));
  });

  it('in a crowd keep their lines, names and tags apart, and count what is left out', () => {
    const request = crowdedRequest();
    const all = written(request);
    const inside = all.filter(({ text, box }) => box === undefined && /price|alerts|more/.test(text));
    const tags = all.filter(({ box }) => box !== undefined);
    expect(leastDistance(inside)).toBeGreaterThan(FONT.small);
    expect(leastDistance(tags)).toBeGreaterThan(FONT.axis);
    expect(lines(request).length).toBeLessThanOrEqual(8);
    expect(inside.map(({ text }) => text)).toContain('20 alerts');
    const counted = inside.map(({ text }) =>
      Number(/^\+(\d+) more/.exec(text)?.[1] ?? /^(\d+) alerts/.exec(text)?.[1] ?? 1),
    );
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(request.levels.length);
  });

  it('have at most six short names, through which the candles are seen', () => {
    const levels = [98.5, 99.5, 100.5, 101.5, 102.5, 103.5, 104.5, 105.5].map((price) => ({
      price,
      label: 'ema(12) crosses ema(26) and more',
    }));
    for (const request of [smallRequest({ levels }), crowdedRequest()]) {
      const scales = buildConfig(request).options.scales as Record<string, JsonObject>;
      const names = Object.entries(scales).filter(([id]) => /^level\d/.test(id));
      expect(names.length).toBeGreaterThan(1);
      expect(names.length).toBeLessThanOrEqual(6);
      for (const [, { labels, ticks }] of names) {
        expect([...(labels as string[]).join('')].length).toBeLessThanOrEqual(18);
        expect(ticks).toMatchObject({ backdropColor: expect.stringMatching(/^#[0-9a-f]{6}[4-b]/) });
        expect(ticks).not.toHaveProperty('textStrokeWidth');
      }
    }
  });

  it('say their price in their name where no tag at the axis does', () => {
    const shown = (price: number) => words(smallRequest({ levels: [{ price, label: 'price >' }] }));
    // The last close is 100.
    expect(shown(100.05)).toContain('price > 100.05');
    expect(shown(105)).toEqual(expect.arrayContaining(['price >', '105.00']));
  });

  it('have their names as near to the axis as they cover no candle, and before it where they would everywhere', () => {
    const flat = (from: number, to: number) =>
      smallRequest().bars.map((bar, i) => ({ ...bar, high: i >= from && i <= to ? 106 : 101, open: 100, close: 100 }));
    const end = (bars: ChartRequest['bars']) => {
      const request = smallRequest({ bars, levels: [{ price: 103, label: 'price >' }] });
      const { level0 } = buildConfig(request).options.scales as Record<string, { position: { along: number } }>;
      return level0.position.along;
    };
    expect(end(flat(0, 4))).toBeGreaterThan(10);
    // The text ends to the left of the candles that reach up to the line.
    expect(end(flat(8, 11))).toBeLessThan(8);
    expect(end(flat(8, 11))).toBeGreaterThan(6);
    expect(end(flat(0, 11))).toBeGreaterThan(10);
  });

  it('cover no name of a mark, and are on the axis where the picture is made for them', () => {
    const marks = [{ ts: smallRequest().bars[11].start, direction: 'up', price: 100, label: 'long' } as const];
    const level = (isMain: boolean) => [{ price: 92, label: 'stop 92.00', isMain }];
    const textsOf = (isMain: boolean) => {
      const { scales } = buildConfig(smallRequest({ marks, levels: level(isMain) })).options;
      const all = Object.entries(
        scales as unknown as Record<string, { position: { along: number }; labels: string[] }>,
      );
      return (id: string) => all.filter(([name]) => name.startsWith(id)).map(([, { labels }]) => labels.join(''));
    };
    expect(textsOf(true)('level')).toEqual(['stop 92.00']);
    expect(textsOf(true)('tag')).toContain('92.00');
    expect(textsOf(false)('level')).toEqual(['↓ stop 92.00']);
  });

  it('have their prices at their own lines or nowhere, and leave the axis three labels of its own', () => {
    const close = 100;
    const dense = Array.from({ length: 16 }, (_, i) => ({ price: 98.25 + i * 0.5, label: 'price >' }));
    const requests = [
      crowdedRequest(),
      smallRequest({ levels: dense }),
      smallRequest({ levels: [{ price: close + 0.3, label: 'x' }] }),
    ];
    for (const request of requests) {
      const all = written(request);
      const at = drawConfig(
        buildConfig(request),
        (_canvas, chart) => (price: number) => chart.scales.price.getPixelForValue(price),
      );
      const tags = all.filter(({ box }) => box === COLORS.alertTag);
      for (const { text, y } of tags) expect(Math.abs(y - at(Number(text.replaceAll(',', ''))))).toBeLessThan(17);
      const plain = all.filter(({ id, text }) => id.startsWith('axis') && text.includes('.'));
      expect(plain.length).toBeGreaterThanOrEqual(3);
    }
  });

  it('leave the tag of the last price where it is', () => {
    const request = crowdedRequest();
    const close = request.bars[request.bars.length - 1].close;
    const text = close.toLocaleString('en-US', { minimumFractionDigits: 2 });
    const tag = written(request).find((item) => item.text === text && item.box === COLORS.up);
    const wanted = drawConfig(buildConfig(request), (_canvas, chart) => chart.scales.price.getPixelForValue(close));
    expect(Math.abs(tag!.y - wanted)).toBeLessThan(1.5);
  });
});
