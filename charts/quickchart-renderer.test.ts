import { loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, TransportError } from '../engine/errors.ts';
import { typicalRequest } from '../test/doubles/chart-samples.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { plainPost } from '../test/doubles/plain-post.ts';
import { type QuickChartDouble, startQuickChart } from '../test/doubles/quickchart.ts';
import { sampleRequests } from '../test/doubles/sample-charts.ts';
import { buildConfig } from './config.ts';
import { createQuickChartRenderer } from './quickchart-renderer.ts';
import { COLORS } from './theme.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let server: QuickChartDouble;

beforeAll(async () => {
  server = await startQuickChart();
});
beforeEach(() => server.behave('draws'));
afterAll(() => server.close());

describe('the QuickChart renderer', () => {
  it('posts the same config as the local renderer draws, and returns the picture', async () => {
    const renderer = createQuickChartRenderer({ url: server.url, log: quiet, post: plainPost });
    const png = await renderer.render(typicalRequest());
    const image = await loadImage(Buffer.from(png));
    expect([image.width, image.height]).toEqual([2000, 1200]);
    const posted = server.bodies[server.bodies.length - 1];
    expect(posted).toMatchObject({ width: 800, height: 480, devicePixelRatio: 2.5, version: '4', format: 'png' });
    expect(posted.backgroundColor).toBe(COLORS.background);
    expect(JSON.parse(posted.chart)).toEqual(buildConfig(typicalRequest()));
  });

  it('stays below the 100 kB that a QuickChart server takes by default, with 500 bars too', async () => {
    const renderer = createQuickChartRenderer({ url: `${server.url}/`, log: quiet, post: plainPost });
    const { dense, panes } = sampleRequests();
    for (const request of [dense, panes]) await renderer.render(request);
    expect(dense.bars).toHaveLength(500);
    expect(server.largest()).toBeLessThan(102_400);
  });

  it.each([
    [400, { retryable: false, reason: 'refused' }],
    [429, { retryable: true, reason: 'rate-limited' }],
    [500, { retryable: true, reason: 'unreachable' }],
    ['garbage', { retryable: true, reason: 'unreachable' }],
  ] as const)('rejects with a TransportError when the server answers with %s', async (mood, expected) => {
    const renderer = createQuickChartRenderer({ url: server.url, log: quiet, post: plainPost });
    server.behave(mood);
    const error = await renderer.render(typicalRequest()).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject(expected);
  });

  it('rejects with a TransportError when no answer comes within ten seconds', async () => {
    const { clock, advance } = createManualClock();
    const renderer = createQuickChartRenderer({ url: server.url, log: quiet, clock, post: plainPost });
    server.behave('hangs');
    const failed = expect(renderer.render(typicalRequest())).rejects.toMatchObject({
      name: 'TransportError',
      retryable: true,
      reason: 'unreachable',
    });
    await advance(10_000);
    await failed;
  });

  it('rejects with a TransportError when nobody listens', async () => {
    const gone = await startQuickChart();
    await gone.close();
    const renderer = createQuickChartRenderer({ url: gone.url, log: quiet, post: plainPost });
    await expect(renderer.render(typicalRequest())).rejects.toMatchObject({ name: 'TransportError', retryable: true });
  });

  it('refuses an address that is none', () => {
    expect(() => createQuickChartRenderer({ url: 'quickchart', log: quiet, post: plainPost })).toThrow(ConfigError);
  });
});
