import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createPreflight } from '../app/preflight/preflight.ts';
import { systemClock } from '../app/system-clock.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { parseRule } from '../engine/language/parse.ts';
import type { Bar } from '../engine/market/events.ts';
import { barStart, DAY, MINUTE } from '../engine/market/interval.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

const RUNS = 5;
const NOW = 20_468 * DAY;
const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error };

const rule = (text: string): RuleText =>
  parseRule(text, {
    resolve: (name) => (name.includes(':') ? name : undefined),
    suggest: () => [],
    instrument: undefined,
    interval: MINUTE,
    now: NOW,
    wallTime: Date.UTC,
  });

/** A random walk from long ago, made once for each interval. */
function walkOf(interval: number): (from: number, to: number) => readonly Bar[] {
  const random = createRandom(3);
  const bars: Bar[] = [];
  let close = 500;
  for (let start = barStart(NOW - 12_000 * interval, interval); start < NOW; start += interval) {
    const open = close;
    close = 500 + (close - 500) * 0.99 + (random() - 0.5) * 4;
    const [high, low] = [Math.max(open, close) + random(), Math.min(open, close) - random()];
    bars.push({ start, open, high, low, close, volume: random() * 800, trades: 40 });
  }
  return (from, to) => bars.filter((bar) => bar.start >= from && bar.start < to);
}

/** A rule that is set: 10,080 minutes handed over and replayed, what would calm it included. */
export async function benchPreflight(): Promise<readonly BenchRow[]> {
  const walk = walkOf(MINUTE);
  const preflight = createPreflight({
    range: async (_instrument, _interval, from, to) => walk(from, to),
    now: () => NOW,
    clock: systemClock,
    log: quiet,
  });
  const noisy = rule('binance:btcusdt 1m z(20) > 1 and rsi(14) > 50 every 1m');
  const from = performance.now();
  await preflight.run(noisy);
  const first = performance.now() - from;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const begin = performance.now();
    await preflight.run(noisy);
    times.push(performance.now() - begin);
  }
  delay.disable();
  await preflight.close();
  times.sort((a, b) => a - b);
  return [
    {
      name: 'preflight of a noisy rule over 10,080 bars, what calms it included',
      figure: `p50 ${times[2].toFixed(0)} ms, the first ${first.toFixed(0)} ms`,
      wanted: 'below 2 s',
    },
    {
      name: 'longest block of the main thread meanwhile',
      figure: `${(delay.max / 1e6).toFixed(1)} ms (p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms)`,
      wanted: 'at most 50 ms',
    },
  ];
}
