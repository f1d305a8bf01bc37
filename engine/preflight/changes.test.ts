import { describe, expect, it } from 'vitest';
import { parseRule } from '../language/parse.ts';
import { printRule } from '../language/print.ts';
import { testScope } from '../language/test-scope.ts';
import { DAY, HOUR, MINUTE } from '../market/interval.ts';
import { changedRule, changesFor, proposalsOf } from './changes.ts';
import type { Replay } from './replay.ts';
import { isNoisy, tallyOf } from './tally.ts';

const rule = (text: string) => parseRule(text, testScope());

/** Firings at some times, in ms. */
function fired(times: readonly number[], to = 7 * DAY, suppressed = 0): Replay {
  const firing = {
    ruleId: '0',
    instrument: 'binance:btcusdt',
    price: 1,
    values: [],
    tradeId: undefined,
    suppressed: 0,
  };
  return { from: 0, to, suppressed, firings: times.map((ts) => ({ ...firing, id: `0.${ts}`, ts })) };
}
const every = (ms: number, count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i * ms);

describe('a tally', () => {
  it('says how often, when last, how far apart and how close', () => {
    // By hand: gaps of 5, 10, 11 and 600 minutes, in order the middle ones are 10 and 11.
    const times = [0, 5, 15, 26, 626].map((minutes) => minutes * MINUTE);
    expect(tallyOf(fired(times, 7 * DAY, 3))).toEqual({
      ...{ from: 0, to: 7 * DAY, count: 5, suppressed: 3, last: 626 * MINUTE },
      ...{ medianGap: 10.5 * MINUTE, close: 2, mostInDay: 5, mostInBurst: 1 },
    });
    expect(tallyOf(fired([HOUR]))).toMatchObject({ count: 1, last: HOUR, medianGap: undefined, mostInDay: 1 });
    expect(tallyOf(fired([]))).toMatchObject({ count: 0, last: undefined, medianGap: undefined, mostInDay: 0 });
  });

  it.each([
    ['15 in three minutes', false, every(12_000, 15)],
    ['16 in three minutes', true, every(11_000, 16)],
    ['16 in a little more', false, [...every(12_000, 15), 180_000]],
    ['20 in a day', false, every(HOUR, 20)],
    ['21 in a day', true, every(HOUR, 21)],
    ['21 in a day and a moment', false, [...every(HOUR, 20), DAY]],
    ['21 in 24 hours over midnight', true, every(HOUR, 21, 4.5 * DAY)],
    ['140 in a week, 20 a day', false, every(DAY / 20, 140)],
  ])('of %s firings is noisy: %s', (_name, noisy, times) => {
    expect(isNoisy(tallyOf(fired(times)))).toBe(noisy);
  });
});

describe('what makes a rule quieter', () => {
  const texts = (text: string) => changesFor(rule(text)).map((change) => printRule(changedRule(rule(text), change)));

  it('is to re-arm behind the threshold, to hold, to wait for closes, or to fire less often', () => {
    expect(texts('btcusdt 15m z > 2')).toEqual([
      'binance:btcusdt 15m z(20) > 2 every 15m rearm z(20) < 1.8',
      'binance:btcusdt 15m z(20) > 2 every 15m rearm z(20) < 1.5',
      'binance:btcusdt 15m z(20) > 2 every 15m rearm z(20) < 1',
      'binance:btcusdt 15m z(20) > 2 every 15m for 15m',
      'binance:btcusdt 15m z(20) > 2 every 15m on close',
      'binance:btcusdt 15m z(20) > 2 every 1h',
      'binance:btcusdt 15m z(20) > 2 every 4h',
      'binance:btcusdt 15m z(20) > 2 every 12h',
      'binance:btcusdt 15m z(20) > 2 every 1d',
    ]);
  });

  it.each([
    ['ethusdt > 3000', [2997, 2994, 2985, 2970, 2940]],
    ['ethusdt < 3000', [3003, 3006, 3015, 3030, 3060]],
    ['ethusdt crosses above 3000', [2997, 2994, 2985, 2970, 2940]],
    ['ethusdt rsi < 30', [32, 35, 40, 50]],
    ['ethusdt z < -2', [-1.8, -1.5, -1]],
  ])('re-arms %s at %s', (text, wanted) => {
    const levels = changesFor(rule(text)).flatMap((change) => (change.kind === 'rearm' ? [change.level] : []));
    expect(levels).toEqual(wanted);
  });

  it('proposes nothing that the rule has, and no level where there is no single one', () => {
    const kinds = (text: string) => changesFor(rule(text)).map(({ kind }) => kind);
    expect(kinds('ethusdt rsi < 30 and price > 3000 for 5m on close every 4h')).toEqual(['every', 'every']);
    expect(kinds('ethusdt z > 2 rearm 1 every 1d')).toEqual(['hold', 'close']);
    expect(kinds('ethusdt close > sma(20) every 1d')).toEqual(['hold', 'close']);
    expect(kinds('ethusdt macd > 0 every 1d')).toEqual(['hold', 'close']);
  });

  it('can be parsed from what is stored', () => {
    for (const text of ['ethusdt > 3000', 'ethusdt rsi < 30', 'ethusdt z < -2', 'ethusdt volume > 5000']) {
      for (const change of changesFor(rule(text))) {
        const changed = printRule(changedRule(rule(text), change));
        expect(printRule(rule(changed))).toBe(changed);
      }
    }
  });
});

describe('proposals', () => {
  const changes = changesFor(rule('btcusdt z > 2'));
  const noisy = fired(every(HOUR, 100));

  it('are the changes that would have calmed it, the mildest cooldown that leaves six a day at most', () => {
    const six = fired(every(4 * HOUR, 30));
    const ten = fired(every(DAY / 10, 40));
    const [two, one] = [fired([HOUR, DAY]), fired([HOUR])];
    const found = proposalsOf(changes, [noisy, ten, two, noisy, two, ten, six, one, one]);
    expect(found.map(({ change }) => change)).toEqual([
      { kind: 'rearm', level: 1 },
      { kind: 'close' },
      { kind: 'every', ms: 4 * HOUR },
    ]);
    expect(found.map(({ tally }) => tally.count)).toEqual([2, 2, 30]);
  });

  it('keep no rule silent for good, and are none where nothing calms it', () => {
    const [none, one] = [fired([]), fired([HOUR])];
    expect(proposalsOf(changes, [one, none, none, none, one, noisy, none, none, undefined])).toEqual([]);
  });
});
