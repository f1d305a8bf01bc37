import { createBarWriter } from '../app/bar-writer.ts';
import { createMarketHost } from '../app/market-host.ts';
import { systemClock } from '../app/system-clock.ts';
import { createTradeWriter } from '../app/trade-writer.ts';
import { createBarStore } from '../db/bars.ts';
import { createFactStore } from '../db/facts.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import { createTradeStore } from '../db/trades.ts';
import type { Clock } from '../engine/clock.ts';
import { Engine } from '../engine/engine.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createSimFeed } from '../feeds/sim.ts';
import type { BenchRow } from './row.ts';

const WANTED = 100_000;
/** Every run is of the same trades: those of the minutes after this one. */
const BEGIN = Date.parse('2026-03-04T15:00:00Z');
/** Until the rate of what is offered is the rate of what is measured, and all code is compiled. */
const WARM_UP_MS = 10_000;
const RUN_MS = 20_000;
const SAMPLE_MS = 1_000;
const FRAME =
  '{"stream":"btcusdt@trade","data":{"e":"trade","E":1772550000001,"s":"BTCUSDT","t":7,"p":"64000.50","q":"0.25","T":1772550000000,"m":true,"M":true}}';
const FRAMES = 200_000;

interface Run {
  readonly tradesPerSecond: number;
  /** Processor time of the whole process for each trade, in µs. */
  readonly cpuUs: number;
  /** The same of one JSON.parse of a trade's frame, measured just before. */
  readonly parseUs: number;
  /** MB a minute by which what is in use grows, by least squares. */
  readonly slopeMb: number;
  readonly stored: number;
  readonly dropped: number;
  /** Longest time that a timer came late, in ms. */
  readonly lateMs: number;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The machine's clock, put to where all runs begin. */
function clockFrom(begin: number): Clock {
  const shift = begin - Date.now();
  return { now: () => Date.now() + shift, after: systemClock.after };
}

/** All instruments of the simulator, of which so many trades come in a minute of the mean day. */
const simOf = (clock: Clock, tradesPerMinute: number) => createSimFeed({ seed: 'bench', tradesPerMinute, clock });

/** The simulator's rate at which that minute has as many trades as are wanted: its hours differ, and so do its minutes. */
async function rateOfBegin(): Promise<number> {
  const later: Clock = { now: () => BEGIN + 5 * MINUTE, after: systemClock.after };
  let rate = (WANTED * 60) / 9;
  // An instrument has a bound of trades a minute, so that the others must make up for it.
  for (let round = 0; round < 5; round++) {
    const sim = simOf(later, rate);
    let trades = 0;
    for (const { symbol } of await sim.instruments()) {
      for (const bar of await sim.history(symbol, MINUTE, BEGIN, BEGIN + MINUTE)) trades += bar.trades;
    }
    rate = Math.ceil((rate * WANTED * 60) / trades);
  }
  return rate;
}

function parseTime(): number {
  for (let i = 0; i < FRAMES / 10; i++) JSON.parse(FRAME);
  const from = process.cpuUsage();
  for (let i = 0; i < FRAMES; i++) JSON.parse(FRAME);
  const { user, system } = process.cpuUsage(from);
  return (user + system) / FRAMES;
}

/** That minute, live, through the engine. @param keep whether trades are stored, too */
async function run(rate: number, keep: boolean): Promise<Run> {
  const parseUs = parseTime();
  const temp = await createTempDatabase(Date.now);
  const clock = clockFrom(BEGIN);
  const sim = simOf(clock, rate);
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
  return { ...result, parseUs, stored, dropped };
}

async function measure(trades: () => number): Promise<Omit<Run, 'stored' | 'dropped' | 'parseUs'>> {
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
  const rate = await rateOfBegin();
  // The first run of a process is one of cold code.
  await run(rate, true);
  const plain = await run(rate, false);
  const kept = await run(rate, true);
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const figure = ({ tradesPerSecond, cpuUs, parseUs, slopeMb, lateMs }: Run): string =>
    `${number(tradesPerSecond)} trades/s, ${cpuUs.toFixed(2)} µs of a processor each (JSON.parse of one ${parseUs.toFixed(2)} µs), ` +
    `${slopeMb.toFixed(1)} MB a minute, timers ${Math.round(lateMs)} ms late at most`;
  return [
    {
      name: `${number(WANTED)} trades/s from the simulator through the engine with bars stored, without growing memory`,
      figure: figure(plain),
      ratio: (plain.tradesPerSecond / WANTED).toFixed(2),
      wanted: 'at least 0.95',
    },
    {
      name: 'the same with trades stored, too',
      figure: `${figure(kept)}, ${number(kept.stored)} stored, ${number(kept.dropped)} dropped`,
      ratio: `${(kept.cpuUs / plain.cpuUs).toFixed(2)} of the processor time`,
      wanted: 'no trade dropped',
    },
  ];
}
