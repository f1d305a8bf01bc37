import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { type QuickChartDouble, startQuickChart } from '../test/doubles/quickchart.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { smallRequest } from '../test/doubles/small-chart.ts';
import { chartsOf } from './charts.ts';

let server: QuickChartDouble;
beforeAll(async () => {
  server = await startQuickChart();
});
afterAll(() => server.close());

function rendererAt(url: string) {
  const config = readConfig({ CHART_RENDERER: 'quickchart', QUICKCHART_URL: url });
  const log = createSilentLog();
  return chartsOf(config, createManualClock().clock, { ...log, part: () => log }).renderer;
}

describe('a QuickChart server of this machine', () => {
  it('draws where its address stands in QUICKCHART_URL: who wrote that has named it', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const renderer = rendererAt(server.url.replace('127.0.0.1', host));
      const png = await renderer.render(smallRequest());
      expect([...png.subarray(1, 4)].map((code) => String.fromCharCode(code)).join('')).toBe('PNG');
    }
    expect(server.bodies.length).toBe(2);
  });
});
