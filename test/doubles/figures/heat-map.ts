import type { HeatMapRequest } from '../../../charts/figures/request.ts';
import type { FigureSample } from '../figure-samples.ts';

const request: HeatMapRequest = {
  kind: 'heat-map',
  title: 'Correlations   1h',
  note: '200 returns',
  foot: '11 Mar 08:00 – 19 Mar 16:00 · framed: changed',
  labels: ['btcusdt', 'ethusdt', 'solusdt', 'gbpusd', 'xauusd'],
  values: [
    [1, 0.91, 0.78, 0.12, -0.33],
    [0.91, 1, 0.84, 0.08, -0.29],
    [0.78, 0.84, 1, -0.02, -0.41],
    [0.12, 0.08, -0.02, 1, 0.37],
    [-0.33, -0.29, -0.41, 0.37, 1],
  ],
  range: [-1, 1],
  digits: 2,
  marked: [
    [0, 4],
    [4, 0],
  ],
};

const withHole = request.values.map((row, i) => row.map((value, j) => (i === 2 && j === 3 ? Number.NaN : value)));

export const sample: FigureSample = { request, without: { ...request, values: withHole } };
