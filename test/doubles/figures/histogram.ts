import type { HistogramRequest } from '../../../charts/figures/request.ts';
import type { FigureSample } from '../figure-samples.ts';

const counts = [1, 2, 5, 9, 18, 27, 36, 31, 26, 24, 20, 11, 7, 3, 2, 1];
const curve = counts.map((_, i) => 34 * Math.exp(-(((i - 7.5) / 3) ** 2) / 2));

const request: HistogramRequest = {
  kind: 'histogram',
  title: 'BTCUSDT   1h',
  note: '199 returns',
  foot: 'binance · 11 Mar 08:00 – 19 Mar 16:00 · yellow: the last bar',
  counts,
  curve,
  curveLabel: 'normal distribution',
  range: [-0.0213, 0.0207],
  newest: 11,
};

export const sample: FigureSample = {
  request,
  without: { ...request, counts: counts.map((count, i) => (i === 12 ? 0 : count)) },
};
