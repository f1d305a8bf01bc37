import type { ChartConfig } from '../chart-config.ts';
import { COLORS, LINE_COLORS } from '../theme.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { HistogramRequest } from './request.ts';

const MOST_VALUES = 8;
/** Neither the colour of the bars nor that of the newest. */
const CURVE = LINE_COLORS[2];

export function histogramConfig(request: HistogramRequest): ChartConfig {
  const { counts, curve, curveLabel, range, newest, foot } = request;
  const highest = Math.max(1, ...counts, ...curve);
  const datasets = [
    {
      ...{ type: 'line', label: curveLabel, data: [...curve], xAxisID: 'x', yAxisID: 'y', order: 0 },
      ...{
        borderColor: CURVE,
        backgroundColor: CURVE,
        borderWidth: 2.5,
        pointRadius: 0,
        // Round also where two parts in the middle are equally high.
        tension: 1 / 3,
      },
    },
    {
      ...{ type: 'bar', label: 'returns', data: [...counts], xAxisID: 'x', yAxisID: 'y', order: 1 },
      backgroundColor: counts.map((_, i) => (i === newest ? COLORS.alert : COLORS.upVolume)),
      ...{ categoryPercentage: 1, barPercentage: 0.92 },
    },
  ];
  const scales = {
    x: { axis: 'x', type: 'category', display: false, offset: true },
    // Round values, nought among them, wherever they lie in the bars: an axis of their own.
    edges: {
      ...{ axis: 'x', type: 'linear', offset: false, position: 'bottom', min: range[0], max: range[1] },
      border: { display: true, color: COLORS.separator },
      grid: { display: false, tickLength: 0 },
      ticks: {
        ...{ includeBounds: false, maxTicksLimit: MOST_VALUES, autoSkip: false },
        ...{ maxRotation: 0, color: COLORS.dim, font: AXIS_FONT, padding: 6 },
        format: { style: 'percent', signDisplay: 'exceptZero', minimumFractionDigits: 0, maximumFractionDigits: 4 },
      },
      title: footTitle(foot),
    },
    y: {
      ...{ axis: 'y', type: 'linear', position: 'right', min: 0, suggestedMax: highest * 1.04 },
      border: { display: false },
      grid: { color: COLORS.grid, tickLength: 0 },
      ticks: { color: COLORS.dim, font: AXIS_FONT, padding: 8, maxTicksLimit: 6, precision: 0 },
    },
  };
  const labels = counts.map(() => '');
  return framed(request, { labels, datasets }, scales, { legend: 'fields' });
}
