import { createBarWriter } from '../app/bar-writer.ts';
import { createMarketHost } from '../app/market-host.ts';
import { systemClock } from '../app/system-clock.ts';
import { createTradeWriter } from '../app/trade-writer.ts';
import { createBarStore } from '../db/bars.ts';
import { createFactStore } from '../db/facts.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import { createTradeStore } from '../db/trades.ts';
import { Engine } from '../engine/engine.ts';
import { createSimFeed } from '../feeds/sim.ts';
import type { BenchRow } from './row.ts';

const WANTED = 100_000;
const WARM_UP_MS = 5_000;
const RUN_MS = 20_000;
const SAMPLE_MS = 1_000;

interface Run {
  readonly tradesPerSecond: number;
  /** Processor time of the whole process for each trade, in µs. */
  readonly cpuUs: number;
  /** MB a minute by which what is in use grows, by least squares. */
  readonly slopeMb: number;
  readonly stored: number;
  readonly dropped: number;
  /** Longest time that a timer came late, in ms. */
  readonly lateMs: number;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** All of the simulator's instruments at a rate, live, through the engine. @param keep whether trades are stored, too */
async function run(keep: boolean): Promise<Run> {
  const temp = await createTempDatabase(Date.now);
  const clock = systemClock;
  const count = 9;
  const sim = createSimFeed({ seed: 'bench', tradesPerMinute: Math.ceil((WANTED * 60) / count), clock });
  const bars = createBarStore(temp.database);
  const writer = createBarWriter(bars, clock, quietLog);
  const trades = createTradeWriter(createTradeStore(temp.database), clock, quietLog);
  const facts = createFactStore(temp.database);
  const market = createMarketHost({ engine: new Engine(), feeds: [sim], bars, facts, writer, clock, log: quietLog });
  if (keep) {
    market.onEvent((event) => {
      if (event.type === 'trade') trades.add(event);
    });
  }
  await market.start();
  await Promise.all((await sim.instruments()).map(({ instrument }) => market.prepare(instrument)));
  await sleep(WARM_UP_MS);
  const result = await measure(() => market.counters().trades);
  await market.stop();
  await Promise.all([writer.stop(), trades.stop()]);
  const { stored, dropped } = trades.counters();
  await temp.drop();
  return { ...result, stored, dropped };
}

async function measure(trades: () => number): Promise<Omit<Run, 'stored' | 'dropped'>> {
  const cpu = process.cpuUsage();
  const [from, before] = [performance.now(), trades()];
  const memory: (readonly [seconds: number, mb: number])[] = [];
  let lateMs = 0;
  while (performance.now() - from < RUN_MS) {
    const asleep = performance.now();
    await sleep(SAMPLE_MS);
    lateMs = Math.max(lateMs, performance.now() - asleep - SAMPLE_MS);
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    memory.push([(performance.now() - from) / 1000, (heapUsed + external) / 1e6]);
  }
  const seconds = (performance.now() - from) / 1000;
  const done = trades() - before;
  const { user, system } = process.cpuUsage(cpu);
  return { tradesPerSecond: done / seconds, cpuUs: (user + system) / done, slopeMb: 60 * slopeOf(memory), lateMs };
}

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (pick: 0 | 1) => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const xy = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  const xx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return xy / xx;
}

/** 100,000 trades a second from the simulator, live: whether they get through, and what storing them costs. */
export async function benchSim(): Promise<readonly BenchRow[]> {
  const plain = await run(false);
  const kept = await run(true);
  const number = (value: number) => Math.round(value).toLocaleString('en');
  return [
    {
      name: `${number(WANTED)} trades/s from the simulator through the engine with bars stored, without growing memory`,
      figure: `${number(plain.tradesPerSecond)} trades/s, ${plain.slopeMb.toFixed(1)} MB a minute, timers ${Math.round(plain.lateMs)} ms late at most`,
      ratio: (plain.tradesPerSecond / WANTED).toFixed(2),
      wanted: 'at least 0.95',
    },
    {
      name: 'the same with trades stored, too',
      figure: `${number(kept.tradesPerSecond)} trades/s, ${number(kept.stored)} stored, ${number(kept.dropped)} dropped, ${kept.slopeMb.toFixed(1)} MB a minute, timers ${Math.round(kept.lateMs)} ms late at most`,
      ratio: `${(kept.cpuUs / plain.cpuUs).toFixed(2)} of the processor time`,
      wanted: 'no trade dropped',
    },
  ];
}
