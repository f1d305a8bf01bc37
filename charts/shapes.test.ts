import { describe, expect, it } from 'vitest';
import { SMALL_START, smallRequest } from '../test/doubles/small-chart.ts';
import { drawConfig } from './canvas.ts';
import type { JsonObject } from './chart-config.ts';
import { buildConfig } from './config.ts';
import type { ChartLine, ChartRequest, ChartSeries } from './request.ts';
import { COLORS } from './theme.ts';

const MINUTE = 60_000;
const NONE = Number.NaN;

const over = (lines: readonly ChartLine[], more: Partial<ChartSeries> = {}): ChartSeries => ({
  label: 'x',
  scale: 'price',
  lines,
  levels: [],
  ...more,
});
/** Datasets of lines over the bars, the named ones first. */
const drawn = (series: ChartSeries, scale = 'price'): readonly JsonObject[] =>
  buildConfig(smallRequest({ series: [series] })).data.datasets.filter(
    (set) => set.type === 'line' && set.xAxisID === 'x' && set.yAxisID === scale,
  );
const data = (set: JsonObject) => set.data as readonly (number | null)[];
const words = (request: ChartRequest) =>
  Object.values(buildConfig(request).options.scales as Record<string, JsonObject>).flatMap(
    (scale) => (scale.labels as string[] | undefined)?.filter(Boolean) ?? [],
  );

describe('a line with sides', () => {
  const values = [101, 101, 102, 102, 105, 105, 105, 103, 103, 103, 103, 103];
  const sides = [1, 1, 1, 1, -1, -1, -1, 1, 1, 1, 1, 1];

  it('changes its colour with the side, and does not join one to the other', () => {
    const [now, other] = drawn(over([{ label: 'x', values, sides }]));
    expect([now.borderColor, other.borderColor]).toEqual([COLORS.up, COLORS.down]);
    expect(data(now)).toEqual([101, 101, 102, 102, null, null, null, 103, 103, 103, 103, 103]);
    expect(data(other)).toEqual([null, null, null, null, 105, 105, 105, null, null, null, null, null]);
  });

  it('is named once, in the colour of its last side', () => {
    const named = drawn(over([{ label: 'x', values, sides: sides.map((side) => -side) }])).filter((set) => set.label);
    expect(named.map((set) => [String(set.label).trim(), set.borderColor])).toEqual([['x  103.00', COLORS.down]]);
  });

  it('is dots where that is its form', () => {
    const sets = drawn(over([{ label: 'x', values, sides, form: 'dots' }]));
    for (const set of sets) {
      expect(set.showLine).toBe(false);
      expect(set.pointRadius).toBeGreaterThan(1.5);
    }
  });
});

describe('the other forms of a line', () => {
  it('keep steps apart, and show one that lasts a single bar', () => {
    const values = [100, 100, 100, 104, 102, 102, 102, 102, 102, 101, 101, 101];
    const [now, other] = drawn(over([{ label: 'x', values, form: 'steps' }]));
    expect(data(now).slice(0, 5)).toEqual([null, null, null, 104, null]);
    expect(data(now).slice(9)).toEqual([101, 101, 101]);
    expect(data(other).slice(0, 5)).toEqual([100, 100, 100, null, 102]);
    expect((now.pointRadius as number[])[3]).toBeGreaterThan(0);
    expect((now.pointRadius as number[])[10]).toBe(0);
  });

  it('join turns across the bars between them', () => {
    const values = [98, NONE, NONE, 106, NONE, NONE, NONE, 99, NONE, NONE, NONE, 104];
    const [line] = drawn(over([{ label: 'x', values, form: 'turns' }]));
    expect(line).toMatchObject({ spanGaps: true, pointRadius: 0 });
    expect(data(line).slice(0, 4)).toEqual([98, null, null, 106]);
  });
});

