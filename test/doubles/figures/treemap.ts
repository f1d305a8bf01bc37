import type { TreemapRequest } from '../../../charts/figures/request.ts';
import type { FigureSample } from '../figure-samples.ts';

const tiles = [
  ['btc', 820, 0.012],
  ['eth', 510, -0.021],
  ['sol', 240, 0.045],
  ['xrp', 180, -0.004],
  ['doge', 120, 0.031],
  ['ada', 64, -0.034],
  ['link', 48, 0.007],
  ['avax', 30, 0.002],
  ['dot', 22, -0.011],
  ['pepe', 17, 0.09],
  ['atom', 6, 0.001],
  ['near', 4, -0.05],
] as const;

const request: TreemapRequest = {
  kind: 'treemap',
  title: 'Movers   1h',
  note: '7 of 12 up',
  foot: 'size: traded in dollars · colour: change · to 14:05 UTC',
  tiles: tiles.map(([name, size, value]) => {
    const percent = `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)} %`;
    return { name, note: percent, size, value };
  }),
  range: [-0.04, 0.04],
};

export const sample: FigureSample = {
  request,
  // A small tile without its note.
  without: { ...request, tiles: request.tiles.map((tile, i) => (i === 7 ? { ...tile, note: '' } : tile)) },
};
