import { afterEach, describe, expect, it } from 'vitest';
import type { StrategySearch } from '../../commands/strategy-ports.ts';
import { readerOf } from '../../commands/strategy-values.ts';
import { parseStrategy } from '../../engine/language/strategy.ts';
import { testScope } from '../../engine/language/test-scope.ts';
import { toColumns } from '../../engine/market/bar-history.ts';
import { DAY, HOUR } from '../../engine/market/interval.ts';
import { parameterSets } from '../../engine/strategies/search/parameter-sets.ts';
import { searchReport } from '../../engine/strategies/search/report.ts';
import { trySet } from '../../engine/strategies/search/search.ts';
import { splitPeriod } from '../../engine/strategies/search/walk-forward.ts';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { scriptedBars } from '../../test/doubles/scripted-feed.ts';
import { createSilentLog } from '../../test/doubles/silent-log.ts';
import type { Range } from '../preflight/past.ts';
import { createSearches, type Searches } from './searches.ts';

const NOW = 20_468 * DAY;
const swing = (ts: number): number => 100 + 10 * Math.sin((2 * Math.PI * ts) / DAY);
const always: Range = async (_instrument, interval, from, to) => scriptedBars(swing, interval, from, to);
const TEXT = 'x on btc 1h param n = 10 [4..12] long when close crosses above sma(n) exit long when close < sma(n)';

let searches: Searches | undefined;
afterEach(async () => {
  await searches?.close();
});

function searching(range: Range, text = TEXT) {
  const time = createManualClock(NOW);
  searches = createSearches({
    range,
    facts: async () => () => undefined,
    clock: time.clock,
    log: createSilentLog(),
    threads: 2,
  });
  const strategy = parseStrategy(text, testScope());
  const sets = [...parameterSets([{ name: 'n', value: 10, low: 4, high: 12, percent: false }], 9).sets, { n: 400 }];
  const search: StrategySearch = { candidates: [{ strategy, sets }], from: NOW - 20 * DAY, to: NOW };
  return { time, search, strategy, sets, begin: (chat = 'telegram:1') => searches!.start(chat, 'telegram:9', search) };
}

// Threads start slowly on a busy machine.
describe('searches', { timeout: 60_000 }, () => {
  it('in several threads come to what the engine comes to by itself, one set after the other', async () => {
    const { begin, search, strategy, sets } = searching(always);
    const running = begin();
    if (typeof running === 'string') throw new RangeError(running);
    expect(running.progress()).toEqual({ tried: 0, of: 10 });
    const answer = await running.done;
    if (answer.kind !== 'done') throw new RangeError(answer.kind);
    expect(running.progress()).toEqual({ tried: 10, of: 10 });
    const { from, to } = search;
    const columns = toColumns(scriptedBars(swing, HOUR, from - 400 * HOUR, to));
    const history = [{ instrument: strategy.instruments[0]!, interval: HOUR, columns }];
    const material = { from, to, history, told: [] };
    const windows = splitPeriod(from, to, HOUR, HOUR);
    const read = readerOf(strategy);
    const tried = sets.flatMap((set) => trySet(read, set, material, windows) ?? []);
    // 400 lies outside the range that the text says.
    expect(tried).toHaveLength(9);
    expect(answer.reports).toEqual([searchReport(read, tried, 10, material, windows)]);
    expect(answer.reports[0]!.refused).toBe(1);
  });

  it('are one for each chat, and end when they are cancelled, whatever they wait for', async () => {
    const { begin } = searching(() => new Promise(() => undefined));
    const running = begin();
    if (typeof running === 'string') throw new RangeError(running);
    expect(begin()).toBe('chat');
    const others = ['2', '3', '4'].map((chat) => begin(`telegram:${chat}`));
    expect(others.every((each) => typeof each !== 'string')).toBe(true);
    expect(begin('telegram:5')).toBe('all');
    expect(searches!.ownerOf('telegram:1', running.id)).toBe('telegram:9');
    expect(searches!.ownerOf('telegram:2', running.id)).toBeUndefined();
    expect(searches!.cancel('telegram:2', running.id)).toBe(false);
    expect(searches!.cancel('telegram:1', running.id)).toBe(true);
    expect(await running.done).toEqual({ kind: 'cancelled', tried: 0 });
    expect(searches!.cancel('telegram:1', running.id)).toBe(false);
    expect(typeof begin()).not.toBe('string');
  });

  it('say that there is too little history, what has no past, and that it takes too long', async () => {
    const young: Range = async (_instrument, interval, from, to) =>
      scriptedBars(swing, interval, Math.max(from, NOW - 5 * DAY), to);
    const short = searching(young).begin();
    // Twelve bars and one more before the first value of the longest.
    expect(typeof short !== 'string' && (await short.done)).toEqual({ kind: 'short', bars: 120 - 13, wanted: 240 });
    await searches!.close();
    const facts = searching(always, TEXT.replace('exit long when', 'and oi > 5 exit long when')).begin();
    expect(typeof facts !== 'string' && (await facts.done)).toEqual({ kind: 'untold', facts: ['oi'] });
    await searches!.close();
    const { time, begin } = searching(() => new Promise(() => undefined));
    const late = begin();
    await time.advance(301_000);
    expect(typeof late !== 'string' && (await late.done)).toEqual({ kind: 'late' });
  });
});
