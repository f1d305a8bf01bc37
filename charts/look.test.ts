import { describe, expect, it } from 'vitest';
import { typicalRequest } from '../test/doubles/chart-samples.ts';
import { sampleRequests } from '../test/doubles/sample-charts.ts';
import { smallRequest } from '../test/doubles/small-chart.ts';
import { drawConfig } from './canvas.ts';
import type { JsonObject } from './chart-config.ts';
import { buildConfig } from './config.ts';
import type { ChartRequest } from './request.ts';
import { COLORS, WIDTH } from './theme.ts';

const MINUTE = 60_000;

const titles = (request: ChartRequest) => {
  const { title, subtitle } = (buildConfig(request).options as { plugins: Record<string, { text: string }> }).plugins;
  return [title.text, subtitle.text];
};
const footer = (request: ChartRequest) =>
  (buildConfig(request).options.scales as unknown as Record<string, { title: { text: string } }>).x.title.text;
const axisLabels = (request: ChartRequest) =>
  Object.entries(buildConfig(request).options.scales as Record<string, JsonObject>)
    .filter(([id]) => id.startsWith('axis'))
    .map(([, scale]) => (scale.labels as string[]).join(''));

/** Relative luminance of a colour, by WCAG 2. */
function luminance(rgb: readonly number[]): number {
  return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
}

function linear(hex: string): number[] {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
}

/** Deuteranopia by Machado, Oliveira and Fernandes (2009), severity 1. */
const DEUTERANOPIA = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
];

function contrast(first: string, second: string): number {
  const seen = [first, second].map((hex) => {
    const rgb = linear(hex);
    return luminance(DEUTERANOPIA.map((row) => Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])));
  });
  return (Math.max(...seen) + 0.05) / (Math.min(...seen) + 0.05);
}

describe('the colours of rising and falling', () => {
  it('differ in brightness for eyes that cannot tell red from green', () => {
    expect(contrast(COLORS.up, COLORS.down)).toBeGreaterThan(1.8);
    expect(contrast(COLORS.upVolume, COLORS.downVolume)).toBeGreaterThan(1.8);
  });
});

describe('the header', () => {
  it('says over which time the price changed, and over how many bars where some are missing', () => {
    const { bars } = smallRequest();
    expect(titles(smallRequest())[1]).toBe('100.00   0.00 % in 12 min');
    const hours = bars.map((bar, i) => ({ ...bar, start: i * 55 * MINUTE, close: i === 11 ? 101 : 100 }));
    expect(titles(smallRequest({ bars: hours, interval: 55 * MINUTE }))[1]).toBe('101.00   +1.00 % in 11 h');
    const gap = bars.filter((_, i) => i !== 5);
    expect(titles(smallRequest({ bars: gap }))[1]).toBe('100.00   0.00 % over 11 bars');
  });

  it('shortens a name that would run into the price: the venue goes below the chart first', () => {
    const long = smallRequest({ symbol: 'a'.repeat(60), venue: 'some-exchange' });
    expect(titles(long)[0]).toMatch(/^A+… {3}1m$/);
    expect(titles(smallRequest({ symbol: 'x'.repeat(16), venue: 'y'.repeat(24) }))[0]).toBe(`${'X'.repeat(16)}   1m`);
    expect(footer(smallRequest({ venue: 'y'.repeat(24) }))).toMatch(/^y{24} · 11 Mar/);
    expect(footer(smallRequest())).toMatch(/^11 Mar/);
    for (const request of [long, ...Object.values(sampleRequests())]) {
      drawConfig(buildConfig(request), (_canvas, chart) => {
        chart.ctx.font = '600 26px Inter';
        const widths = titles(request).map((text) => chart.ctx.measureText(text).width);
        expect(widths[0] + widths[1]).toBeLessThan(WIDTH - 24);
      });
    }
  });
});

