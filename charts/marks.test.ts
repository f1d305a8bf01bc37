import { describe, expect, it } from 'vitest';
import { SMALL_START, smallRequest } from '../test/doubles/small-chart.ts';
import { drawConfig } from './canvas.ts';
import type { JsonObject } from './chart-config.ts';
import { buildConfig } from './config.ts';
import type { ChartMark, ChartRequest } from './request.ts';

const MINUTE = 60_000;

function mark(over: Partial<ChartMark>): ChartMark {
  return { ts: SMALL_START + 2.5 * MINUTE, direction: 'up', price: 103, label: '', ...over };
}

function triangles(request: ChartRequest): JsonObject[] {
  return buildConfig(request).data.datasets.filter((set) => set.pointStyle === 'triangle');
}

const places = (set: JsonObject) => (set.data as { x: number; y: number }[]).slice(1);

describe('the mark of a firing', () => {
  it('stands on the bar that it fell in, with a dot at its price; what lies beyond the bars has none', () => {
    const marks = [
      mark({ ts: SMALL_START - 1, label: 'before' }),
      mark({ label: 'z > 2' }),
      mark({ ts: SMALL_START + 3 * MINUTE - 1 }),
      mark({ ts: SMALL_START + 3 * MINUTE }),
      mark({ ts: SMALL_START + 99 * MINUTE, label: 'after' }),
    ];
    const request = smallRequest({ marks });
    expect(places(triangles(request)[0]).map(({ x }) => x)).toEqual([2, 3]);
    const dots = buildConfig(request).data.datasets.find((set) => set.pointStyle === 'circle')!;
    expect(places(dots)[0]).toEqual({ x: 2, y: 103 });
    const words = Object.values(buildConfig(request).options.scales as Record<string, JsonObject>)
      .flatMap((scale) => (scale.labels as string[] | undefined) ?? [])
      .filter((word) => /before|after|z/.test(word));
    // Two of one bar are one, with how many there are.
    expect(words).toEqual(['z > 2 ×2']);
  });

  it('points up from below the candle on the way up, and down from above it on the way down', () => {
    const up = triangles(smallRequest({ marks: [mark({})] }));
    const down = triangles(smallRequest({ marks: [mark({ direction: 'down' })] }));
    // The bars reach from 98 to 106; a triangle points up unless it is turned.
    expect([up.length, up[0].pointRotation, down.length, down[0].pointRotation]).toEqual([1, 0, 1, 180]);
    expect(places(up[0])[0].y).toBeLessThan(98);
    expect(places(down[0])[0].y).toBeGreaterThan(106);
  });

  it('is one with others whose arrows would lie on it, each with a dot of its own', () => {
    const [first] = smallRequest().bars;
    const bars = Array.from({ length: 160 }, (_, i) => ({ ...first!, start: SMALL_START + i * MINUTE }));
    const marks = [40, 42, 60].map((minute) => mark({ ts: SMALL_START + minute * MINUTE }));
    const request = smallRequest({ bars, marks });
    expect(places(triangles(request)[0]!).map(({ x }) => x)).toEqual([41, 60]);
    const dots = buildConfig(request).data.datasets.find((set) => set.pointStyle === 'circle')!;
    expect(places(dots).map(({ x }) => x)).toEqual([40, 42, 60]);
  });

  it.each(['up', 'down'] as const)('has its label beyond its arrow, within the pane (%s)', (direction) => {
    const request = smallRequest({ marks: [mark({ direction, label: 'z > 2' })] });
    const { y } = places(triangles(request)[0])[0];
    drawConfig(buildConfig(request), (_canvas, chart) => {
      const flag = chart.scales.flag0;
      const { labelOffset } = (flag.options as unknown as { ticks: { labelOffset: number } }).ticks;
      const label = flag.getPixelForTick(flag.getLabels().indexOf('z > 2')) + labelOffset;
      const arrow = chart.scales.price.getPixelForValue(y);
      expect(direction === 'up' ? label - arrow : arrow - label).toBeGreaterThan(14);
      expect(label).toBeGreaterThan(chart.scales.price.top);
      expect(label).toBeLessThan(chart.scales.price.bottom);
    });
  });
});
