import { createCachedRenderer } from '../charts/cached-renderer.ts';
import { createLocalRenderer } from '../charts/local-renderer.ts';
import { createQuickChartRenderer } from '../charts/quickchart-renderer.ts';
import type { ChartRenderer } from '../charts/request.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../engine/clock.ts';
import { ConfigError } from '../engine/errors.ts';
import { createPinnedPost, namesPrivateAddress } from './outgoing/pinned-post.ts';
import type { RootLogger } from './part-logger.ts';

const DRAWN_CHARTS = 200;
/** Within one bar the same chart is drawn once in this time, in ms: all who ask at a busy moment get the same picture. */
const CHART_FRESH_MS = 10_000;

export interface Charts {
  readonly renderer: ChartRenderer;
  /** Loads what drawing needs, so that the first chart is as fast as the rest. Returns at once. */
  warm(): void;
}

/** @throws ConfigError where charts would be sent into a private network that nobody has named */
export function checkChartServer({ QUICKCHART_URL: url, PRIVATE_HOSTS: allowed }: Config): void {
  if (url === undefined || !namesPrivateAddress(url, allowed)) return;
  throw new ConfigError('QUICKCHART_URL is in a private network: if you want that, name its host in PRIVATE_HOSTS');
}

/** The renderer that CHART_RENDERER names, with a memory of what was drawn lately. */
export function chartsOf(config: Config, clock: Clock, log: RootLogger): Charts {
  const cached = (renderer: ChartRenderer) =>
    createCachedRenderer(renderer, { entries: DRAWN_CHARTS, clock, freshMs: CHART_FRESH_MS });
  const part = log.part('charts');
  if (config.CHART_RENDERER === 'quickchart') {
    const post = createPinnedPost({ allowed: config.PRIVATE_HOSTS });
    return { renderer: cached(createQuickChartRenderer({ url: config.QUICKCHART_URL!, log: part, post })), warm() {} };
  }
  const local = createLocalRenderer({ log: part });
  return {
    renderer: cached(local),
    warm() {
      local.warm().catch((error: unknown) => part.warn({ err: error }, 'the chart workers did not warm up'));
    },
  };
}
