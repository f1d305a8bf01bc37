import { describe, expect, it } from 'vitest';
import { parseExpression } from '../engine/language/parse.ts';
import { planOf } from '../engine/series/plan.ts';
import { barsRead, joinReads } from './plan-bars.ts';
import { storedScope } from './scope.ts';

const scope = storedScope({ instrument: 'sim:btcusdt', interval: 300_000 });
const reads = (text: string) =>
  Object.fromEntries(
    barsRead(planOf(parseExpression(text, scope))).map(({ instrument, interval, bars }) => [
      `${instrument.slice(4, 7)} ${interval / 60_000}m`,
      bars,
    ]),
  );

describe('the bars that a series reads', () => {
  it.each([
    ['close', { 'btc 5m': 1 }],
    ['sma(20)', { 'btc 5m': 20 }],
    ['sma(20)[3]', { 'btc 5m': 23 }],
    ['sma(sma(20), 10)', { 'btc 5m': 29 }],
    ['close - sma(20)', { 'btc 5m': 20 }],
    ['sim:ethusdt.close', { 'eth 5m': 1 }],
    // What is sampled closes with its clock.
    ['sma(20)@1h - close', { 'btc 5m': 1, 'btc 60m': 20 }],
    ['sim:ethusdt.close@1h - close', { 'btc 5m': 1, 'eth 5m': 1, 'eth 60m': 1 }],
    // An hour's growth of five-minute bars is measured in minutes.
    ['change(1h)', { 'btc 5m': 1, 'btc 1m': 61 }],
    ['change(1h)[2]', { 'btc 5m': 3, 'btc 1m': 71 }],
  ])('%s', (text, wanted) => expect(reads(text)).toEqual(wanted));

  it('is asked for once where several series read it', () => {
    const one = { instrument: 'sim:btcusdt', interval: 60_000, bars: 5 };
    expect(joinReads([one, { ...one, bars: 9 }, { ...one, interval: 300_000 }, one])).toEqual([
      { ...one, bars: 9 },
      { ...one, interval: 300_000 },
    ]);
  });
});
