import QuickChart from 'quickchart-js';
import type { Clock } from '../engine/clock.ts';
import { ConfigError, TransportError } from '../engine/errors.ts';
import { type ChartConfig, heightOf } from './chart-config.ts';
import { withDeadline } from './deadline.ts';
import type { Logger } from './log.ts';
import { configOf } from './picture.ts';
import { nameOf } from './picture-name.ts';
import type { ChartRenderer, PictureRequest } from './request.ts';
import { COLORS, PIXEL_RATIO, WIDTH } from './theme.ts';

export interface QuickChartRendererOptions {
  /** Where the server is, e.g. `http://127.0.0.1:3400`; a path before `/chart` is kept. */
  readonly url: string;
  readonly log: Logger;
  /** A request that takes longer is given up. */
  readonly timeoutMs?: number;
  /** Measures the time-out; the machine's where none is given. */
  readonly clock?: Clock;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47];

function addressOf(url: string): { scheme: string; host: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new ConfigError('QUICKCHART_URL is not an http address');
  const path = parsed.pathname.replace(/\/(chart\/?)?$/, '');
  return { scheme: parsed.protocol.slice(0, -1), host: `${parsed.host}${path}` };
}

/** What the client throws carries the status only in its text. */
function statusOf(error: unknown): number | undefined {
  const match = error instanceof Error ? /status code (\d{3})/.exec(error.message) : null;
  return match ? Number(match[1]) : undefined;
}

function transportError(cause: unknown): TransportError {
  const status = statusOf(cause);
  if (status === undefined) {
    return new TransportError('the QuickChart server cannot be reached', {
      retryable: true,
      reason: 'unreachable',
      cause,
    });
  }
  const busy = status === 429;
  const reason = busy ? 'rate-limited' : status >= 500 ? 'unreachable' : 'refused';
  return new TransportError(`the QuickChart server answered ${status}`, {
    retryable: busy || status >= 500,
    reason,
    cause,
  });
}

/** Lets a QuickChart server draw: the same config as the local renderer's, which needs nothing but Chart.js 4 there. */
export function createQuickChartRenderer(options: QuickChartRendererOptions): ChartRenderer {
  const { scheme, host } = addressOf(options.url);
  const timeoutMs = options.timeoutMs ?? 10_000;

  function clientFor(request: PictureRequest): QuickChart {
    const config: ChartConfig = configOf(request);
    return new QuickChart()
      .setScheme(scheme)
      .setHost(host)
      .setVersion('4')
      .setFormat('png')
      .setWidth(WIDTH)
      .setHeight(heightOf(config))
      .setDevicePixelRatio(PIXEL_RATIO)
      .setBackgroundColor(COLORS.background)
      .setConfig(JSON.stringify(config));
  }

  return {
    async render(request) {
      try {
        const png = await withDeadline(timeoutMs, options.clock, () => clientFor(request).toBinary());
        if (PNG_SIGNATURE.some((byte, i) => png[i] !== byte)) throw new Error('the answer is no PNG');
        return png;
      } catch (cause) {
        const error = transportError(cause);
        options.log.warn({ err: cause, picture: nameOf(request) }, error.message);
        throw error;
      }
    },
    async close() {},
  };
}
