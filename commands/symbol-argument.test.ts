import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../engine/errors.ts';
import { type CommandHarness, createCommandHarness } from '../test/doubles/command-harness.ts';
import type { CommandContext } from './command.ts';
import {
  completeIntervals,
  completeSymbols,
  requireInstrument,
  splitArguments,
  splitWords,
} from './symbol-argument.ts';

let harness: CommandHarness;
let context: CommandContext;
beforeAll(async () => {
  harness = await createCommandHarness();
  context = await harness.context();
});
afterAll(() => harness.drop());

describe('an instrument', () => {
  it.each(['btc', 'BTC/USDT', 'btc-usdt', 'sim:btcusdt'])('is found as %s', (word) => {
    expect(requireInstrument(context, word).instrument).toBe('sim:btcusdt');
  });

  it('is refused with the place, and the same text with near ones', () => {
    try {
      requireInstrument(context, 'etj', 'btc etj sol');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      const { span, suggestions, hint } = error as UserError;
      expect({ span, suggestions, hint }).toEqual({
        span: [4, 7],
        suggestions: ['btc ethusdt sol'],
        hint: 'Did you mean ethusdt?',
      });
    }
  });
});

describe('arguments in any order', () => {
  it.each([
    ['eth 5m rsi', 'eth', 300_000, 'rsi'],
    ['5m eth rsi', 'eth', 300_000, 'rsi'],
    ['rsi 1h ETH/USDT', 'ETH/USDT', 3_600_000, 'rsi'],
    ['btc ema(20, close) bb', 'btc', undefined, 'ema(20, close) bb'],
    ['btc, rsi, bb', 'btc', undefined, 'rsi, bb'],
    ['rsi, 5m,, btc, -z,', 'btc', 300_000, 'rsi,           -z'],
    ['btc 5m 15m', 'btc', 300_000, '15m'],
    ['btc 15 min rsi', 'btc', 900_000, 'rsi'],
    ['4 hours btc', 'btc', 14_400_000, ''],
    ['btc eth', 'btc', undefined, 'eth'],
    ['rsi', undefined, undefined, 'rsi'],
    ['', undefined, undefined, ''],
  ])('%s', (text, symbol, interval, rest) => {
    const split = splitArguments(context, text);
    expect({ ...split, rest: split.rest.trim() }).toEqual({ symbol, interval, rest });
  });

  it('leaves what is left over in its place', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('eth', '5m', 'rsi(14)', 'foo', ',', 'ema(20, close)', ' ')), (words) => {
        const text = words.join(' ');
        const { rest } = splitArguments(context, text);
        expect(rest.length).toBeLessThanOrEqual(text.length);
        for (let i = 0; i < rest.length; i++) if (rest[i] !== ' ') expect(rest[i]).toBe(text[i]);
      }),
    );
  });

  it('keeps together what stands in brackets', () => {
    expect(splitWords('ema(20, close)  z( 5 )[1],rsi')).toEqual(['ema(20, close)', 'z( 5 )[1]', 'rsi']);
  });
});

describe('completion', () => {
  it('names the venue where a bare symbol would mean another one', () => {
    harness.market.symbols.add([
      { ...harness.market.symbols.get('sim:btcusdt')!, instrument: 'far:btcusdt', venue: 'far' },
    ]);
    expect(completeSymbols(context, 'btc')).toEqual([
      { label: 'btcusdt · sim', value: 'btcusdt' },
      { label: 'btcusdt · far', value: 'far:btcusdt' },
    ]);
  });

  it('offers the standard intervals, and one that was typed in full', () => {
    const values = (typed: string) => completeIntervals(typed).map((item) => item.value);
    expect(values('')).toEqual(['1s', '1m', '5m', '15m', '1h', '4h', '1d']);
    expect(values('1')).toEqual(['1s', '1m', '15m', '1h', '1d']);
    expect(values('90m')).toEqual(['90m']);
    expect(values('60m')).toEqual(['1h']);
    expect(values('x')).toEqual([]);
  });
});
