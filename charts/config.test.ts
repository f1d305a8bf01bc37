import { describe, expect, it } from 'vitest';
import { sampleRequests } from '../test/doubles/sample-charts.ts';
import { smallRequest } from '../test/doubles/small-chart.ts';
import { drawConfig } from './canvas.ts';
import type { JsonObject } from './chart-config.ts';
import { buildConfig } from './config.ts';
import type { ChartRequest } from './request.ts';
import { COLORS } from './theme.ts';

function datasets(of: ChartRequest, scale: string, type?: string): JsonObject[] {
  return buildConfig(of).data.datasets.filter((set) => set.yAxisID === scale && (!type || set.type === type));
}

function scales(of: ChartRequest): Record<string, JsonObject> {
  return buildConfig(of).options.scales as Record<string, JsonObject>;
}

/** Everything that the config writes somewhere as a text. */
function words(of: ChartRequest): string[] {
  return Object.values(scales(of)).flatMap((scale) => (scale.labels as string[] | undefined)?.filter(Boolean) ?? []);
}

describe('the config of a chart', () => {
  it('is pure JSON', () => {
    for (const [name, sample] of Object.entries(sampleRequests())) {
      const config = buildConfig(sample);
      expect(JSON.parse(JSON.stringify(config)), name).toEqual(config);
    }
  });

  it('draws a candle as a body from open to close on a wick from low to high, rising and falling apart', () => {
    const [upBody, downBody, upWick, downWick] = datasets(smallRequest(), 'price', 'bar');
    expect((upBody.data as unknown[]).slice(0, 3)).toEqual([[100, 104], null, [100, 104]]);
    expect((downBody.data as unknown[]).slice(0, 3)).toEqual([null, [104, 100], null]);
    expect((upWick.data as unknown[]).slice(0, 2)).toEqual([[98, 106], null]);
    expect((downWick.data as unknown[]).slice(0, 2)).toEqual([null, [98, 106]]);
    expect([upBody, downBody].map((set) => set.backgroundColor)).toEqual([COLORS.up, COLORS.down]);
  });

  it('draws the volume in a pane of its own that begins at zero', () => {
    const [up, down] = datasets(smallRequest(), 'volume', 'bar');
    expect((up.data as unknown[]).slice(0, 4)).toEqual([1, null, 3, null]);
    expect((down.data as unknown[]).slice(0, 4)).toEqual([null, 2, null, 4]);
    expect(scales(smallRequest()).volume).toMatchObject({ stack: 'panes', min: 0 });
  });

  it('has no volume pane where nothing was traded', () => {
    const bars = smallRequest().bars.map((bar) => ({ ...bar, volume: 0 }));
    expect(scales(smallRequest({ bars })).volume).toBeUndefined();
  });

  it('draws price series over the candles, named with their last value, and gaps where there is none', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 101, 102.5, ...new Array(8).fill(Number.NaN)];
    const of = smallRequest({
      series: [{ label: 'ema(3)', scale: 'price', lines: [{ label: 'ema(3)', values }], levels: [] }],
    });
    const line = datasets(of, 'price', 'line').find((set) => String(set.label).startsWith('ema(3)'))!;
    expect(String(line.label).trim()).toBe('ema(3)  102.50');
    expect((line.data as unknown[]).slice(0, 5)).toEqual([null, null, 101, 102.5, null]);
  });

  it('gives every other series a pane with the range that its scale asks for', () => {
    const values = Array.from({ length: 12 }, (_, i) => (i - 3) / 10);
    const pane = (scale: ChartRequest['series'][number]['scale']) => {
      const series = [{ label: 'x', scale, lines: [{ label: 'x', values }], levels: [] }];
      const { min, max } = scales(smallRequest({ series })).p0 as { min: number; max: number };
      return { min, max };
    };
    const percent = pane('percent');
    expect(percent.min).toBeLessThan(0);
    expect(percent.max).toBeGreaterThan(100);
    expect(percent.max - percent.min).toBeLessThan(200);
    expect(pane('volume').min).toBe(0);
    const own = pane('own');
    expect(own.min).toBeGreaterThan(-0.8);
    expect(own.min).toBeLessThan(-0.3);
    const centred = pane('centred');
    expect(centred.min).toBeLessThan(-0.8);
    expect(centred.max).toBeGreaterThan(0.8);
  });

  it('marks the levels of a pane with dashed lines and writes them on the axis, shares in per cent', () => {
    const lines = [{ label: 'bbw(20)', values: new Array(12).fill(0.04) }];
    const of = smallRequest({ series: [{ label: 'bbw(20)', scale: 'fraction', lines, levels: [0.05, 0.025] }] });
    const dashed = datasets(of, 'p0').filter((set) => (set.borderDash as number[] | undefined)?.length);
    expect(dashed.map((set) => (set.data as { y: number }[])[0].y)).toEqual([0.05, 0.025]);
    expect(words(of)).toEqual(expect.arrayContaining(['bbw(20)', '4.00 %', '5 %', '2.5 %']));
  });

  it('draws a histogram as bars above and below zero', () => {
    const values = Array.from({ length: 12 }, (_, i) => (i < 6 ? -1 : 2));
    const lines = [{ label: 'macd.histogram', values }];
    const of = smallRequest({ series: [{ label: 'macd', scale: 'centred', lines, levels: [] }] });
    const [above, below] = datasets(of, 'p0', 'bar');
    expect((above.data as unknown[]).slice(5, 7)).toEqual([null, 2]);
    expect((below.data as unknown[]).slice(5, 7)).toEqual([-1, null]);
  });

  it('writes title, change over the range, last price and time labels', () => {
    const { plugins } = buildConfig(smallRequest()).options as { plugins: { title: JsonObject; subtitle: JsonObject } };
    expect(plugins.title.text).toBe('BTCUSDT   1m · sim');
    expect(plugins.subtitle.text).toBe('100.00   0.00 % in 12 min');
    expect(words(smallRequest())).toEqual(expect.arrayContaining(['100.00', '08:04', 'volume  12']));
  });

  it('writes labels without emoji, line breaks and endless text', () => {
    const label = `🚀 to\nthe moon ${'x'.repeat(200)}`;
    const lines = [{ label: 'a', values: new Array(12).fill(1) }];
    const of = smallRequest({ series: [{ label, scale: 'own', lines, levels: [] }] });
    const title = words(of).find((word) => word.startsWith('to the moon'));
    expect(title).toHaveLength(40);
  });

  it('keeps every awkward sample on finite scales', () => {
    for (const [name, sample] of Object.entries(sampleRequests())) {
      for (const [id, scale] of Object.entries(scales(sample))) {
        if (scale.type !== 'linear') continue;
        expect(Number(scale.min), `${name} ${id}`).toBeLessThan(Number(scale.max));
      }
    }
  });
});

