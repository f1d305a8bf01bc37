import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { markError } from './error-message.ts';
import { parseExpression, parseExpressions, parseRule } from './parse.ts';
import { testScope } from './test-scope.ts';

function refusal(read: () => unknown): UserError {
  try {
    read();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const refuse = (text: string): UserError => refusal(() => parseRule(text, testScope()));

function accepted(text: string): boolean {
  try {
    parseRule(text, testScope());
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** A text with its wrong place between ‹ ›, the code, the message, the hint, the first corrected text. */
const WRONG: readonly (readonly [string, string, string, string | undefined, string | undefined])[] = [
  ['‹btcsdt› rsi<30', 'unknown-symbol', 'no symbol `btcsdt`', undefined, undefined],
  ['‹ehtusdt› > 3', 'unknown-symbol', 'no symbol `ehtusdt`', 'did you mean ethusdt?', 'ethusdt > 3'],
  ['‹foo/bar› rsi < 30', 'unknown-symbol', 'no symbol `foo/bar`', undefined, undefined],
  ['btcusdt ‹vlume› > 3', 'unknown-name', 'no series or symbol `vlume`', 'did you mean volume?', 'btcusdt volume > 3'],
  [
    'btcusdt ‹clsoe›[1] > 3',
    'unknown-name',
    'no series or symbol `clsoe`',
    'did you mean close?',
    'btcusdt close[1] > 3',
  ],
  ['btcusdt eth.‹foo› > 5', 'unknown-name', 'no series `foo`', undefined, undefined],
  ['btcusdt bb.‹uper› > 3', 'unknown-name', '`bb` has no field `uper`', 'did you mean upper?', 'btcusdt bb.upper > 3'],
  ['btcusdt rsi.‹upper› > 3', 'unknown-name', '`rsi` has no field `upper`', undefined, undefined],
  [
    'btcusdt rsi > close and ‹5›',
    'wrong-type',
    '`5` is a number, not a condition',
    'compare it: rsi(14) > 30',
    undefined,
  ],
  [
    'btcusdt ‹rsi›',
    'wrong-type',
    '`rsi` is a number, not a condition',
    'compare it: rsi(14) < 30',
    'btcusdt rsi(14) < 30',
  ],
  [
    'btcusdt rsi > (‹close > 5›)',
    'wrong-type',
    '`close > 5` is true or false; a number belongs here',
    'for example rsi(14) > 30 and close > ema(200)',
    undefined,
  ],
  ['btcusdt rsi > ‹1h›', 'wrong-type', '`1h` is a length of time; a number belongs here', undefined, undefined],
  ['btcusdt ‹5 > 3›', 'wrong-type', 'both sides are fixed numbers', 'name a series, such as price', undefined],
  [
    'btcusdt rsi(‹1h›) < 30',
    'wrong-type',
    '`length` of `rsi` is a number of bars, not `1h`',
    'for another interval write rsi(14)@1h',
    'btcusdt rsi(14)@1h < 30',
  ],
  ['btcusdt rises ‹5› in 1h', 'wrong-type', 'a rise or fall is a percentage', 'write 5%', 'btcusdt rises 5% in 1h'],
  ['btcusdt rsi>‹120›', 'impossible', '`rsi` runs from 0 to 100', 'a threshold lies between them', undefined],
  ['btcusdt rsi>‹100›', 'impossible', '`rsi` runs from 0 to 100', 'a threshold lies between them', undefined],
  [
    'btcusdt sma(rsi, 5) crosses ‹-1›',
    'impossible',
    '`sma(rsi, 5)` runs from 0 to 100',
    'a threshold lies between them',
    undefined,
  ],
  ['btcusdt rsi < ‹30%›', 'impossible', '`rsi` runs from 0 to 100', 'write 30', 'btcusdt rsi < 30'],
  ['btcusdt > ‹-5›', 'impossible', '`price` is always above 0, so this is always true', undefined, undefined],
  ['btcusdt ema(5) < ‹0›', 'impossible', '`ema(5)` is always above 0, so this is never true', undefined, undefined],
  ['btcusdt volume < ‹0›', 'impossible', '`volume` is never below 0, so this is never true', undefined, undefined],
  [
    'btcusdt change(1h) > ‹5›',
    'impossible',
    '`change(1h)` is a fraction: 5 would be 500%',
    'write 5%',
    'btcusdt change(1h) > 5%',
  ],
  [
    'btcusdt change(1h) < ‹-5›',
    'impossible',
    '`change(1h)` is a fraction: -5 would be -500%',
    'write -5%',
    'btcusdt change(1h) < -5%',
  ],
  ['btcusdt ‹close > close›', 'impossible', 'both sides are the same', undefined, undefined],
  ['btcusdt close / ‹0› > 3', 'impossible', 'this divides by nought', undefined, undefined],
  ['btcusdt close > ‹sqrt(0-1)›', 'impossible', 'this is no finite number', undefined, undefined],
  ['btcusdt z > 2 ‹until 2020-01-01›', 'impossible', 'this time has passed', undefined, undefined],
  ['btcusdt price inside [‹5, 5›]', 'impossible', 'both bounds are the same', undefined, undefined],
  ['btcusdt sma(‹6000›) > 5', 'bad-argument', '`length` of `sma` is 1 to 5000, not `6000`', undefined, undefined],
  ['btcusdt sma(‹2.5›) > 5', 'bad-argument', '`length` of `sma` is a whole number of bars', undefined, undefined],
  ['btcusdt rsi(14, ‹3›) > 5', 'bad-argument', '`rsi` takes one number', 'rsi(series, length)', undefined],
  [
    'btcusdt close(‹5›) > 3',
    'bad-argument',
    '`close` takes no number',
    'for an earlier value write close[1]',
    undefined,
  ],
  ['btcusdt bb(‹kk=3›) > 3', 'bad-argument', '`bb` has no argument `kk`', 'bb(series, length, k)', undefined],
  ['btcusdt sma(close, ‹open›, 5) > 3', 'bad-argument', '`sma` takes one series', 'sma(series, length)', undefined],
  [
    'btcusdt atr(‹volume›) > 3',
    'bad-argument',
    '`atr` is computed from whole bars and takes no series',
    'high - low > 2*atr(14)',
    undefined,
  ],
  [
    'btcusdt ‹max(5)› > 3',
    'bad-argument',
    '`max` takes 2 to 8 arguments, not 1',
    'for example max(open, close)',
    undefined,
  ],
  [
    'btcusdt close[‹1.5›] > 3',
    'bad-argument',
    'a whole number of bars belongs in `[ ]`',
    'for example close[1]',
    undefined,
  ],
  [
    'btcusdt change(‹366d1s›) > 3%',
    'bad-argument',
    '`366d1s` cannot be measured',
    'between 1s and a year, in round numbers: 90m, 7d',
    undefined,
  ],
  [
    'btcusdt ‹sma(sma(3000),3000)› > 5',
    'too-big',
    'this looks back 6000 bars, the limit is 5000',
    'use longer bars, for example sma(100)@1d',
    undefined,
  ],
  [
    'btcusdt ‹sma(4000)[1001]› > 5',
    'too-big',
    'this looks back 5001 bars, the limit is 5000',
    'use longer bars, for example sma(100)@1d',
    undefined,
  ],
  [
    'btcusdt z > 2 ‹foo›',
    'unexpected',
    "I can't use `foo` here",
    'a condition, then modes such as once or every 1h',
    undefined,
  ],
  [
    'rsi(14) < 30 ‹btcusdt›',
    'unexpected',
    "I can't use `btcusdt` here",
    'the symbol comes first',
    'btcusdt rsi(14) < 30',
  ],
  [
    'btcusdt rsi ‹14› < 30',
    'unexpected',
    "I can't use `14` here",
    'parameters go in brackets: rsi(14)',
    'btcusdt rsi(14) < 30',
  ],
  [
    'btcusdt rsi ‹==› 30',
    'unexpected',
    "I can't use `==` here",
    'values are compared with > or <, or with crosses',
    'btcusdt rsi crosses 30',
  ],
  [
    'btcusdt z > 2‹,› rsi < 30',
    'unexpected',
    "I can't use `,` here",
    'conditions are joined with and or or',
    'btcusdt z > 2 and rsi < 30',
  ],
  [
    'btcusdt (price > 70‹,›000)',
    'unexpected',
    '`)` is missing before `,`',
    'inside brackets numbers are written without commas: 70000',
    undefined,
  ],
  ['btcusdt (rsi > 30‹›', 'unexpected', '`)` is missing before the end', undefined, 'btcusdt (rsi > 30)'],
  [
    'btcusdt price leaves ‹60k›, 70k',
    'unexpected',
    '`[` is missing before `60k`',
    'for example price leaves [60k, 70k]',
    undefined,
  ],
  [
    'btcusdt rsi >‹›',
    'unexpected',
    'something is missing at the end',
    'for example `close`, `rsi(14)` or `70k`',
    undefined,
  ],
  [
    'btcusdt rsi > ‹and› 5',
    'unexpected',
    'a value is missing before `and`',
    'for example `close`, `rsi(14)` or `70k`',
    undefined,
  ],
  ['btcusdt‹›', 'unexpected', 'a condition is missing', 'for example btcusdt price > 70k', undefined],
  ['btcusdt z ‹☃› 5', 'unexpected', '`☃` has no meaning here', undefined, undefined],
  ['btcusdt z > 2 on ‹open›', 'unexpected', 'I expected `on close`, not `open`', undefined, undefined],
  ['btcusdt ‹1.5x› > 3', 'bad-number', "I can't read the number `1.5x`", undefined, undefined],
  [
    'btcusdt rsi@‹foo› < 30',
    'bad-duration',
    'an interval belongs behind `@`, not `foo`',
    'for example rsi(14)@1h; the longest is 7d',
    undefined,
  ],
  ['btcusdt z > 2 for ‹3›', 'bad-duration', '`3` has no unit of time', 'for example for 5m', undefined],
  [
    'btcusdt z > 2 every ‹0m›',
    'bad-duration',
    'a length of time is between 1s and 366d',
    'for example every 15m',
    undefined,
  ],
  [
    'btcusdt z > 2 until ‹2027-02-29›',
    'bad-date',
    'there is no `2027-02-29`',
    'for example until 2026-12-31 or until 2026-12-31 18:00',
    undefined,
  ],
  [
    'btcusdt z > 2 ‹"hello›',
    'unterminated',
    'the message has no closing quote',
    'end it with "',
    'btcusdt z > 2 "hello"',
  ],
  [
    'btcusdt z > 2 once ‹every 5m›',
    'contradiction',
    '`once` and `every` contradict each other',
    'a rule that fires once has nothing to wait for afterwards',
    undefined,
  ],
  ['btcusdt z > 2 silent ‹silent›', 'contradiction', '`silent` is given twice', undefined, undefined],
  ['btcusdt z > 2 for the next 7d ‹until 2026-12-31›', 'contradiction', '`until` is given twice', undefined, undefined],
  [
    'btcusdt z > 2 rearm ‹2.5›',
    'contradiction',
    'this re-arms at once: it must lie below the threshold',
    undefined,
    undefined,
  ],
  [
    'btcusdt z > 2 and rsi > 3 rearm ‹1›',
    'wrong-type',
    'a value alone re-arms only a single comparison',
    'write it as a condition, for example rearm z < 1.5',
    undefined,
  ],
  [
    'btcusdt z > 2 "‹{foo}›"',
    'bad-placeholder',
    'no placeholder `foo`',
    'one of symbol, venue, interval, price, value, threshold, time, change_24h, rule, or a series',
    undefined,
  ],
  ['btcusdt z > 2 "a\\" ‹{pric}› b"', 'bad-placeholder', 'no placeholder `pric`', 'did you mean price?', undefined],
  [
    'btcusdt z > 2 "now ‹{pric}›"',
    'bad-placeholder',
    'no placeholder `pric`',
    'did you mean price?',
    'btcusdt z > 2 "now {price}"',
  ],
  [
    'btcusdt z > 2 "now {‹rsy›(14)}"',
    'unknown-name',
    'no function `rsy`',
    'did you mean rsi?',
    'btcusdt z > 2 "now {rsi(14)}"',
  ],
  ['btcusdt z > 2 "now ‹{price›"', 'bad-placeholder', 'this brace is not closed', 'for example {price}', undefined],
  ['‹z > 2›', 'no-symbol', 'which symbol?', 'begin with one, for example btcusdt rsi(14) < 30', undefined],
  ['‹›', 'empty', 'there is nothing to read', 'for example btcusdt rsi(14) < 30', undefined],
  // What newcomers type.
  ['btc ‹70k›', 'wrong-type', '`70k` is a number, not a condition', 'compare it: > 70k or crosses 70k', 'btc > 70k'],
  ['btc ‹5%›', 'wrong-type', '`5%` is a number, not a condition', 'compare it: +5% 1h or -5% 1h', 'btc +5% 1h'],
  ['btc ‹+5%›', 'wrong-type', '`+5%` says not in what time', 'for example +5% 1h', 'btc +5% 1h'],
  ['btc falls ‹5%›', 'bad-duration', 'in what time?', 'for example 5% in 1h', 'btc falls 5% in 1h'],
  ['btc rsi ‹30›', 'unexpected', "I can't use `30` here", 'compare it: < 30 or > 30', 'btc rsi < 30'],
  ['btc price ‹70k›', 'unexpected', "I can't use `70k` here", 'compare it: > 70k or crosses 70k', 'btc price > 70k'],
  [
    'btc crosses ema ‹50›',
    'unexpected',
    "I can't use `50` here",
    'parameters go in brackets: ema(50)',
    'btc crosses ema(50)',
  ],
  ['btc ema ‹50›', 'unexpected', "I can't use `50` here", 'parameters go in brackets: ema(50)', undefined],
  [
    'btc ‹sma50› > sma200',
    'unknown-name',
    'no series or symbol `sma50`',
    'did you mean sma(50)?',
    'btc sma(50) > sma(200)',
  ],
  [
    'btc macd crosses ‹signal›',
    'unknown-name',
    'no series or symbol `signal`',
    'did you mean macd.signal?',
    'btc macd crosses macd.signal',
  ],
  ['btc ‹hits› 70k', 'unknown-name', "I don't know `hits`", 'did you mean crosses?', 'btc crosses 70k'],
  ['btc ‹at› 70k', 'unknown-name', "I don't know `at`", 'did you mean crosses?', 'btc crosses 70k'],
  ['btc ‹drops› 5%', 'unknown-name', "I don't know `drops`", 'did you mean falls?', 'btc falls 5% in 1h'],
  ['btc ‹drops› below 50k', 'unknown-name', "I don't know `drops`", 'did you mean crosses?', 'btc crosses below 50k'],
  [
    'btc ‹falls› below 50k',
    'unexpected',
    '`falls` is about a percentage',
    'a level is passed with crosses below',
    'btc crosses below 50k',
  ],
  ['btc ‹greater than› 70k', 'unknown-name', "I don't know `greater than`", 'did you mean >?', 'btc > 70k'],
  [
    'btc ‹between 60k and 70k›',
    'unknown-name',
    "I don't know `between 60k and 70k`",
    'did you mean inside [60k, 70k]?',
    'btc inside [60k, 70k]',
  ],
  ['btc rsi ‹oversold›', 'unknown-name', "I don't know `oversold`", 'did you mean < 30?', 'btc rsi < 30'],
  ['btc > 70k ‹daily›', 'unknown-name', "I don't know `daily`", 'did you mean every 1d?', 'btc > 70k every 1d'],
  ['‹tell me when› btc > 70k', 'unexpected', '`tell me when` can be left out', undefined, 'btc > 70k'],
  ['btc ‹goes› above 70k', 'unexpected', '`goes` can be left out', undefined, 'btc above 70k'],
  ['btc < 50000 ‹usd›', 'unexpected', "I can't use `usd` here", 'leave it out', 'btc < 50000'],
  [
    'btc >60k ‹<›80k',
    'unexpected',
    '`<` needs an `and` before it',
    'for example > 60k and < 70k, or 60k < price < 70k',
    'btc >60k and <80k',
  ],
  [
    'btc rsi(14, ‹1h›) < 30',
    'bad-argument',
    '`rsi` takes no interval in its brackets',
    'an interval stands behind the brackets: rsi(14)@1h',
    'btc rsi(14)@1h < 30',
  ],
  [
    'btc ‹400d› rsi < 30',
    'bad-duration',
    '`400d` is no interval',
    'the longest is 7d, for example 5m, 1h or 1d',
    undefined,
  ],
  [
    '‹7x› rsi < 30',
    'unknown-symbol',
    '`7x` is neither an interval nor a symbol',
    'an interval is written 30s, 5m, 1h or 1d',
    undefined,
  ],
  [
    'btcusdt‹(14)› > 3',
    'bad-argument',
    '`btcusdt` is a symbol and takes no arguments',
    'a function does: btcusdt.rsi(14)',
    'btcusdt > 3',
  ],
  [
    'btcusdt z > eth‹(close, 14)›',
    'bad-argument',
    '`eth` is a symbol and takes no arguments',
    'a function does: eth.rsi(14)',
    'btcusdt z > eth',
  ],
  [
    'btcusdt z > 2 "now {ethusdt‹(14)›}"',
    'bad-argument',
    '`ethusdt` is a symbol and takes no arguments',
    'a function does: ethusdt.rsi(14)',
    'btcusdt z > 2 "now {ethusdt}"',
  ],
  [
    'btcusdt z > 2 "now {‹btcusdt 14›}"',
    'bad-placeholder',
    'a fixed number is no placeholder',
    'one of symbol, venue, interval, price, value, threshold, time, change_24h, rule, or a series',
    undefined,
  ],
  [
    'btc ‹rsy› < 30 and vlume > 3',
    'unknown-name',
    'no series or symbol `rsy`',
    'did you mean rsi?',
    'btc rsi < 30 and volume > 3',
  ],
];

describe('a wrong rule', () => {
  it('is marked under the place, with the nearest name and the corrected text', () => {
    const error = refuse('btcusdt rsy(14) < 30');
    expect(markError('btcusdt rsy(14) < 30', error)).toBe('btcusdt rsy(14) < 30\n········^^^');
    expect(error.message).toBe('no function `rsy`');
    expect(error.hint).toBe('did you mean rsi?');
    expect(error.suggestions).toEqual(['btcusdt rsi(14) < 30']);
  });

  it.each(WRONG)('%s is refused', (marked, code, message, hint, suggestion) => {
    const text = marked.replace(/[‹›]/g, '');
    const start = marked.indexOf('‹');
    const error = refuse(text);
    expect({ code: error.code, message: error.message, hint: error.hint, first: error.suggestions[0] }).toEqual({
      code,
      message,
      hint,
      first: suggestion,
    });
    expect(error.span).toEqual([start, marked.indexOf('›') - 1]);
  });

  it('is held to 64 parts and 16 levels', () => {
    const sum = (count: number) =>
      `btcusdt ${Array.from({ length: count }, (_, i) => `close[${i + 1}]`).join(' + ')} > 5`;
    // n lagged closes are 2n parts and n - 1 sums; the comparison and its threshold are two more.
    expect(() => parseRule(sum(21), testScope())).not.toThrow();
    expect(refuse(sum(22)).message).toBe('this has 67 parts, the limit is 64');
    const nest = (depth: number) => `btcusdt ${'abs('.repeat(depth)}close${')'.repeat(depth)} > 5`;
    expect(() => parseRule(nest(14), testScope())).not.toThrow();
    expect(refuse(nest(15)).message).toBe('this is nested 17 deep, the limit is 16');
    for (const flood of [
      '('.repeat(4000),
      '-'.repeat(4000),
      'not '.repeat(1000),
      '2^'.repeat(2000),
      'a.b'.repeat(1000),
      'close+'.repeat(800),
    ]) {
      expect(refuse(`btcusdt ${flood}`).code).toMatch(/too-big|unknown/);
    }
    expect(refuse('x'.repeat(5001)).code).toBe('too-big');
  });

  it.each(WRONG)('%s: what is offered can be read, or is wrong only further on', (marked) => {
    const text = marked.replace(/[‹›]/g, '');
    const error = refuse(text);
    for (const offer of error.suggestions) {
      const start = accepted(offer) ? Number.POSITIVE_INFINITY : refuse(offer).span![0];
      expect(start, offer).toBeGreaterThan(error.span![0]);
    }
  });

  it('is offered nothing that would be refused at the same place', () => {
    // `close` is the nearest name, and both sides would be the same.
    const error = refuse('btcusdt clsoe > close');
    expect(error.hint).toBe('did you mean close?');
    expect(error.suggestions).toEqual([]);
  });

  it('is offered two ways where a sign is missing', () => {
    expect(refuse('btc 70k').suggestions).toEqual(['btc > 70k', 'btc crosses 70k']);
    expect(refuse('btc rsi 30').suggestions).toEqual(['btc rsi < 30', 'btc rsi > 30']);
    expect(refuse('btc 5%').suggestions).toEqual(['btc +5% 1h', 'btc -5% 1h']);
  });

  it('says why a symbol cannot be known, where the chat can tell', () => {
    const down = { code: 'venue-down', message: 'far is down', hint: 'wait', instead: ['btcusdt'] } as const;
    const absent = (text: string) => (text === 'sol' || text === 'far:btc/usdt' ? down : undefined);
    const scope = testScope({ absent, resolve: (text) => (text === 'btcusdt' ? 'near:btcusdt' : undefined) });
    for (const [text, place] of [
      ['sol > 5', 'sol'],
      ['sol rsi < 30', 'sol'],
      ['btcusdt far:btc/usdt > 5', 'far:btc/usdt'],
    ]) {
      const error = refusal(() => parseRule(text, scope));
      expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
        ...{ code: 'venue-down', message: 'far is down', hint: 'wait' },
      });
      expect(text.slice(...error.span!)).toBe(place);
    }
    expect(refusal(() => parseRule('btcusdt vlume > 5', scope)).hint).toBe('did you mean volume?');
  });
});

describe('a message', () => {
  it('is at most 500 characters long, its series written out', () => {
    const rule = (length: number) => `btc z > 2 "${'x'.repeat(length)}{price}"`;
    expect(() => parseRule(rule(493), testScope())).not.toThrow();
    const error = refuse(rule(494));
    expect(error.message).toBe('the message is 501 characters long, the limit is 500');
    expect(error.span).toEqual([11, 512]);
  });
});

describe('a wrong expression', () => {
  const scope = testScope({ instrument: 'binance:btcusdt' });

  it('is no condition', () => {
    expect(refusal(() => parseExpression('rsi > 30', scope)).code).toBe('wrong-type');
  });

  it('is no fixed number where series are drawn', () => {
    const error = refusal(() => parseExpressions('rsi 14', scope));
    expect(error.message).toBe('a fixed number is no series');
    expect(error.hint).toBe('parameters go in brackets: rsi(14)');
  });
});

describe('markError', () => {
  const at = (span: readonly [number, number]) => new UserError('x', 'x', { span });

  it('marks the end of the text with one sign', () => {
    expect(markError('rsi >', at([5, 5]))).toBe('rsi >\n·····^');
  });

  it('keeps to one line and counts characters, not code units', () => {
    expect(markError('a\nb 🚀 rsy', at([7, 10]))).toBe('a b 🚀 rsy\n······^^^');
  });

  it('shows of a long text what is around the place', () => {
    const text = `${'rsi < 30 and '.repeat(10)}rsy < 30${' and z > 2'.repeat(10)}`;
    const [shown, marks] = markError(text, at([130, 133])).split('\n');
    expect(shown.length).toBe(60);
    expect(shown.startsWith('…')).toBe(true);
    expect(shown.endsWith('…')).toBe(true);
    expect(shown.slice(marks.indexOf('^'), marks.length)).toBe('rsy');
  });

  it('is the text alone where no place is known', () => {
    expect(markError('hm', new UserError('x', 'x'))).toBe('hm');
  });
});