describe('a flat bar', () => {
  it('has the colour of the way from the close before it, and that of the bar before where there is none', () => {
    const closes = [100, 99, 99, 101, 101, 98];
    const bars = smallRequest()
      .bars.slice(0, 6)
      .map((bar, i) => ({ ...bar, open: closes[i], high: closes[i], low: closes[i], close: closes[i] }));
    const sets = buildConfig(smallRequest({ bars })).data.datasets;
    const colored = [COLORS.up, COLORS.down].map((color) => {
      const bodies = sets.find(
        (set) => set.type === 'bar' && set.yAxisID === 'price' && set.backgroundColor === color,
      )!;
      return (bodies.data as ([number, number] | null)[]).flatMap((body) => (body === null ? [] : [body[1]]));
    });
    expect(colored).toEqual([
      [100, 101, 101],
      [99, 99, 98],
    ]);
  });
});

describe('a cloud', () => {
  const flat = (label: string, value: number) => ({ label, values: new Array<number>(12).fill(value) });
  const series = over([flat('base', 101), flat('spana', 103), flat('spanb', 102)], { label: 'x', cloud: [1, 2] });

  it('has a name and a colour for each line', () => {
    const named = drawn(series).filter((set) => set.label);
    expect(named.map((set) => String(set.label).trim())).toEqual(['x  base 101.00', 'spana 103.00', 'spanb 102.00']);
    expect(new Set(named.map((set) => set.borderColor)).size).toBe(3);
  });

  it('is tinted from the first to the second, in other colours above and below it', () => {
    const { datasets } = buildConfig(smallRequest({ series: [series] })).data;
    const first = datasets.find((set) => set.fill !== undefined)!;
    const fill = first.fill as { target: number; above: string; below: string };
    expect(data(first)[0]).toBe(103);
    expect(data(datasets[fill.target])[0]).toBe(102);
    expect(fill.above.slice(0, 7)).toBe(COLORS.up);
    expect(fill.below.slice(0, 7)).toBe(COLORS.down);
  });
});

describe('a series over the volume', () => {
  const average = over([{ label: 'sma(volume, 3)', values: new Array<number>(12).fill(20) }], {
    scale: 'volume',
    place: 'volume',
  });

  it('lies on the volume, with its value in its colour', () => {
    const [line] = drawn(average, 'volume');
    expect(data(line)[3]).toBe(20);
    const scales = buildConfig(smallRequest({ series: [average] })).options.scales as Record<string, { max: number }>;
    expect(scales.p0).toBeUndefined();
    expect(scales.volume.max).toBeGreaterThan(20);
    expect(words(smallRequest({ series: [average] }))).toContain('sma(volume, 3)  20');
  });

  it('has a pane of its own where there is no volume', () => {
    const bars = smallRequest().bars.map((bar) => ({ ...bar, volume: 0 }));
    const { scales } = buildConfig(smallRequest({ bars, series: [average] })).options;
    expect((scales as Record<string, unknown>).p0).toBeDefined();
  });
});

