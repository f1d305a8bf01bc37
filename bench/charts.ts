import { monitorEventLoopDelay } from 'node:perf_hooks';
import { drawConfig } from '../charts/canvas.ts';
import { buildConfig } from '../charts/config.ts';
import { createLocalRenderer } from '../charts/local-renderer.ts';
import { typicalRequest } from '../test/doubles/chart-samples.ts';
import type { BenchRow } from './row.ts';

const PICTURES = 40;
const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error };

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

async function timed(count: number, task: (i: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    await task(i);
    times.push(performance.now() - from);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return times.sort((a, b) => a - b);
}

/** One picture after another: 120 candles, three lines over them, volume and a pane, 2000x1200, from the request to the PNG. */
export async function benchCharts(): Promise<readonly BenchRow[]> {
  const requests = Array.from({ length: PICTURES }, (_, i) => typicalRequest(100 + i));
  const renderer = createLocalRenderer({ threads: 1, log: quiet });
  await renderer.warm();
  await timed(10, (i) => renderer.render(typicalRequest(i)));

  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const ours = await timed(PICTURES, (i) => renderer.render(requests[i]));
  delay.disable();
  await renderer.close();

  const plain = async (i: number) => drawConfig(buildConfig(requests[i]), (canvas) => canvas.encodeSync('png'));
  await timed(5, plain);
  const theirs = await timed(PICTURES, plain);
  const p50 = percentile(ours, 0.5);
  const base = percentile(theirs, 0.5);
  return [
    {
      name: 'chart, 120 candles + 3 overlays + volume + 1 pane, 2000x1200 PNG',
      figure: `p50 ${p50.toFixed(0)} ms, p95 ${percentile(ours, 0.95).toFixed(0)} ms`,
      ratio: `${(base / p50).toFixed(2)}x as fast as the same chart through the canvas' own PNG encoder (p50 ${base.toFixed(0)} ms)`,
      wanted: 'p50 at most 60 ms',
    },
    {
      name: 'longest block of the main thread while charts are drawn',
      figure: `${(delay.max / 1e6).toFixed(1)} ms (p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms)`,
      wanted: 'at most 50 ms',
    },
  ];
}