describe('the legend', () => {
  const band = (name: string, value: number) => ({ label: name, values: new Array(12).fill(value) });
  const lines = [band('upper', 105), band('middle', 102), band('lower', 99)];
  const series = [
    { label: 'bb(20, 2)', scale: 'price' as const, lines, levels: [] },
    { label: 'ema(9)', scale: 'price' as const, lines: [band('ema(9)', 101)], levels: [] },
  ];

  it('has one entry and one colour for an indicator of several lines, tinted between its bands', () => {
    const all = buildConfig(smallRequest({ series })).data.datasets.filter((set) => set.type === 'line');
    const named = all.filter((set) => set.label !== '');
    expect(named.map((set) => String(set.label).trim())).toEqual([
      'bb(20, 2)  105.00 · 102.00 · 99.00',
      'ema(9)  101.00',
    ]);
    const values = (set: JsonObject) => (set.data as (number | null)[])[5];
    const [upper, middle, lower] = [105, 102, 99].map((value) => all.find((set) => values(set) === value)!);
    expect(lower.borderColor).toBe(upper.borderColor);
    expect(String(middle.borderColor)).toContain(String(upper.borderColor));
    expect(named[1].borderColor).not.toBe(upper.borderColor);
    expect(buildConfig(smallRequest({ series })).data.datasets[upper.fill as number]).toEqual(lower);
  });

  it('begins at the left and leaves no holes, also with marks on the chart', () => {
    const marks = [{ ts: smallRequest().bars[5].start, direction: 'up' as const, price: 100, label: '' }];
    drawConfig(buildConfig(smallRequest({ series, marks })), (_canvas, chart) => {
      const items = chart.legend?.legendItems ?? [];
      expect(items.slice(0, 2).map((item) => item.text.trim().slice(0, 3))).toEqual(['bb(', 'ema']);
    });
  });
});

describe('the labels of the times', () => {
  it('lie within the picture', () => {
    for (const request of [...Object.values(sampleRequests()), ...[5, 10, 60].map(shiftedBy)]) {
      drawConfig(buildConfig(request), (_canvas, chart) => {
        chart.ctx.font = '600 18px Inter';
        for (const [id, scale] of Object.entries(chart.scales)) {
          if (!/^time\d/.test(id)) continue;
          const [, text] = scale.getLabels();
          const { labelOffset } = (scale.options as unknown as { ticks: { labelOffset: number } }).ticks;
          const middle = scale.getPixelForTick(1) + labelOffset;
          expect(middle - chart.ctx.measureText(text).width / 2, `${request.symbol} ${text}`).toBeGreaterThan(0);
        }
      });
    }
  });
});

/** Eight o’clock lies `minutes` behind the first bar of 120. */
function shiftedBy(minutes: number): ChartRequest {
  const { bars } = typicalRequest();
  const start = Date.UTC(2026, 2, 11, 8) - minutes * MINUTE;
  return {
    ...typicalRequest(),
    timeZone: 'UTC',
    bars: bars.map((bar, i) => ({ ...bar, start: start + i * 5 * MINUTE })),
  };
}

describe('awkward prices', () => {
  const { mini, tiny, spike, apart, giant } = sampleRequests();

  it('have axis labels that tell the steps apart', () => {
    for (const request of [mini, tiny, giant, spike, apart]) {
      const labels = axisLabels(request);
      expect(labels.length, request.symbol).toBeGreaterThan(4);
      expect(new Set(labels).size, request.symbol).toBe(labels.length);
    }
    expect(axisLabels(mini)).toContain('0.00000124');
  });

  it('never have a label beside its value', () => {
    const flat = smallRequest({ digits: 0 });
    for (const label of axisLabels({ ...flat, bars: flat.bars.map((bar) => ({ ...bar, volume: 0 })) })) {
      expect(Number(label) % 1).toBe(0);
      expect(label).toMatch(/^\d+$/);
    }
  });

  it('with one wild bar show the others, and say how far that one reaches', () => {
    const { price } = buildConfig(spike).options.scales as Record<string, { max: number }>;
    expect(price.max).toBeLessThan(70_000);
    const all = Object.values(buildConfig(spike).options.scales as Record<string, JsonObject>);
    expect(all.flatMap((scale) => (scale.labels as string[] | undefined) ?? [])).toContain('↑ 6,371,723.00');
  });

  it('are not pressed together by a line of another scale', () => {
    const span = (request: ChartRequest) => {
      const { min, max } = (buildConfig(request).options.scales as Record<string, { min: number; max: number }>).price;
      return max - min;
    };
    expect(span(apart)).toBeLessThan(1.2 * span({ ...apart, series: apart.series.slice(2) }));
  });
});

describe('a chart of a line', () => {
  it('has the closes as a line, and no candles', () => {
    const { datasets } = buildConfig(smallRequest({ style: 'line' })).data;
    expect(datasets.filter((set) => set.yAxisID === 'price' && set.type === 'bar')).toEqual([]);
    const line = datasets.find((set) => set.type === 'line' && (set.data as unknown[]).length === 12)!;
    expect((line.data as number[]).slice(0, 3)).toEqual([104, 100, 104]);
  });
});
