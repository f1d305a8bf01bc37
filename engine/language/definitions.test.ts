import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { checkName, parseDefinition } from './definitions.ts';
import { parseExpression, parseExpressions, parseRule } from './parse.ts';
import { printExpr, printRule } from './print.ts';
import { sameExpr, sameRule } from './same.ts';
import type { Scope } from './scope.ts';

const SYMBOLS: Readonly<Record<string, string>> = {
  btc: 'sim:btcusdt',
  btcusdt: 'sim:btcusdt',
  ethusdt: 'sim:ethusdt',
};

const scopeWith = (definitions: Readonly<Record<string, string>>, over: Partial<Scope> = {}): Scope => ({
  resolve: (text) => SYMBOLS[text] ?? (text.startsWith('sim:') ? text : undefined),
  suggest: () => ['btcusdt'],
  instrument: undefined,
  interval: 300_000,
  now: 0,
  wallTime: Date.UTC,
  definitions: new Map(Object.entries(definitions)),
  ...over,
});

const CHAT = scopeWith({
  tight: 'bbw(20) < 0.05',
  calm: 'tight and rsi > 40 and < 60',
  gap: 'btcusdt - 20*ethusdt',
  fast: 'ema(9)',
  pace: 'fast - ema(21)',
  level: '70k',
  floor: '-2',
  lines: 'macd',
  hourly_rsi: 'rsi@1h',
  half: '14/2',
  mate: 'ethusdt',
  dip: '< 60k',
});
const PLAIN = scopeWith({});

function refusalOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
const place = (text: string, error: UserError): string => text.slice(...error.span!);

describe('definitions in a rule', () => {
  // What a name means, written out by hand in brackets.
  it.each([
    ['btc tight', 'btc bbw(20) < 0.05'],
    ['btc Tight once', 'btc bbw(20) < 0.05 once'],
    ['btc not tight and z > 2', 'btc not (bbw(20) < 0.05) and z > 2'],
    ['btc calm', 'btc bbw(20) < 0.05 and rsi > 40 and rsi < 60'],
    ['btc 15m tight', 'btc 15m bbw(20) < 0.05'],
    ['btc tight@1h and rsi < 30', 'btc bbw(20)@1h < 0.05 and rsi < 30'],
    ['btc calm@1h', 'btc bbw(20)@1h < 0.05 and rsi@1h > 40 and rsi@1h < 60'],
    ['btc ethusdt.tight', 'btc ethusdt.bbw(20) < 0.05'],
    ['btc ethusdt.tight@4h', 'btc ethusdt.bbw(20)@4h < 0.05'],
    ['btc fast crosses above ema(21)', 'btc ema(9) crosses above ema(21)'],
    ['btc pace > 0', 'btc (ema(9) - ema(21)) > 0'],
    ['btc 2*pace > 1', 'btc 2*(ema(9) - ema(21)) > 1'],
    ['btc pace@1h[3] > 0', 'btc (ema(9) - ema(21))@1h[3] > 0'],
    ['btc sma(pace, 5) > 0', 'btc sma(ema(9) - ema(21), 5) > 0'],
    ['btc lines.histogram > 0', 'btc macd.histogram > 0'],
    ['btc hourly_rsi < 30', 'btc rsi@1h < 30'],
    ['btc hourly_rsi@4h < 30', 'btc rsi@1h < 30'],
    ['btc price > level', 'btc price > 70k'],
    ['btc z < floor', 'btc z < -2'],
    ['btc rsi(half) < 30', 'btc rsi(7) < 30'],
    ['z(gap, 60) > 2', 'z(btcusdt - 20*ethusdt, 60) > 2'],
    ['gap crosses 0', 'btcusdt - 20*ethusdt crosses 0'],
    ['btc z > 2 rearm tight', 'btc z > 2 rearm bbw(20) < 0.05'],
    ['btc barssince(tight) < 5', 'btc barssince(bbw(20) < 0.05) < 5'],
    ['btc barssince(calm@1h) < 5', 'btc barssince(bbw(20)@1h < 0.05 and rsi@1h > 40 and rsi@1h < 60) < 5'],
    ['btc spread(mate, 120) > 0', 'btc spread(ethusdt, 120) > 0'],
    ['btc spread(pace, mate, 120) > 0', 'btc spread(ema(9) - ema(21), ethusdt, 120) > 0'],
    ['btc mate.rsi(14) < 30', 'btc ethusdt.rsi(14) < 30'],
    ['btc btcusdt/mate > 20', 'btc btcusdt/ethusdt > 20'],
    ['btc dip', 'btc price < 60k'],
    ['btc rsi > 50 and dip', 'btc rsi > 50 and price < 60k'],
    ['btc rsi > 50 and tight and < 70', 'btc rsi > 50 and bbw(20) < 0.05 and rsi < 70'],
  ])('reads %s as %s', (text, meant) => {
    expect(sameRule(parseRule(text, CHAT), parseRule(meant, PLAIN))).toBe(true);
  });

  it('is stored by what it means, so that it can be read where nothing is defined', () => {
    const rule = parseRule('btc calm and ethusdt.pace@1h > 0 "{symbol}: {pace} {tight_level}"', {
      ...scopeWith({ ...Object.fromEntries(CHAT.definitions!), tight_level: 'bbw(20)' }),
    });
    const text = printRule(rule);
    expect(text).not.toMatch(/calm|pace|tight/);
    expect(sameRule(parseRule(text, PLAIN), rule)).toBe(true);
    expect(rule.modes.message).toBe('{symbol}: {ema(9) - ema(21)} {bbw}');
  });

  it('tells which names were used, those inside of others too', () => {
    const used = new Set<string>();
    parseRule('btc calm and z < floor', { ...CHAT, onDefinition: (name) => used.add(name) });
    expect([...used].sort()).toEqual(['calm', 'floor', 'tight']);
  });

  it('is read where values are read', () => {
    const pace = parseExpression('btc pace', CHAT);
    expect(sameExpr(pace, parseExpression('btc ema(9) - ema(21)', PLAIN))).toBe(true);
    const here = { ...CHAT, instrument: 'sim:btcusdt' };
    const both = parseExpressions('fast pace', here).map((expr) =>
      printExpr(expr, { instrument: 'sim:btcusdt', interval: 300_000 }),
    );
    expect(both).toEqual(['ema(9)', 'ema(9) - ema(21)']);
  });

  it('has the place of its name for everything that comes out of it', () => {
    const text = 'btc pace > 0';
    const { condition } = parseRule(text, CHAT);
    expect(condition.kind === 'compare' && text.slice(...condition.left.span)).toBe('pace');
  });
});

