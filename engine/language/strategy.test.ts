import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { HOUR, MINUTE } from '../market/interval.ts';
import { parseStrategy, type StrategyOptions } from './strategy.ts';
import { boundTo } from './strategy-ast.ts';
import { printClauses, printStrategy } from './strategy-print.ts';
import { testScope } from './test-scope.ts';

const read = (text: string, options?: StrategyOptions) => parseStrategy(text, testScope(), options);
const printed = (text: string): string => printStrategy(read(text));

/** The tree without its places. */
const bare = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part) => (key === 'span' ? undefined : part)));

function refusal(text: string): UserError & { readonly at: string } {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UserError) return Object.assign(error, { at: text.slice(...(error.span ?? [0, 0])) });
    throw error;
  }
  throw new Error(`was taken: ${text}`);
}

describe('a strategy', () => {
  it('is read with both sides, levels, parameters, several symbols and costs, and printed canonically', () => {
    const text =
      'Cross on btc, ETH/USDT 1h param fast = 12 [5..30] param slow=26 [20 to 60] long when ema(fast) crosses above ema(slow) ' +
      'exit when ema(fast) < ema(slow) short when rsi > 70 and not close > 5 exit short when rsi < 50 ' +
      'stop 2*atr(14) target 5% expire 2d size 10% fee .1% slippage 0';
    expect(printed(text)).toBe(
      'cross on binance:btcusdt, binance:ethusdt 1h param fast = 12 [5..30] param slow = 26 [20..60] ' +
        'long when ema(fast) crosses above ema(slow) exit long when ema(fast) < ema(slow) ' +
        'short when rsi(14) > 70 and not close > 5 exit short when rsi(14) < 50 ' +
        'stop 2 * atr(14) target 5% expire 2d size 10% fee 0.1% slippage 0%',
    );
    const strategy = read(text);
    expect(strategy).toMatchObject({ interval: HOUR, size: 0.1, fee: 0.001, slippage: 0, expire: 48 * HOUR });
    expect(strategy.instruments).toEqual(['binance:btcusdt', 'binance:ethusdt']);
    expect(strategy.stop?.how).toBe('distance');
    expect(strategy.target?.how).toBe('share');
  });

  it('is of whichever instrument it is bound to, and what names another one stays of that', () => {
    const { long } = read('pair on eth, sol 5m param n = 14 long when rsi(n) < 30 and btcusdt.rsi > 50 expire 1h');
    const bound = bare(boundTo(long?.enter, 'binance:solusdt'));
    const other = read('pair on sol 5m long when rsi(14) < 30 and btcusdt.rsi > 50 expire 1h').long?.enter;
    expect(bound).toEqual(bare(boundTo(other, 'binance:solusdt')));
    expect(JSON.stringify(bound)).not.toContain('"param"');
  });

  it('takes values for its parameters, and refuses those out of range or of no parameter', () => {
    const text = 'x on btc 5m param n = 14 [5..30] long when rsi(n) < 30 exit when rsi(n) > 60';
    expect(printClauses(read(text, { values: new Map([['n', 20]]) }))).toBe(
      'param n = 20 [5..30] long when rsi(n) < 30 exit long when rsi(n) > 60',
    );
    expect(() => read(text, { values: new Map([['n', 31]]) })).toThrow('`n` is 31, outside its range');
    expect(() => read(text, { values: new Map([['m', 1]]) })).toThrow('there is no parameter `m`');
  });

  it('may begin with its first clause where its symbols are known', () => {
    const instruments = ['binance:btcusdt'];
    const rules = read('long when rsi < 30 exit when rsi > 60', { instruments });
    expect(rules).toMatchObject({ name: '', instruments, interval: 5 * MINUTE });
    expect(printStrategy(rules)).toBe('long when rsi(14) < 30 exit long when rsi(14) > 60');
  });

  it.each([
    ['long when rsi < 30', 'unexpected', 'long when rsi < 30', 'begins with its name and `on`'],
    ['x on btc 5m', 'impossible', '', 'never enters: neither'],
    ['x on btc 5m long when rsi < 30', 'impossible', '', 'never gets out'],
    ['x on btc 5m long when rsi < 30 and rsi > 70 expire 1h', 'impossible', 'rsi < 30 and rsi > 70', 'never goes long'],
    ['x on btc 5m long when rsi > 120 expire 1h', 'impossible', '120', 'runs from 0 to 100'],
    [
      'x on btc 5m short when ema(5) > ema(9) and ema(9) > ema(5) expire 1h',
      'impossible',
      'ema(5) > ema(9) and ema(9) > ema(5)',
      'never goes short',
    ],
    ['x on btc 5m long when rsi < 30 exit when rsi < 50', 'contradiction', 'rsi < 50', 'exits before it enters'],
    [
      'x on btc 5m long when ema(5) crosses above ema(9) and z > 1 exit when ema(9) < ema(5)',
      'contradiction',
      'ema(9) < ema(5)',
      'exits before it enters',
    ],
    [
      'x on btc 5m long when z crosses 2 exit when z crosses 2',
      'contradiction',
      'z crosses 2',
      'exits before it enters',
    ],
    [
      'x on btc 5m long when z < 2 exit when z enters [3, 2.5] and z < 2',
      'impossible',
      'z enters [3, 2.5] and z < 2',
      'never leaves by',
    ],
    ['x on btc 5m long when rsi < 30 short when rsi < 20', 'contradiction', 'rsi < 20', 'long and short at once'],
    ['x on btc 5m exit when rsi < 50', 'contradiction', 'exit when rsi < 50', 'nothing enters long'],
    [
      'x on btc 5m long when z > 1 long when z > 2 expire 1h',
      'contradiction',
      'long when z > 2',
      '`long` is given twice',
    ],
    ['x on btc 5m long when z > 1 short when z < -1 exit when z < 0', 'two-readings', 'exit', 'is this the exit of'],
    ['x on btc 5m long when z > 1 stop bb.lower', 'wrong-type', 'bb.lower', 'is a price and no distance'],
    ['x on btc 5m long when z > 1 stop rsi', 'wrong-type', 'rsi', 'neither a price nor a distance'],
    ['x on btc 5m long when z > 1 stop -2', 'impossible', '-2', 'lies above 0'],
    ['x on btc 5m long when z > 1 target 100%', 'impossible', '100%', 'between 0% and 100%'],
    ['x on btc 5m long when z > 1 size 10 expire 1h', 'wrong-type', '10', 'is a percentage'],
    ['x on btc 5m long when z > 1 fee 6% expire 1h', 'impossible', '6%', '0% to 5%'],
    ['x on btc 5m long when z > 1 stpo 2%', 'unexpected', 'stpo', "can't use"],
    ['x on btc 5m param rsi = 3 long when z > 1 stop 2%', 'bad-name', 'rsi', 'already'],
    ['x on btc 5m param stop = 3 long when z > 1 stop 2%', 'bad-name', 'stop', 'is a word of strategies'],
    ['x on btc 5m param n = 3 [9..5] long when z > 1 stop 2%', 'impossible', '[9..5]', 'from less to more'],
    ['x on btc 5m param n = 3 long when ema(2*n) > 1 stop 2%', 'bad-argument', '2*n', 'stands alone'],
    ['x on btc, xyz 5m long when z > 1 stop 2%', 'unknown-symbol', 'xyz', 'no series or symbol'],
    [
      'x on btc, eth 5m long when corr(close, ethusdt) > 0.5 stop 2%',
      'impossible',
      'corr(close, ethusdt)',
      'with itself',
    ],
    ['1x on btc 5m long when z > 1 stop 2%', 'bad-name', '1x', 'a name is made of'],
  ])('is refused: %s', (text, code, at, message) => {
    const error = refusal(text);
    expect({ code: error.code, at: error.at }).toEqual({ code, at });
    expect(error.message).toContain(message);
  });

  it.each([
    ['x on btc 5m long when z > 1 stpo 2%', 'x on btc 5m long when z > 1 stop 2%'],
    ['x on btc 5m long when z > 1 stop bb.lower', 'x on btc 5m long when z > 1 stop at bb.lower'],
    ['x on btc 5m long when z > 1 expire 1h size 10', 'x on btc 5m long when z > 1 expire 1h size 10%'],
  ])('is put right: %s', (text, meant) => {
    expect(refusal(text).suggestions).toEqual([meant]);
  });

  it.each([
    'x on btc 5m long when rsi < 30 exit when rsi > 30',
    'x on btc 5m long when rsi crosses above 30 exit when rsi < 30',
    'x on btc 5m long when rsi < 30 exit when rsi < 20',
    'x on btc 5m long when rsi < 30 or z < -2 exit when rsi < 50',
    'x on btc 5m long when rsi < 30 short when rsi > 70',
    'x on btc 5m long when not (rsi < 30 and rsi > 70) exit when rsi < 10',
  ])('that could make sense is taken: %s', (text) => {
    expect(printed(text)).toContain('long when');
  });
});

