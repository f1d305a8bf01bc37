import { expect, it } from 'vitest';
import { parseStrategy } from '../engine/language/strategy.ts';
import { testScope } from '../engine/language/test-scope.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { comeSoon, soonWords, tooFewError } from './too-few-words.ts';

const few = (interval: number, bars: number, there: number) => ({ instrument: 'sim:btcusdt', interval, bars, there });
const strategyOf = (interval: string) =>
  parseStrategy(`x on btc ${interval} long when close > sma(20) stop 2%`, testScope());

it('bars that are there within an hour are waited for', () => {
  const soon = few(MINUTE, 20, 1);
  expect([comeSoon(soon), comeSoon(few(MINUTE, 100, 39)), comeSoon(few(HOUR, 20, 18))]).toEqual([true, false, false]);
  expect(soonWords(soon)).toBe('It watches in 19m: it needs 20 bars of 1m of btcusdt, and there is 1.');
});

it('shorter bars are offered where they reach far enough, and are those of the strategy', () => {
  const said = (interval: string, ...counts: Parameters<typeof few>) =>
    tooFewError(strategyOf(interval), few(...counts)).message;
  // 18 hours are 72 bars of 15m and 18 of 1h.
  expect(said('1h', HOUR, 20, 18)).toBe(
    'The strategy needs 20 bars of 1h of btcusdt, and there are 18: take bars of 15m, shorter lengths, or wait 2h.',
  );
  expect(said('1m', HOUR, 20, 18)).toContain('there are 18: take shorter lengths, or wait 2h.');
  expect(said('1h', HOUR, 20, 0)).toContain('there are none: take shorter lengths, or wait 20h.');
});
