import { createCachedRenderer } from '../charts/cached-renderer.ts';
import { createLocalRenderer } from '../charts/local-renderer.ts';
import { createQuickChartRenderer } from '../charts/quickchart-renderer.ts';
import type { ChartRenderer } from '../charts/request.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../engine/clock.ts';
import type { RootLogger } from './part-logger.ts';

const DRAWN_CHARTS = 200;
/** Within one bar the same chart is drawn once in this time, in ms: all who ask at a busy moment get the same picture. */
const CHART_FRESH_MS = 10_000;

/** The renderer that CHART_RENDERER names, with a memory of what was drawn lately. */
export function chartsOf(config: Config, clock: Clock, log: RootLogger): ChartRenderer {
  return createCachedRenderer(rendererOf(config, log), { entries: DRAWN_CHARTS, clock, freshMs: CHART_FRESH_MS });
}

function rendererOf(config: Config, log: RootLogger): ChartRenderer {
  if (config.CHART_RENDERER === 'quickchart')
    return createQuickChartRenderer({ url: config.QUICKCHART_URL!, log: log.part('charts') });
  const renderer = createLocalRenderer({ log: log.part('charts') });
  renderer.warm().catch((error: unknown) => log.warn({ err: error }, 'the chart workers did not warm up'));
  return renderer;
}
