import type { IntervalsRequest } from '../../../charts/figures/request.ts';
import { normals } from '../../../engine/quant/reference-inputs.ts';
import type { FigureSample } from '../figure-samples.ts';

const HOURS = Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? String(i).padStart(2, '0') : ''));
const labels = [...HOURS, '', ...'MTWTFSS'];

/** Nothing between the hours and the weekdays. */
const gap = (xs: readonly number[]) => xs.map((x, i) => (i === 24 ? Number.NaN : x));
const moves = gap(Array.from(normals(3, 32), (z) => z * 0.03));
const sizes = gap(labels.map((_, i) => (i < 24 ? 1 + 0.6 * Math.sin((i - 9) / 4) : i > 29 ? 0.7 : 1.1)));
const around = (xs: readonly number[], reach: number) => ({
  low: xs.map((x) => x - reach),
  high: xs.map((x) => x + reach),
});

const request: IntervalsRequest = {
  kind: 'intervals',
  title: 'BTCUSDT   1h',
  note: '83 days',
  foot: 'binance · 11 Mar 08:00 – 2 Jun 16:00 · yellow: significant',
  labels,
  rows: [
    { name: 'mean return of a bar, %', base: 0, values: moves, ...around(moves, 0.06), marked: [] },
    {
      name: 'size of moves, times the usual',
      base: 1,
      values: sizes,
      ...around(sizes, 0.12),
      marked: [14, 15, 16, 30, 31],
    },
  ],
};

const [first, second] = request.rows;

export const sample: FigureSample = {
  request,
  without: {
    ...request,
    rows: [first, { ...second, values: second.values.map((x, i) => (i === 28 ? Number.NaN : x)) }],
  },
};