const conditions = [
  'rsi(14) < 30',
  'ema(fast) crosses above ema(slow)',
  'close > btcusdt.close and change(1h) > move',
  'z(20) inside [-move, 2] or volume > 3*sma(volume, slow)',
  'price leaves [60k, 70k]',
  'not (macd(fast, slow, 9).histogram > 0 and rsi(14)@1h < 40)',
  'z(btcusdt/ethusdt, slow) > 2',
  'barssince(ema(fast) crosses ema(slow)) < 5',
];
const levels = ['2*atr(14)', '5%', 'move', '40', 'at bb(slow, 2).lower', 'at 70k', 'max(atr(fast), 2% * close)'];
const text = fc
  .record({
    long: fc.constantFrom(...conditions),
    exitLong: fc.option(fc.constantFrom('mfi(7) > 60', 'close crosses below open'), { nil: undefined }),
    short: fc.option(fc.constantFrom('cci(20) > 90', 'close < lowest(low, slow)[1]'), { nil: undefined }),
    exitShort: fc.constantFrom(undefined, 'cmf(20) > 0.2'),
    stop: fc.option(fc.constantFrom(...levels), { nil: undefined }),
    target: fc.option(fc.constantFrom(...levels), { nil: undefined }),
    size: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
    fast: fc.integer({ min: 5, max: 12 }),
    on: fc.constantFrom('sol 5m', 'sol, doge 1h', 'kraken:ethusdt, 1inchusdt 90m'),
  })
  .map((each) => {
    const { long, exitLong, short, exitShort, stop, target, size, fast, on } = each;
    const say = (words: string, what: string | number | undefined): string =>
      what === undefined ? '' : ` ${words} ${what}`;
    return (
      `made on ${on} param fast = ${fast} [5..12] param slow = 26 param move = 2% [-1%..5.5%] long when ${long}` +
      say('exit long when', exitLong) +
      say('short when', short) +
      (short ? say('exit short when', exitShort) : '') +
      say('stop', stop) +
      say('target', target) +
      ' expire 36h' +
      (size === undefined ? '' : ` size ${size / 10}%`)
    );
  });

describe('printing a strategy', () => {
  it('says what was read: parse(print(ast)) = ast', () => {
    fc.assert(
      fc.property(text, (written) => {
        const strategy = read(written);
        const again = read(printStrategy(strategy));
        expect(bare(again)).toEqual(bare(strategy));
        expect(printStrategy(again)).toBe(printStrategy(strategy));
      }),
      { numRuns: 120 },
    );
  });
});
