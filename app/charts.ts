import { isIP } from 'node:net';
import { createCachedRenderer } from '../charts/cached-renderer.ts';
import { createLocalRenderer } from '../charts/local-renderer.ts';
import { createQuickChartRenderer } from '../charts/quickchart-renderer.ts';
import type { ChartRenderer } from '../charts/request.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../engine/clock.ts';
import { createPinnedPost, plainHost } from './outgoing/pinned-post.ts';
import type { RootLogger } from './part-logger.ts';

const DRAWN_CHARTS = 200;
/** Within one bar the same chart is drawn once in this time, in ms: all who ask at a busy moment get the same picture. */
const CHART_FRESH_MS = 10_000;

export interface Charts {
  readonly renderer: ChartRenderer;
  /** Loads what drawing needs, so that the first chart is as fast as the rest. Returns at once. */
  warm(): void;
}

/**
 * Hosts that charts may be sent to although they are in a private network: those that PRIVATE_HOSTS names, and an address that stands
 * in QUICKCHART_URL itself. What a name leads to is for its name server to say, so a name has to be named once more.
 */
function privateHosts({ QUICKCHART_URL: url, PRIVATE_HOSTS: named }: Config): readonly string[] {
  const host = url === undefined ? '' : plainHost(new URL(url).hostname);
  return isIP(host) !== 0 || host === 'localhost' ? [...named, host] : named;
}

/** The renderer that CHART_RENDERER names, with a memory of what was drawn lately. */
export function chartsOf(config: Config, clock: Clock, log: RootLogger): Charts {
  const cached = (renderer: ChartRenderer) =>
    createCachedRenderer(renderer, { entries: DRAWN_CHARTS, clock, freshMs: CHART_FRESH_MS });
  const part = log.part('charts');
  if (config.CHART_RENDERER === 'quickchart') {
    const post = createPinnedPost({ allowed: privateHosts(config) });
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
