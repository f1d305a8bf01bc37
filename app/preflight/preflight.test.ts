import { afterEach, describe, expect, it } from 'vitest';
import { TransportError } from '../../engine/errors.ts';
import { parseRule } from '../../engine/language/parse.ts';
import { testScope } from '../../engine/language/test-scope.ts';
import type { Bar } from '../../engine/market/events.ts';
import { DAY, HOUR, MINUTE } from '../../engine/market/interval.ts';
import { createSimFeed } from '../../feeds/sim.ts';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { scriptedBars } from '../../test/doubles/scripted-feed.ts';
import { createSilentLog } from '../../test/doubles/silent-log.ts';
import type { Range } from './past.ts';
import { createPreflight, type Preflight, type PreflightOptions } from './preflight.ts';

/** A whole number of days, so that a day's swings begin with it. */
const NOW = 20_468 * DAY;
/** Above 100 for the first half of every four hours. */
const swing = (ts: number): number => 100 + 10 * Math.sin((2 * Math.PI * ts) / (4 * HOUR));
/** A script's bars without wicks. */
const barsOf = (script: (ts: number) => number, interval: number, from: number, to: number): Bar[] =>
  scriptedBars(script, interval, from, to).map((bar) => ({
    ...bar,
    high: Math.max(bar.open, bar.close),
    low: Math.min(bar.open, bar.close),
  }));
const always: Range = async (_instrument, interval, from, to) => barsOf(swing, interval, from, to);

let preflight: Preflight | undefined;
afterEach(async () => {
  await preflight?.close();
});

/** What was told of a fact of btcusdt, by the hours before now. */
const hoursAgo =
  (...hours: readonly number[]) =>
  async () =>
  (key: string) =>
    key === 'binance:btcusdt oi' ? { times: hours.map((hour) => NOW - hour * HOUR), values: hours } : undefined;

function trying(range: Range, worker?: URL, facts?: PreflightOptions['facts']) {
  const time = createManualClock(NOW);
  const log = createSilentLog();
  const parts = { range, now: time.now, clock: time.clock, log, ...(facts && { facts }) };
  preflight = createPreflight(worker === undefined ? parts : { ...parts, worker });
  const run = (text: string) => preflight!.run(parseRule(text, testScope()));
  return { time, run };
}

