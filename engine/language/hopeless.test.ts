import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { parseRule } from './parse.ts';
import { testScope } from './test-scope.ts';

/** The offers for a rule that somebody types; undefined where it is taken. */
function offers(text: string): readonly string[] | undefined {
  try {
    parseRule(text, testScope({ typed: { price: () => undefined } }));
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.suggestions;
    throw error;
  }
}

describe('a rule that can never be true', () => {
  it.each([
    ['btc price > highest(20)', 'btc price > highest(20)[1]'],
    ['btc > highest', 'btc > highest[1]'],
    ['btc close crosses above highest(20)', 'btc close crosses above highest(20)[1]'],
    ['btc highest(20) < price', 'btc highest(20)[1] < price'],
    ['btc price > highest(24)@1h once', 'btc price > highest(24)@1h[1] once'],
    ['btc price > highest(close, 20)', 'btc price > highest(close, 20)[1]'],
    ['btc high > highest(20)', 'btc high > highest(20)[1]'],
    ['btc close < lowest(20)', 'btc close < lowest(20)[1]'],
    ['btc lowest(20) > close', 'btc lowest(20)[1] > close'],
    ['btc close > donchian(20).upper', 'btc close > donchian(20).upper[1]'],
    ['btc volume > highest(volume, 10)', 'btc volume > highest(volume, 10)[1]'],
    ['btc rsi > highest(rsi, 10)', 'btc rsi > highest(rsi, 10)[1]'],
  ])('is refused with what is meant: %s', (text, offer) => expect(offers(text)).toEqual([offer]));

  it('says that the present bar counts', () => {
    expect(() => parseRule('btc price > highest(20)', testScope({ typed: { price: () => undefined } }))).toThrow(
      '`highest(20)` counts the present bar, so `price` is never above it',
    );
  });

  it.each([
    ['btc willr > ‹0›', '`willr` runs from -100 to 0'],
    ['btc willr < ‹-100›', '`willr` runs from -100 to 0'],
    ['btc z > ‹10›', '`z` runs from -4.36 to 4.36'],
    ['btc ‹10› < z', '`z` runs from -4.36 to 4.36'],
    ['btc z crosses above ‹5›', '`z` runs from -4.36 to 4.36'],
    ['btc z(2) crosses ‹5›', '`z(2)` runs from -1 to 1'],
    ['btc er > ‹150%›', '`er` runs from 0 to 1'],
    ['btc corr(ethusdt, 60) >= ‹2›', '`corr(ethusdt, 60)` runs from -1 to 1'],
    ['btc ‹> 64k and < 60k›', 'this can never be true'],
    ['btc ‹rsi > 70 and rsi < 30› once', 'this can never be true'],
    ['btc ‹crosses above 70k and crosses below 60k›', 'this can never be true'],
  ])('is refused at its place: %s', (marked, message) => {
    const text = marked.replace(/[‹›]/g, '');
    const from = marked.indexOf('‹');
    const span = [from, marked.indexOf('›') - 1];
    const read = (scope = testScope({ typed: { price: () => undefined } })) => parseRule(text, scope);
    expect(() => read()).toThrow(expect.objectContaining({ code: 'impossible', message, span }));
    // One that was stored stays as it is.
    expect(() => read(testScope())).not.toThrow();
  });

  it.each([
    'btc z > 4.3',
    'btc willr > -20',
    'btc willr >= 0',
    'btc er > 90%',
    'btc > 60k and < 64k',
    'btc z < -3 or z > 3',
  ])('is not taken for one: %s', (text) => expect(offers(text)).toBeUndefined());

  it.each([
    'btc price > highest(20)[1]',
    'btc price >= highest(20)',
    'btc price < highest(20)',
    'btc price > lowest(20)',
    'btc price > highest(open, 20)',
    'btc price > eth.highest(20)',
    'btc price crosses highest(20)',
    'btc high > highest(20)@1h',
    'btc rsi > highest(20)',
    'btc price > highest(20) * 0.99',
  ])('is told from one that can be: %s', (text) => expect(offers(text)).toBeUndefined());
});

describe('a volume beside an average of prices', () => {
  it.each([
    ['btc volume > avg', 'btc volume > sma(volume, 20)'],
    ['btc volume > 2*average', 'btc volume > 2*sma(volume, 20)'],
    ['btc volume > sma(50) * 3', 'btc volume > sma(volume, 50) * 3'],
    ['btc avg < volume', 'btc sma(volume, 20) < volume'],
  ])('is refused with the average that is meant: %s', (text, offer) => expect(offers(text)).toEqual([offer]));

  it.each(['btc volume > sma(volume, 20)', 'btc volume > 2*volume[1]', 'btc volume > 500', 'btc close > avg'])(
    'is told from what can be compared: %s',
    (text) => expect(offers(text)).toBeUndefined(),
  );
});

it('is read as it is where it is stored', () => {
  for (const text of ['btc price > highest(20)', 'btc volume > avg']) {
    expect(() => parseRule(text, testScope())).not.toThrow();
  }
});

it('keeps times in messages and behind until', () => {
  for (const text of ['btc > 70k "tell them at 9am"', 'btc > 70k until friday at 9am']) {
    expect(offers(text)).toBeUndefined();
  }
});
