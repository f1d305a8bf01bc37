import { afterEach, describe, expect, it } from 'vitest';
import { parseStrategy } from '../../engine/language/strategy.ts';
import { testScope } from '../../engine/language/test-scope.ts';
import { DAY, HOUR } from '../../engine/market/interval.ts';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { scriptedBars } from '../../test/doubles/scripted-feed.ts';
import { createSilentLog } from '../../test/doubles/silent-log.ts';
import type { Range } from '../preflight/past.ts';
import { type Backtests, createBacktests } from './backtests.ts';

/** A whole number of days, so that a day's swings begin with it. */
const NOW = 20_468 * DAY;
/** From 90 to 110 and back once a day. */
const swing = (ts: number): number => 100 + 10 * Math.sin((2 * Math.PI * ts) / DAY);
const always: Range = async (_instrument, interval, from, to) => scriptedBars(swing, interval, from, to);

let backtests: Backtests | undefined;
afterEach(async () => {
  await backtests?.close();
});

function trying(range: Range, facts: Parameters<typeof createBacktests>[0]['facts'] = async () => () => undefined) {
  const time = createManualClock(NOW);
  backtests = createBacktests({ range, facts, clock: time.clock, log: createSilentLog() });
  const run = (clauses: string) =>
    backtests!.run(parseStrategy(`x on btc 1h ${clauses}`, testScope()), NOW - 10 * DAY, NOW);
  return { time, run };
}

// Threads start slowly on a busy machine.
describe('backtests', { timeout: 30_000 }, () => {
  it('run in a thread: whoever buys low and sells high in a swing a day wins every time', async () => {
    const answer = await trying(always).run('long when close < 95 exit when close > 105 fee 0 slippage 0');
    if (answer.kind !== 'done') throw new RangeError(answer.kind);
    const { trades, equity, line } = answer.report;
    // Ten days; of the last one the way up is still to come when it is bought at its bottom.
    expect(trades.count).toBeGreaterThanOrEqual(9);
    expect(trades.count).toBeLessThanOrEqual(10);
    expect(trades.whys.exit).toBeGreaterThanOrEqual(9);
    // From below 95 to above 105: at least 105 / 95 each time.
    expect(equity.total).toBeGreaterThan((105 / 95) ** 9 - 1);
    expect(line.times.at(-1)).toBe(NOW);
  });

  it('say which facts have no past, that there is too little history, and that it did not come in time', async () => {
    expect(await trying(always).run('long when oi > 5 expire 1h')).toEqual({ kind: 'untold', facts: ['oi'] });
    await backtests?.close();
    const young: Range = async (_instrument, interval, from, to) =>
      scriptedBars(swing, interval, Math.max(from, NOW - 30 * HOUR), to);
    expect(await trying(young).run('long when close > sma(60) expire 1h')).toMatchObject({
      ...{ kind: 'short', few: { instrument: 'binance:btcusdt', interval: HOUR, bars: 60, there: 30 } },
    });
    await backtests?.close();
    const { time, run } = trying(() => new Promise(() => undefined));
    const late = run('long when close > 95 expire 1h');
    // What is asked of facts comes first.
    await Promise.resolve();
    await Promise.resolve();
    await time.advance(31_000);
    expect(await late).toEqual({ kind: 'late' });
  });
});