// Threads start slowly on a busy machine.
describe('the preflight', { timeout: 30_000 }, () => {
  it('says which facts have no past, and how little of one there is', async () => {
    expect(await trying(always, undefined, hoursAgo()).run('btc 1m funding > 0.01%')).toEqual({
      ...{ kind: 'untold', facts: ['funding'] },
    });
    const { run } = trying(always, undefined, hoursAgo(2, 1));
    expect(await run('btc 1h oi > 1.5')).toEqual({ kind: 'short', spanMs: 2 * HOUR });
  });

  it('replays a week of minutes in a thread: a swing of four hours passes a level six times a day', async () => {
    const asked: number[] = [];
    const { run } = trying(async (instrument, interval, from, to) => {
      asked.push((to - from) / interval);
      return always(instrument, interval, from, to);
    });
    const answer = await run('btcusdt > 104');
    if (answer.kind !== 'tried') throw new RangeError(answer.kind);
    const { tally, proposals, firings, bars, interval } = answer.trial;
    expect(tally).toMatchObject({ from: NOW - 7 * DAY, to: NOW, count: 42, suppressed: 0, mostInDay: 6, close: 0 });
    expect(tally.medianGap).toBe(4 * HOUR);
    // 10 sin(x) reaches 4 at x = 23.58 degrees, 15.7 minutes into the swing.
    expect(Math.floor((tally.last! % (4 * HOUR)) / MINUTE)).toBe(15);
    expect(proposals).toEqual([]);
    expect(firings).toHaveLength(42);
    expect(interval).toBe(HOUR);
    expect(bars).toHaveLength(168);
    expect(bars[0]).toMatchObject({ start: NOW - 7 * DAY, volume: 600, trades: 240 });
    expect(Math.max(...asked)).toBeLessThanOrEqual(2_000);
    expect(asked.reduce((sum, bars) => sum + bars, 0)).toBeGreaterThanOrEqual(7 * 1440);
  });

  it('tries what would calm a noisy rule', async () => {
    // Passes the level every half an hour, 48 times a day.
    const fast = (ts: number): number => 100 + 0.2 * Math.sin((2 * Math.PI * ts) / (30 * MINUTE));
    const { run } = trying(async (_instrument, interval, from, to) => barsOf(fast, interval, from, to));
    const answer = await run('btcusdt > 100.1');
    if (answer.kind !== 'tried') throw new RangeError(answer.kind);
    expect(answer.trial.tally).toMatchObject({ count: 336, mostInDay: 48 });
    // Two in each hour, of which one is marked, over the whole week.
    expect(answer.trial.firings).toHaveLength(168);
    // It swings from 99.8 to 100.2, and is above for ten minutes of thirty: no level, hold or close makes it quieter.
    expect(answer.trial.proposals.map(({ change, tally }) => [change, tally.mostInDay])).toEqual([
      [{ kind: 'every', ms: 4 * HOUR }, 6],
    ]);
  });

  it('asks for the bars of every instrument', async () => {
    const asked = new Set<string>();
    const { run } = trying(async (instrument, interval, from, to) => {
      asked.add(instrument);
      const shift = instrument.endsWith('ethusdt') ? HOUR : 0;
      return barsOf((ts) => swing(ts + shift), interval, from, to);
    });
    const answer = await run('z(btcusdt/ethusdt, 60) > 1');
    expect(answer.kind).toBe('tried');
    expect([...asked].sort()).toEqual(['binance:btcusdt', 'binance:ethusdt']);
  });

  it('replays what the simulator’s history has', async () => {
    const clock = createManualClock(NOW).clock;
    const feed = createSimFeed({ clock, seed: 'preflight' });
    const level = (await feed.history('btcusdt', MINUTE, NOW - HOUR, NOW))[0].close;
    const bars = await feed.history('btcusdt', MINUTE, NOW - 7 * DAY - MINUTE, NOW);
    const { run } = trying((_instrument, interval, from, to) => feed.history('btcusdt', interval, from, to));
    const answer = await run(`btcusdt 1m close > ${level} on close every 1s`);
    if (answer.kind !== 'tried') throw new RangeError(answer.kind);
    const rises = bars.filter(({ close }, i) => i > 0 && close > level && !(bars[i - 1].close > level));
    expect(rises.length).toBeGreaterThan(0);
    expect(answer.trial.tally.count).toBe(rises.length);
    expect(answer.trial.tally.last).toBe(rises.at(-1)!.start + MINUTE);
  });

  it('says how much history there is where it is too little', async () => {
    const { run } = trying(async (instrument, interval, from, to) =>
      always(instrument, interval, Math.max(from, NOW - 3 * HOUR), to),
    );
    expect(await run('btcusdt > 105')).toEqual({ kind: 'short', spanMs: 3 * HOUR });
    const none = trying(async () => []);
    expect(await none.run('btcusdt rsi < 30')).toEqual({ kind: 'short', spanMs: 0 });
  });

  it('takes what has come after four seconds', async () => {
    const slow: Range = async (instrument, interval, from, to) =>
      from < NOW - 2 * DAY ? new Promise<Bar[]>(() => {}) : always(instrument, interval, from, to);
    const { time, run } = trying(slow);
    const answering = run('btcusdt > 105');
    await time.advance(3_999);
    let isThere = false;
    void answering.then(() => {
      isThere = true;
    });
    await time.advance(0);
    expect(isThere).toBe(false);
    await time.advance(1);
    const answer = await answering;
    if (answer.kind !== 'tried') throw new RangeError(answer.kind);
    // One slice of 2000 minutes, of which the first warms up: the swings that begin 32, 28, ... 4 hours ago.
    expect(answer.trial.tally).toMatchObject({ from: NOW - 1_999 * MINUTE, count: 8 });
  });

  it('is late where nothing comes in that time, or the venue is down', async () => {
    const { time, run } = trying(() => new Promise<Bar[]>(() => {}));
    const answering = run('btcusdt > 105');
    await time.advance(4_000);
    expect(await answering).toEqual({ kind: 'late' });
    const down = trying(async () => {
      throw new TransportError('down', { retryable: true, reason: 'unreachable' });
    });
    expect(await down.run('btcusdt > 105')).toEqual({ kind: 'late' });
  });

  it('leaves a thread that hangs after ten seconds', async () => {
    const hanging = new URL(`data:text/javascript,export default () => new Promise(() => {})`);
    const { time, run } = trying(always, hanging);
    const answering = run('btcusdt > 105').catch((error: unknown) => error);
    for (let i = 0; i < 50; i++) await time.advance(i < 5 ? 0 : 1_000);
    expect(String(await answering)).toMatch(/10000 ms/);
  });
});
