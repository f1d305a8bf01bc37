import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { type CommandHarness, createCommandHarness } from '../test/doubles/command-harness.ts';
import type { CommandContext } from './command.ts';
import { scopeOf } from './scope.ts';
import { completeSymbols, requireInstrument, splitArguments, splitWords } from './symbol-argument.ts';

let harness: CommandHarness;
let context: CommandContext;

describe('a perpetual', () => {
  beforeAll(async () => {
    harness = await createCommandHarness();
    context = await harness.context();
    const spot = harness.market.symbols.get('sim:btcusdt')!;
    harness.market.symbols.add([
      { ...spot, instrument: 'sim:btcusdt.p', symbol: 'btcusdt.p', kind: 'perpetual' },
      { ...spot, instrument: 'sim:xbtusdt.p', symbol: 'xbtusdt.p', base: 'xbt', kind: 'perpetual', active: false },
    ]);
  });
  afterAll(() => harness.drop());

  it('is meant by two words, too', () => {
    expect(splitWords('btc perp, eth  PERP sol')).toEqual(['btc perp', 'eth  PERP', 'sol']);
    expect(requireInstrument(context, 'btc perp').instrument).toBe('sim:btcusdt.p');
    expect(splitArguments(context, '5m btc perp rsi')).toEqual({
      symbol: 'btc perp',
      interval: 300_000,
      rest: '            rsi',
    });
  });

  it.each(['btc perp 5m rsi < 30', 'btc.p 5m rsi < 30', 'sim:btcusdt perp 5m rsi < 30'])(
    'is what the rule %s is about',
    (text) => {
      const { instrument, interval } = parseRule(text, scopeOf(context));
      expect([instrument, interval]).toEqual(['sim:btcusdt.p', 300_000]);
    },
  );

  it('stands within a condition', () => {
    const rule = parseRule('btc perp.price - btc > 50', scopeOf(context));
    expect(printRule(rule)).toBe('sim:btcusdt.p 5m price - sim:btcusdt.close > 50 every 15m');
  });

  it('is offered as it has to be typed to be found again', () => {
    expect(completeSymbols(context, 'btc').map(({ value }) => value)).toEqual(['btcusdt', 'btcusdt.p']);
    expect(completeSymbols(context, 'btc perp').map(({ value }) => value)).toEqual(['btcusdt.p']);
  });
});
