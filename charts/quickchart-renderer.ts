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
  /** Posts JSON; rejects where nobody answers. */
  readonly post: (url: string, json: string, signal: AbortSignal) => Promise<{ status: number; bytes: Uint8Array }>;
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

/** @param status undefined where there was no answer */
function transportError(status: number | undefined, cause?: unknown): TransportError {
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

  function bodyOf(request: PictureRequest): string {
    const config: ChartConfig = configOf(request);
    const chart = new QuickChart()
      .setVersion('4')
      .setFormat('png')
      .setWidth(WIDTH)
      .setHeight(heightOf(config))
      .setDevicePixelRatio(PIXEL_RATIO)
      .setBackgroundColor(COLORS.background)
      .setConfig(JSON.stringify(config));
    return JSON.stringify(chart.getPostData());
  }

  async function draw(request: PictureRequest): Promise<Uint8Array> {
    const url = `${scheme}://${host}/chart`;
    let answer: { readonly status: number; readonly bytes: Uint8Array };
    try {
      answer = await withDeadline(timeoutMs, options.clock, (signal) => options.post(url, bodyOf(request), signal));
    } catch (cause) {
      throw transportError(undefined, cause);
    }
    const { status, bytes } = answer;
    if (status < 200 || status > 299) throw transportError(status);
    if (PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) return bytes;
    throw transportError(undefined, new Error('the answer is no PNG'));
  }

  return {
    async render(request) {
      try {
        return await draw(request);
      } catch (error) {
        options.log.warn({ err: error, picture: nameOf(request) }, 'the QuickChart server did not draw a chart');
        throw error;
      }
    },
    async close() {},
  };
}
