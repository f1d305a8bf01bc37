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

export interface Charts {
  readonly renderer: ChartRenderer;
  /** Loads what drawing needs, so that the first chart is as fast as the rest. Returns at once. */
  warm(): void;
}

/** The renderer that CHART_RENDERER names, with a memory of what was drawn lately. */
export function chartsOf(config: Config, clock: Clock, log: RootLogger): Charts {
  const cached = (renderer: ChartRenderer) =>
    createCachedRenderer(renderer, { entries: DRAWN_CHARTS, clock, freshMs: CHART_FRESH_MS });
  const part = log.part('charts');
  if (config.CHART_RENDERER === 'quickchart') {
    return { renderer: cached(createQuickChartRenderer({ url: config.QUICKCHART_URL!, log: part })), warm() {} };
  }
  const local = createLocalRenderer({ log: part });
  return {
    renderer: cached(local),
    warm() {
      local.warm().catch((error: unknown) => part.warn({ err: error }, 'the chart workers did not warm up'));
    },
  };
}