describe('signs', () => {
  const at = (...found: readonly (readonly [number, number])[]) => {
    const values = new Array<number>(12).fill(0);
    for (const [i, value] of found) values[i] = value;
    return values;
  };
  const signs = (label: string, line: ChartLine): ChartSeries => ({
    ...{ label, scale: 'centred', lines: [line], levels: [-100, 0, 100], place: 'signs' },
  });
  const engulfing = signs('engulfing', { label: 'engulfs', values: at([2, 100], [9, -80]) });
  const points = (request: ChartRequest, color: string) => {
    const set = buildConfig(request).data.datasets.find(
      (one) => one.pointBackgroundColor === color && one.showLine === false,
    );
    return (set?.data as { x: number; y: number | null }[] | undefined)?.slice(1) ?? [];
  };

  it('stand at their candles, rising ones below, falling ones above, with a short name and no pane', () => {
    const request = smallRequest({ series: [engulfing] });
    const [up] = points(request, COLORS.up);
    const [down] = points(request, COLORS.down);
    expect([up.x, down.x]).toEqual([2, 9]);
    expect(up.y).toBeLessThan(98);
    expect(down.y).toBeGreaterThan(106);
    expect(words(request).filter((word) => word === 'engulfs')).toHaveLength(2);
    expect((buildConfig(request).options.scales as Record<string, unknown>).p0).toBeUndefined();
  });

  it('are counted in the legend, also where there is none', () => {
    const none = signs('hammer', { label: 'hammer', values: at() });
    drawConfig(buildConfig(smallRequest({ series: [engulfing, none] })), (_canvas, chart) => {
      const items = chart.legend?.legendItems?.map((item) => item.text.trim()).filter(Boolean);
      expect(items).toEqual(['engulfing  ×2', 'hammer  none']);
    });
  });

  it('neither rise nor fall where they are dots', () => {
    const doji = signs('doji', { label: 'doji', values: at([4, 100]), form: 'dots' });
    const request = smallRequest({ series: [doji] });
    expect(points(request, COLORS.up)).toEqual([]);
    expect(points(request, COLORS.dim)[0].x).toBe(4);
  });

  it('make room for one another and for the arrow of a firing', () => {
    const marks = [{ ts: SMALL_START + 2 * MINUTE, direction: 'up' as const, price: 100, label: '' }];
    const second = signs('hammer', { label: 'hammer', values: at([2, 100]) });
    const alone = points(smallRequest({ series: [engulfing, second] }), COLORS.up).map(({ y }) => y!);
    expect(alone[1]).toBeLessThan(alone[0]);
    const request = smallRequest({ series: [engulfing], marks });
    const arrow = buildConfig(request).data.datasets.find((set) => set.pointRadius === 11)!;
    expect(points(request, COLORS.up)[0].y).toBeLessThan((arrow.data as { y: number }[])[1].y);
  });
});

describe('bars that are missing', () => {
  const without = (...gone: readonly number[]) =>
    smallRequest({ bars: smallRequest().bars.filter((_, i) => !gone.includes(i)) });

  it('are named at the hole while there are few', () => {
    expect(words(without(4, 5, 6))).toContain('3 min missing');
    expect(words(smallRequest()).filter((word) => word.endsWith('missing'))).toEqual([]);
    expect(words(without(1, 3, 5, 7)).filter((word) => word.endsWith('missing'))).toEqual([]);
  });
});

describe('levels close together', () => {
  it('each have a line and a name, in the order of the prices', () => {
    const levels = [104.2, 104.4, 104.6].map((price) => ({ price, label: `price > ${price}` }));
    const request = smallRequest({ levels });
    drawConfig(buildConfig(request), (_canvas, chart) => {
      const y = (label: string) => {
        const scale = Object.values(chart.scales).find((one) => one.getLabels().includes(label))!;
        const { labelOffset } = (scale.options as unknown as { ticks: { labelOffset: number } }).ticks;
        return scale.getPixelForTick(scale.getLabels().indexOf(label)) + labelOffset;
      };
      const [low, middle, high] = levels.map(({ label }) => y(label));
      expect(low - middle).toBeGreaterThan(20);
      expect(middle - high).toBeGreaterThan(20);
    });
    const lines = buildConfig(request).data.datasets.filter((set) => set.borderColor === COLORS.alert);
    expect(lines).toHaveLength(3);
  });
});

describe('a line that reaches into the time to come', () => {
  const ahead = (label: string, step: number) => ({
    label,
    values: [...new Array<number>(11).fill(NONE), 100, 100 + step, 100 + 2 * step, 100 + 3 * step],
  });
  const request = (step: number, more: Partial<ChartRequest> = {}) =>
    smallRequest({ series: [over([ahead('upper', step), ahead('lower', -step)])], ...more });

  it('has room behind the last bar, and the times there', () => {
    const of = request(1);
    expect(buildConfig(of).data.labels).toHaveLength(15);
    const ticks = words(of).filter((text) => /^\d\d:\d\d$/.test(text));
    expect(ticks.at(-1)).toBe('08:14');
    expect(words(smallRequest())).not.toContain('08:14');
    const bars = of.bars.filter((_, i) => i !== 5);
    expect(words({ ...of, bars })).not.toContain('08:14');
  });

  it('is never cut, however far it reaches', () => {
    const { price } = buildConfig(request(50)).options.scales as Record<string, { min: number; max: number }>;
    expect(price.max).toBeGreaterThan(250);
    expect(price.min).toBeLessThan(-50);
  });
});