describe('the layout of a chart', () => {
  it('leaves the plot the size that the texts are placed by', () => {
    for (const [name, sample] of Object.entries(sampleRequests())) {
      const config = buildConfig(sample);
      const offsets = Object.entries(config.options.scales as Record<string, JsonObject>)
        .filter(([id]) => id.startsWith('axis') || id.startsWith('tag'))
        .map(([, scale]) => ({ labels: scale.labels as string[], ticks: scale.ticks as { labelOffset: number } }));
      const last = sample.bars[sample.bars.length - 1];
      if (!last) continue;
      const text = last.close.toLocaleString('en-US', {
        minimumFractionDigits: sample.digits,
        maximumFractionDigits: sample.digits,
      });
      drawConfig(config, (_canvas, chart) => {
        const { top, height } = chart.chartArea;
        const wanted = chart.scales.price.getPixelForValue(last.close);
        const nearest = offsets
          .filter(({ labels }) => labels.includes(text))
          .map(({ labels, ticks }) => {
            const anchor = labels.length === 3 ? 0.5 : labels.length - 1;
            return Math.abs(top + anchor * height + ticks.labelOffset - wanted);
          });
        // Tags that would overlap are moved apart, by at most their own height each.
        expect(Math.min(...nearest), name).toBeLessThan(sample.levels.length > 0 ? 42 : 1);
      });
    }
  });
});
