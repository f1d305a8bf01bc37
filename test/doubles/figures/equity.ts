import type { LinesRequest } from '../../../charts/figures/request.ts';
import { walk } from '../../../engine/quant/reference-inputs.ts';
import type { FigureSample } from '../figure-samples.ts';

const MINUTE = 60_000;
/** Points of a line that was thinned: no bars are as long. */
const STEP = 64 * MINUTE;
const COUNT = 40;

const growth = (seed: number): readonly number[] => {
  const path = walk(seed, COUNT);
  return Array.from(path, (value) => value / path[0] - 1);
};
/** Falls from its second point on, so that its fall runs along it. */
const strategy = growth(5).map((value, i) => (i === 0 ? 0 : value - 0.004));
const fall = strategy.map((value, i) => (1 + value) / (1 + Math.max(...strategy.slice(0, i + 1))) - 1);

const request: LinesRequest = {
  kind: 'lines',
  title: 'ma-cross btcusdt 5m',
  note: '12 trades',
  foot: 'backtest since 25 Nov 01:05',
  lines: [
    { name: 'strategy', note: '−2.7 %', values: strategy },
    { name: 'holding', note: '+2.2 %', values: growth(8) },
    { name: 'fall', note: '−5.1 %', values: fall },
  ],
  times: Array.from({ length: COUNT }, (_, i) => Date.UTC(2026, 10, 25, 1, 5) + i * STEP),
  interval: STEP,
  timeZone: 'UTC',
  unit: 'percent',
  levels: [0],
};

const hidden = fall.map((value, i) => (i > 20 && i < 30 ? Number.NaN : value));

export const sample: FigureSample = {
  request,
  without: {
    ...request,
    lines: request.lines.map((line) => (line.name === 'fall' ? { ...line, values: hidden } : line)),
  },
};
