import type { ChartLine, ChartRequest, ChartSeries } from '../../charts/request.ts';
import { ema, line, sma, typicalRequest } from './chart-samples.ts';

const over = (label: string, lines: readonly ChartLine[], more: Partial<ChartSeries> = {}): ChartSeries => ({
  label,
  scale: 'price',
  lines,
  levels: [],
  ...more,
});

/** A picture of each form that a series can have, by name. */
export function shapedRequests(): Record<string, ChartRequest> {
  const base = typicalRequest(31);
  const { bars } = base;
  const closes = bars.map((bar) => bar.close);
  const [fast, slow] = [ema(closes, 5), ema(closes, 20)];
  const sides = fast.map((value, i) => (value >= slow[i] ? 1 : -1));
  const stop = slow.map((value, i) => value - sides[i] * 150);
  const held = closes.map((_, i) => Math.max(...closes.slice(Math.max(0, i - (i % 17) - 5), i - (i % 17) + 1)));
  const turns = closes.map((_, i) => (i % 15 === 7 ? (i % 2 === 0 ? bars[i].high : bars[i].low) : Number.NaN));
  const signs = (label: string, every: number, way: (i: number) => number, more: Partial<ChartLine> = {}) =>
    over(label, [{ label, values: closes.map((_, i) => (i % every === 3 ? way(i) : 0)), ...more }], {
      scale: 'centred',
      place: 'signs',
    });
  const spans = [line('base', fast), line('spana', slow), line('spanb', sma(closes, 40))];
  const volumes = bars.map((bar) => bar.volume);
  const average = over('sma(volume, 20)', [line('sma(volume, 20)', sma(volumes, 20))], {
    scale: 'volume',
    place: 'volume',
  });
  const last = closes[closes.length - 1];
  const band = (name: string, step: number) =>
    line(name, [
      ...closes.map((_, i) => (i < 119 ? Number.NaN : last)),
      ...[1, 2, 3, 4, 5, 6].map((i) => last + i * step),
    ]);
  const of = (...series: readonly ChartSeries[]): ChartRequest => ({ ...base, series });
  return {
    sides: of(over('trend', [{ ...line('trend', stop), sides }])),
    dots: of(over('stops', [{ ...line('stops', stop), sides, form: 'dots' }])),
    steps: of(over('held', [{ ...line('held', held), form: 'steps' }])),
    turns: of(over('turns', [{ ...line('turns', turns), form: 'turns' }])),
    cloud: of(over('cloud', spans, { cloud: [1, 2] })),
    signs: of(
      signs('engulfs', 13, (i) => (i % 2 === 0 ? 100 : -100)),
      signs('doji', 16, () => 100, { form: 'dots' }),
      signs('hammer', 1000, () => 0),
    ),
    average: of(average),
    ahead: of(over('next day ±1σ', [band('upper', 12), band('lower', -12)])),
    hole: { ...of(), bars: bars.map((bar, i) => (i < 80 ? bar : { ...bar, start: bar.start + 9_300_000 })) },
    together: { ...of(), levels: [60, 70, 80].map((up) => ({ price: closes.at(-1)! + up, label: `price > +${up}` })) },
  };
}
