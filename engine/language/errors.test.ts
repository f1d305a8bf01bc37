import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { markError } from './error-message.ts';
import { parseExpression, parseExpressions, parseRule } from './parse.ts';
import { NEWCOMER_RULES } from './test-newcomer-rules.ts';
import { testScope } from './test-scope.ts';
import { SPOKEN_RULES } from './test-spoken-rules.ts';
import { WRONG_RULES } from './test-wrong-rules.ts';

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

const WRONG = [...WRONG_RULES, ...NEWCOMER_RULES, ...SPOKEN_RULES];

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

  it.each(WRONG)('%s: what is offered can be read', (marked) => {
    const text = marked.replace(/[‹›]/g, '');
    const error = refuse(text);
    for (const offer of error.suggestions) expect(accepted(offer), offer).toBe(true);
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
