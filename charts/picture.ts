import type { ChartConfig } from './chart-config.ts';
import { buildConfig } from './config.ts';
import { dendrogramConfig } from './figures/dendrogram.ts';
import { depthConfig } from './figures/depth.ts';
import { heatMapConfig } from './figures/heat-map.ts';
import { histogramConfig } from './figures/histogram.ts';
import { intervalsConfig } from './figures/intervals.ts';
import { linesConfig } from './figures/lines.ts';
import { profileConfig } from './figures/profile.ts';
import { treemapConfig } from './figures/treemap.ts';
import type { PictureRequest } from './request.ts';

/** What to draw for any request, as plain JSON for Chart.js 4. */
export function configOf(request: PictureRequest): ChartConfig {
  if (!('kind' in request)) return buildConfig(request);
  switch (request.kind) {
    case 'depth':
      return depthConfig(request);
    case 'dendrogram':
      return dendrogramConfig(request);
    case 'heat-map':
      return heatMapConfig(request);
    case 'histogram':
      return histogramConfig(request);
    case 'intervals':
      return intervalsConfig(request);
    case 'lines':
      return linesConfig(request);
    case 'treemap':
      return treemapConfig(request);
    case 'profile':
      return profileConfig(request);
  }
}
