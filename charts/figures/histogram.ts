import type { ChartConfig } from '../chart-config.ts';
import { COLORS, LINE_COLORS } from '../theme.ts';
import { AXIS_FONT, footTitle, framed } from './frame.ts';
import type { HistogramRequest } from './request.ts';

export function histogramConfig(request: HistogramRequest): ChartConfig {
  const { counts, curve, curveLabel, edges, newest, foot } = request;
  const highest = Math.max(1, ...counts, ...curve);
  const datasets = [
    {
      ...{ type: 'line', label: curveLabel, data: [...curve], xAxisID: 'x', yAxisID: 'y', order: 0 },
      ...{
        borderColor: LINE_COLORS[1],
        backgroundColor: LINE_COLORS[1],
        borderWidth: 2.5,
        pointRadius: 0,
        cubicInterpolationMode: 'monotone',
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
    // The edges stand between the bars: an axis of their own with one label more.
    edges: {
      ...{ axis: 'x', type: 'category', labels: [...edges], offset: false, position: 'bottom' },
      border: { display: true, color: COLORS.separator },
      grid: { display: false, tickLength: 0 },
      ticks: { autoSkip: false, maxRotation: 0, color: COLORS.dim, font: AXIS_FONT, padding: 6 },
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
