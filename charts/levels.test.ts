import { describe, expect, it } from 'vitest';
import { crowdedRequest } from '../test/doubles/awkward-charts.ts';
import { smallRequest } from '../test/doubles/small-chart.ts';
import { drawConfig } from './canvas.ts';
import { buildConfig } from './config.ts';
import type { ChartRequest } from './request.ts';
import { COLORS, FONT } from './theme.ts';

interface Written {
  readonly text: string;
  /** Middle, in px from the top of the picture. */
  readonly y: number;
  readonly box: string | undefined;
}

/** The texts beside and in the plot, at the places where Chart.js puts them. */
function written(request: ChartRequest): readonly Written[] {
  return drawConfig(buildConfig(request), (_canvas, chart) =>
    Object.entries(chart.scales).flatMap(([id, scale]) => {
      if (!/^(axis|tag|inside)\d/.test(id)) return [];
      const labels = scale.getLabels();
      const text = labels.find((label) => label !== '') ?? '';
      const { labelOffset, backdropColor } = (
        scale.options as unknown as { ticks: { labelOffset: number; backdropColor?: string } }
      ).ticks;
      const y = scale.getPixelForTick(labels.indexOf(text)) + labelOffset;
      return [{ text, y, box: id.startsWith('tag') ? backdropColor : undefined }];
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
    expect(words(request)).toContain('20 alerts 104');
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
    expect(inside.map(({ text }) => text)).toContain('20 alerts 65,529.39');
    const counted = inside.map(({ text }) =>
      Number(/^\+(\d+) more/.exec(text)?.[1] ?? /^(\d+) alerts/.exec(text)?.[1] ?? 1),
    );
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(request.levels.length);
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