describe('definitions where they cannot stand', () => {
  it.each([
    ['btc tight + 1 > 2', 'tight', '`tight` is true or false; a number belongs here'],
    ['btc tight > 2', 'tight', '`tight` is true or false; a number belongs here'],
    ['btc tight[1]', '[1]', '`tight` is true or false and has no earlier value'],
    ['btc pace', 'pace', '`pace` is a number, not a condition'],
    ['btc tight(20)', '(20)', '`tight` is a definition and takes no arguments'],
    ['btc level > level', 'level > level', 'both sides are fixed numbers'],
    ['btc tigth', 'tigth', 'no series or symbol `tigth`'],
    ['btc ethusdt.tigth', 'tigth', 'no series `tigth`'],
    ['btc lines.upper > 0', 'lines.upper', 'in `lines`: `macd` has no field `upper`'],
    ['btc atr(pace) > 0', 'pace', '`atr` is computed from whole bars and takes no series'],
  ])('refuses %s at %s', (text, at, message) => {
    const error = refusalOf(() => parseRule(text, CHAT));
    expect([place(text, error), error.message]).toEqual([at, message]);
  });

  it('offers the nearest name', () => {
    expect(refusalOf(() => parseRule('btc tigth', CHAT)).suggestions).toContain('btc tight');
    expect(refusalOf(() => parseRule('btc pacee > 0', CHAT)).suggestions).toContain('btc pace > 0');
  });

  it('tells at the name what no longer fits inside of it', () => {
    const broken = scopeWith({ old: 'gone + 1' });
    const text = 'btc old > 5';
    const error = refusalOf(() => parseRule(text, broken));
    expect(place(text, error)).toBe('old');
    expect(error.message).toContain('in `old`: ');
    expect(error.message).toContain('`gone`');
    expect(error.suggestions).toEqual([]);
  });

  it('counts the parts of what a name stands for', () => {
    const doubled = scopeWith({
      a: 'rsi + z',
      b: 'a + a + a + a',
      c: 'b + b + b + b',
      d: 'c + c + c + c',
      e: 'd + d + d + d',
    });
    expect(() => parseRule('btc b > 0', doubled)).not.toThrow();
    expect(refusalOf(() => parseRule('btc c + c > 0', doubled)).message).toMatch(
      /^this has \d+ parts, the limit is 64$/,
    );
    expect(refusalOf(() => parseRule('btc e + e + e + e > 0', doubled)).code).toBe('too-big');
  });

  it('counts the depth of what a name stands for', () => {
    const deep = scopeWith({
      a: 'abs(abs(abs(abs(abs(rsi)))))',
      b: 'abs(abs(abs(abs(abs(a)))))',
      c: 'abs(abs(abs(abs(abs(b)))))',
    });
    expect(() => parseRule('btc b > 0', deep)).not.toThrow();
    expect(refusalOf(() => parseRule('btc abs(c) > 0', deep)).message).toBe('this is nested 18 deep, the limit is 16');
  });
});

