import type { ProfileRequest } from '../../../charts/figures/request.ts';
import { normals } from '../../../engine/quant/reference-inputs.ts';
import type { FigureSample } from '../figure-samples.ts';

const ROWS = 38;
const STEP = 20;
const CONTROL = 17;

/** Two humps, the higher one around the point of control. */
const volume = Array.from({ length: ROWS }, (_, row) => {
  return 90 * Math.exp(-(((row - CONTROL) / 6) ** 2)) + 48 * Math.exp(-(((row - 30) / 3) ** 2)) + 2;
});
const share = Array.from(normals(8, ROWS), (z) => 0.5 + z * 0.06);
const steps = normals(11, 200);
const delta = Array.from(steps, (_, i) => steps.subarray(0, i + 1).reduce((sum, step) => sum + step * 9, 0));

const request: ProfileRequest = {
  kind: 'profile',
  title: 'BTCUSDT   5m',
  note: '200 bars',
  foot: 'binance · profile of 48,210 trades since 10:05 · UTC',
  rows: volume.map((_, row) => (63_900 + row * STEP).toLocaleString('en-US', { minimumFractionDigits: 2 })),
  bought: volume.map((all, row) => all * share[row]),
  sold: volume.map((all, row) => all * (1 - share[row])),
  unknown: volume.map(() => 0),
  control: CONTROL,
  value: [10, 25],
  delta,
  times: Array.from(steps, (_, i) => Date.UTC(2026, 2, 11, 20) + i * 300_000),
  interval: 300_000,
  timeZone: 'UTC',
};

export const sample: FigureSample = {
  request,
  without: { ...request, delta: delta.map((value, i) => (i > 90 && i < 110 ? Number.NaN : value)) },
};
