import type { DendrogramRequest } from '../../../charts/figures/request.ts';
import type { FigureSample } from '../figure-samples.ts';

const leaves = [
  ['btc', 0, 'A'],
  ['eth', 0, 'A'],
  ['sol', 0, 'B'],
  ['doge', 0, 'B'],
  ['shib', 0, 'B'],
  ['aapl', 1, 'C'],
  ['msft', 1, 'C'],
  ['xauusd', 2, 'C'],
] as const;

const request: DendrogramRequest = {
  kind: 'dendrogram',
  title: 'Clusters   1h',
  note: '200 returns',
  foot: 'joined at that correlation · letters: by features · 11 Mar 08:00 – 19 Mar 16:00 UTC',
  leaves: leaves.map(([label, group, side]) => ({ label, group, side })),
  joins: [
    { left: 0, right: 1, at: 0.91 },
    { left: 3, right: 4, at: 0.84 },
    { left: 8, right: 2, at: 0.79 },
    { left: 5, right: 6, at: 0.71 },
    { left: 10, right: 9, at: 0.66 },
    { left: 12, right: 11, at: 0.22 },
    { left: 13, right: 7, at: -0.05 },
  ],
  axis: [1, -0.2],
  digits: 1,
};

const apart = request.joins.map((join, i) => (i === 3 ? { ...join, at: 0.5 } : join));

export const sample: FigureSample = { request, without: { ...request, joins: apart } };