describe('what may be defined', () => {
  it('is a condition or a number', () => {
    expect(parseDefinition('x', 'rsi < 30', CHAT).kind).toBe('compare');
    expect(parseDefinition('x', 'close - ema(200)', CHAT).kind).toBe('binary');
    expect(parseDefinition('x', 'calm or fast > 5', CHAT).kind).toBe('or');
  });

  it.each([
    ['rsy(14) < 30', 'rsy', 'no function `rsy`'],
    ['rsi > 120', '120', undefined],
    ['rsi < 30 once', 'once', undefined],
    ['close + nothing', 'nothing', 'no series or symbol `nothing`'],
    ['1h', '1h', undefined],
  ])('is not %s', (text, at, message) => {
    const error = refusalOf(() => parseDefinition('x', text, scopeWith({ x: text }, { suggest: () => [] })));
    expect(place(text, error)).toBe(at);
    if (message !== undefined) expect(error.message).toBe(message);
  });

  it.each([
    [{ x: 'x + 1' }, 'x', '`x` would be made of itself'],
    [{ x: 'y + 1', y: '2*x' }, 'y', 'in `y`: `x` would be made of itself'],
    [{ x: 'y + 1', y: '2*w', w: 'abs(x)' }, 'y', 'in `y`: in `w`: `x` would be made of itself'],
  ])('is nothing made of itself: %j', (definitions, at, message) => {
    const text = (definitions as Record<string, string>).x;
    const error = refusalOf(() => parseDefinition('x', text, scopeWith(definitions as Record<string, string>)));
    expect([error.code, place(text, error), error.message]).toEqual(['circular', at, message]);
  });

  it('has a name of letters, digits and underscores that means nothing else', () => {
    const check = (name: string) => checkName(name, [0, name.length], CHAT);
    expect(['Tight', 'x', '_1', 'my_rsi2', 'a'.repeat(32)].map(check)).toEqual([
      ...['tight', 'x', '_1', 'my_rsi2', 'a'.repeat(32)],
    ]);
  });

  it.each([
    ['rsi', 'series or function'],
    ['vol', 'it is volume'],
    ['max', 'function'],
    ['and', 'word of the language'],
    ['ONCE', 'word of the language'],
    ['between', 'word of the language'],
    ['drops', 'word of the language'],
    ['h', 'unit of time'],
    ['change_24h', 'placeholder'],
    ['btc', 'a symbol: sim:btcusdt'],
    ['a'.repeat(33), '33 characters, the limit is 32'],
    ['2fast', 'begins with no digit'],
    ['größe', 'letters a to z'],
    ['a-b', 'letters a to z'],
    ['', 'letters a to z'],
  ])('is not called %s', (name, why) => {
    const error = refusalOf(() => checkName(name, [0, name.length], CHAT));
    expect(error.code).toBe('bad-name');
    expect(error.message).toContain(why);
  });
});
