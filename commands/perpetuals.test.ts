import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { buttonOf, type CommandHarness, createCommandHarness, textOf } from '../test/doubles/command-harness.ts';
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

  it.each([
    ['btc funding > 0.01%', 'btcusdt.p funding > 0.01%'],
    ['btcusdt 1h change(oi, 12) > 5% and rsi < 30 once', 'btcusdt.p 1h change(oi, 12) > 5% and rsi < 30 once'],
    ['eth rsi < 30 and btc.funding > 0', 'eth rsi < 30 and btcusdt.p.funding > 0'],
  ])('is offered where what venues tell of it alone is asked of the spot market: %s', async (text, offer) => {
    const name = text.includes('oi') ? 'oi' : 'funding';
    const answer = await harness.say(`/alert ${text}`);
    expect(textOf(answer)).toContain(`${name} is of perpetuals, and btcusdt is a spot market; did you mean btcusdt.p?`);
    const { reply } = await harness.press(buttonOf(answer, offer));
    expect(textOf(reply)).toContain('btcusdt.p');
    expect(textOf(reply)).toContain('It waits for data');
  });

  it('is not asked for where there is none', async () => {
    expect(textOf(await harness.say('/alert eth funding > 0.01%'))).toContain('It waits for data');
  });

  it('is not asked for where the fact was told of the spot market', async () => {
    harness.venue.sink()({ type: 'fact', name: 'mark', instrument: 'sim:btcusdt', ts: harness.time.now(), value: 5 });
    expect(textOf(await harness.say('/alert btc mark > 61k'))).toMatch(/^✅/);
  });
});
