import type { HeatMapRequest } from '../../../charts/figures/request.ts';
import type { FigureSample } from '../figure-samples.ts';

const request: HeatMapRequest = {
  kind: 'heat-map',
  title: 'ma-cross btcusdt 1h   Sharpe',
  note: '200 sets',
  foot: 'slow to the right, fast down · framed: the best · since 30 May 12:00',
  labels: ['5–8', '9–13', '14–17', '18–22', '23–26', '27–30'],
  columns: ['20–31', '32–43', '44–55', '56–67', '68–79', '80–91', '92–100'],
  values: [
    [-1.4, -0.9, -0.2, 0.4, 0.6, 0.1, -0.1],
    [-1.1, -0.6, 0.3, 0.8, 1.3, 0.7, 0.2],
    [-0.8, -0.4, 0.2, 0.7, 0.9, 0.4, 0],
    [Number.NaN, -0.3, 0.1, 0.4, 0.5, 0.2, -0.2],
    [Number.NaN, -0.5, -0.1, 0.2, 0.1, -0.1, -0.4],
    [Number.NaN, Number.NaN, -0.3, -0.1, 0, -0.3, -0.6],
  ],
  range: [-1.4, 1.4],
  digits: 1,
  marked: [[1, 4]],
};

export const sample: FigureSample = { request, without: { ...request, marked: [] } };
