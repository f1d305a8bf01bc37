import { describe, expect, it } from 'vitest';
import { CATALOG } from '../engine/series/catalog.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

async function seriesOf(overlays: string) {
  await harness.say(`/chart btcusdt 5m ${overlays}`);
  const request = harness.drawn.at(-1)!;
  return { request, series: request.series[0] };
}

describe('the shapes of the catalog', () => {
  const FIELDS = {
    dots: ['direction'],
    sides: ['direction'],
    steps: [],
    turns: ['value', 'extreme', 'direction'],
    cloud: ['spana', 'spanb'],
    signs: [],
  };

  it('belong to entries that have the fields they are drawn by, and signs are short', () => {
    const shaped = CATALOG.filter(({ shape }) => shape !== undefined);
    expect(new Set(shaped.map(({ shape }) => shape))).toEqual(new Set(Object.keys(FIELDS)));
    for (const { name, shape, fields, sign = name } of shaped) {
      expect(fields, name).toEqual(expect.arrayContaining(FIELDS[shape!]));
      if (shape === 'signs') expect(sign.length, name).toBeLessThan(12);
    }
  });
});

describe('how the catalog has a series drawn', () => {
  it('supertrend is one line with its direction, psar is dots with theirs', async () => {
    const { series: trend } = await seriesOf('supertrend');
    expect(trend.label).toBe('supertrend(10, 3)');
    expect(trend.lines).toHaveLength(1);
    expect(new Set(trend.lines[0].sides)).toEqual(new Set([1, -1]));
    const { series: sar, request } = await seriesOf('psar');
    expect(sar.lines[0].form).toBe('dots');
    const isBelow = sar.lines[0].values.map((value, i) => value < request.bars[i].close);
    expect(sar.lines[0].sides!.map((side) => side > 0)).toEqual(isBelow);
  });

  it('a direction by itself is no price, and is drawn as it is', async () => {
    const { series } = await seriesOf('supertrend.direction');
    expect(series).toMatchObject({ label: 'supertrend(10, 3).direction', scale: 'own' });
    expect(series.lines[0].sides).toBeUndefined();
  });

  it('a zig-zag is a line through highs and lows in turn', async () => {
    const { series, request } = await seriesOf('zigzag(1)');
    const [{ values, form }] = series.lines;
    expect([series.lines.length, form, series.label]).toEqual([1, 'turns', 'zigzag(1)']);
    const turns = values.flatMap((value, i) => (Number.isNaN(value) ? [] : [{ value, i }]));
    // The scripted price swings once in 48 bars: two turns or three in each.
    expect(turns.length).toBeGreaterThan(3);
    expect(turns.length).toBeLessThan(9);
    for (const { value, i } of turns.slice(1)) {
      expect([request.bars[i].high, request.bars[i].low]).toContain(value);
    }
    const ups = turns.slice(1).map(({ value }, n) => value > turns[n].value);
    for (const [n, up] of ups.slice(1).entries()) expect(up).toBe(!ups[n]);
    expect(Number.isNaN(values[0])).toBe(false);
  });

  it('swing highs are steps, and the spans of ichimoku a cloud', async () => {
    expect((await seriesOf('swinghigh(5)')).series.lines[0].form).toBe('steps');
    const { series } = await seriesOf('ichimoku');
    expect(series.cloud?.map((index) => series.lines[index].label)).toEqual(['spana', 'spanb']);
  });

  it('a pattern is signs with a short name; one that is undecided has dots', async () => {
    const { series } = await seriesOf('threewhitesoldiers');
    expect(series).toMatchObject({ place: 'signs', label: 'threewhitesoldiers', lines: [{ label: '3 soldiers' }] });
    expect((await seriesOf('doji')).series.lines[0]).toMatchObject({ label: 'doji', form: 'dots' });
    expect((await seriesOf('abs(engulfing)')).series.place).toBeUndefined();
    expect((await seriesOf('engulfing@1h')).series.place).toBeUndefined();
  });

  it('an average of the volume lies over the volume, and counts as no pane', async () => {
    expect((await seriesOf('sma(volume, 20)')).series.place).toBe('volume');
    expect((await seriesOf('sma(trades, 20)')).series.place).toBeUndefined();
    expect((await seriesOf('sma(volume, 20)@1h')).series.place).toBeUndefined();
    const { request } = await seriesOf('sma(volume, 20) doji rsi macd atr z');
    expect(request.series).toHaveLength(6);
  });
});
