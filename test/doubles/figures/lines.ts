import type { LinesRequest } from '../../../charts/figures/request.ts';
import { walk } from '../../../engine/quant/reference-inputs.ts';
import type { FigureSample } from '../figure-samples.ts';

const HOUR = 3_600_000;

const names = ['btcusdt', 'ethusdt', 'solusdt', 'xrpusdt', 'gbpusd'];

/** Growth of a random walk since its first value, with a gap in one of them. */
function growth(i: number): readonly number[] {
  const path = walk(i + 1, 90);
  return Array.from(path, (value, at) => (i === 4 && at > 40 && at < 52 ? Number.NaN : (value / path[0] - 1) / 2));
}

const lines = names.map((name, i) => {
  const values = growth(i);
  const end = values[values.length - 1] * 100;
  return { name, note: `${end < 0 ? '−' : '+'}${Math.abs(end).toFixed(1)} %`, values };
});

const request: LinesRequest = {
  kind: 'lines',
  title: 'Growth   1h',
  note: '90 bars',
  foot: 'since 11 Mar 08:00 · UTC',
  lines,
  times: Array.from({ length: 90 }, (_, i) => Date.UTC(2026, 2, 11, 8) + i * HOUR),
  interval: HOUR,
  timeZone: 'UTC',
  unit: 'percent',
  levels: [0],
};

export const sample: FigureSample = { request, without: { ...request, levels: [] } };
