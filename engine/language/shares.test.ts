import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseRule } from './parse.ts';
import { testScope } from './test-scope.ts';

const typed = testScope({ typed: { price: () => undefined } });

/** What is said of a rule that somebody types; undefined where it is taken. */
function refusal(text: string): UserError | undefined {
  try {
    parseRule(text, typed);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

describe('a percentage', () => {
  it.each([
    ['btc volume > 500%', 'btc volume > 5*sma(volume, 20)'],
    ['btc volume@1h < 50%', 'btc volume@1h < 0.5*sma(volume@1h, 20)'],
    ['btc trades crosses 300 %', 'btc trades crosses 3*sma(trades, 20)'],
    ['btc 200% < buys', 'btc 2*sma(buys, 20) < buys'],
    ['btc z > 2 gate volume > 300%', 'btc z > 2 gate volume > 3*sma(volume, 20)'],
    ['btc close > 5%', 'btc +5% 1h'],
    ['btc > 5 %', 'btc +5% 1h'],
    ['btc ema(20) crosses 3% once', 'btc +3% 1h once'],
    ['btc atr > 5%', 'btc atr > 5%*close'],
    ['btc disparity < -5%', 'btc disparity < -5'],
    ['btc ppo.histogram crosses 0.7%', 'btc ppo.histogram crosses 0.7'],
    ['btc sma(volume, 20) > 500%', undefined],
    ['btc volume inside [50%, 200%]', 'btc volume inside [0.5*sma(volume, 20), 2*sma(volume, 20)]'],
  ])('is not taken for an amount, a price or a plain number: %s', (text, offer) => {
    expect(refusal(text)).toMatchObject({ code: 'wrong-type' });
    expect(refusal(text)?.suggestions[0]).toBe(offer);
    for (const each of refusal(text)!.suggestions) expect(refusal(each)).toBeUndefined();
  });

  it('is said to be none of an amount', () => {
    const { message, hint } = refusal('btc volume > 500%')!;
    expect(`${message}; ${hint}`).toBe('`volume` is an amount, not a percentage; write 5*sma(volume, 20)');
  });

  it.each([
    'btc volume rises 500% in 1h',
    'btc change(oi, 12) > 5%',
    'btc rvol > 300%',
    'btc corr(eth, 60) < 30%',
    'btc std(volume, 20) > 2%',
    'btc sentiment_magnitude > 80%',
    'btc z > 200%',
  ])('is taken where a share can be meant: %s', (text) => expect(refusal(text)).toBeUndefined());

  it('stays what it was in a stored text', () => {
    expect(parseRule('btc volume > 500%', testScope()).condition).toMatchObject({ right: { value: 5 } });
  });
});
