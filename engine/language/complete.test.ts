import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { CATALOG } from '../series/catalog.ts';
import { type CompletionSources, complete } from './complete.ts';
import { parseRule } from './parse.ts';
import { testScope } from './test-scope.ts';

const SYMBOLS = ['btcusdt', 'ethusdt', 'solusdt', 'ethbtc'];
const SOURCES: CompletionSources = {
  symbols: (typed) => {
    const [, venue = '', name] = /^(.*:)?(.*)$/.exec(typed)!;
    const fitting = SYMBOLS.filter((symbol) => symbol.includes(name.replace(/[/-]/g, '')));
    return fitting.map((symbol) => ({ text: `${venue}${symbol}`, summary: 'binance' }));
  },
};

const offered = (text: string, cursor = text.length) => complete(text, cursor, testScope(), SOURCES);
const texts = (text: string) => offered(text).map((each) => each.text);
const labels = (text: string) => offered(text).map((each) => each.label);

/** Rules of the language's own description, and one for every entry of the catalog. */
const RULES = [
  'btcusdt z>2',
  'btc >70k',
  'eth 5m rsi<30 and close>ema(200)',
  'sol change(1h) > 5%',
  'sol +5% 1h',
  'btc ema(20) crosses above ema(50) on close once',
  'z(btcusdt/ethusdt, 60) > 2 for 3m every 30m',
  'btc rsi(14)@1h < 30 and rsi(14)@5m crosses above 30',
  'btc price leaves [60k, 70k] until 2026-12-31 "{symbol} left the range: {price}"',
  'eth volume > 3*sma(volume, 20) or macd.histogram > 0',
  'btc (rsi < 30 or not close[1] > ethusdt.close) and max(open, close) > 5 rearm rsi > 40 silent',
  'btcusdt falls 5% in 1h for the next 7d',
  'btcusdt rsi > 70 once late within 2h silent',
  'binance:btcusdt bb(length=20, k=2.5).upper < sqrt(abs(close - open))^2 "now {rsi(14)}"',
  ...CATALOG.map((entry) => `btcusdt ${entry.example}`),
];

/** Whether a text can be read, or nothing is wrong with it but that its end is missing. */
function isRuleOrItsBeginning(text: string): boolean {
  try {
    parseRule(text, testScope());
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.span !== undefined && /^[\s)\]]*$/.test(text.slice(error.span[1]));
  }
}

describe('completion', () => {
  it('offers what can be read, or lacks nothing but its end, behind every beginning of a rule', () => {
    const beginning = fc
      .constantFrom(...RULES)
      .chain((rule) => fc.integer({ min: 0, max: rule.length }).map((length) => rule.slice(0, length)));
    fc.assert(
      fc.property(beginning, (text) => {
        for (const { from, to, text: put } of offered(text)) {
          const applied = text.slice(0, from) + put + text.slice(to);
          expect({ applied, fits: isRuleOrItsBeginning(applied) }).toEqual({ applied, fits: true });
        }
      }),
      { numRuns: 400 },
    );
  });

  it('knows every word of every rule before it is typed to its end', () => {
    // In the message, or shorter than the symbol's own name.
    const others = ['btc', 'eth', 'sol', 'binance', 'left', 'the', 'range', 'now'];
    for (const rule of RULES) {
      for (const { 0: word, index } of rule.matchAll(/[a-z_]{3,}[a-z0-9_]*/g)) {
        const typed = rule.slice(0, index + word.length - 1);
        const found = offered(typed).some(({ from, text }) => `${typed.slice(0, from)}${text}`.includes(word, index));
        expect({ typed, word, found: found || others.includes(word) }).toEqual({ typed, word, found: true });
      }
    }
  });

  it('never throws, whatever is typed and wherever the cursor stands', () => {
    const pieces = fc.constantFrom(
      'btc',
      ' ',
      '(',
      ')',
      '[',
      ']',
      '"',
      '{',
      '.',
      '@',
      'rsi',
      '5m',
      '>',
      ',',
      '☃',
      'for',
      '%',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.nat(30), (parts, cursor) => {
        expect(offered(parts.join(''), cursor).length).toBeLessThanOrEqual(25);
      }),
      { numRuns: 300 },
    );
  });

  it('begins with the symbols, in the order in which the chat ranks them', () => {
    expect(texts('').slice(0, 4)).toEqual(SYMBOLS);
    expect(texts('eth')[0]).toBe('ethusdt');
    expect(texts('btc/us')).toEqual(['btcusdt']);
  });

  it('tells names with their defaults and what they are', () => {
    const [bb] = offered('btcusdt bb').filter(({ label }) => label.startsWith('bb('));
    expect(bb).toMatchObject({ label: 'bb(length=20, k=2)' });
    expect(offered('btcusdt rs').map(({ text, summary }) => [text, summary])).toContainEqual([
      'rsi',
      CATALOG.find(({ name }) => name === 'rsi')?.summary,
    ]);
  });

  it('finds a name by another name of it, by what it is about, and from a slip', () => {
    expect(texts('btcusdt avera')).toContain('mean');
    expect(texts('btcusdt shooting')[0]).toBe('shootingstar');
    expect(texts('btcusdt bollinger')).toContain('bb');
    expect(texts('btcusdt vlume')).toEqual(['volume']);
  });

  it('offers parameters in brackets, in their order and by their names', () => {
    expect(labels('btcusdt bb(')[0]).toBe('length = 20');
    expect(labels('btcusdt bb(20, ')[0]).toBe('k = 2');
    expect(labels('btcusdt sma(volume, ')[0]).toBe('length = 20');
    expect(texts('btcusdt bb(20, k')).toContain('k=2');
    expect(texts('btcusdt change(').slice(0, 4)).toContain('1h');
  });

  it('offers the fields behind a dot, also behind brackets and an interval', () => {
    for (const series of ['bb', 'bb(20, 2)', 'bb@1h', 'bb(20)[1]'])
      expect(texts(`btcusdt ${series}.`)).toEqual(['middle', 'upper', 'lower', 'width', 'percent']);
    expect(texts('btcusdt close > ethusdt.cl')[0]).toBe('close');
  });

  it('offers intervals behind @ and behind the symbol', () => {
    expect(texts('btcusdt rsi@')).toEqual(['1s', '1m', '5m', '15m', '1h', '4h', '1d']);
    expect(texts('btcusdt ')).toContain('1h');
    expect(texts('btcusdt 5m ')).not.toContain('1h');
    expect(texts('btcusdt rsi@1')).toEqual(expect.arrayContaining(['1s', '1m', '15m', '1h', '1d']));
  });

  it('goes on with comparisons, usual levels, and then with joins and modes', () => {
    expect(texts('btcusdt rsi ').slice(0, 2)).toEqual(['> ', '< ']);
    expect(texts('btcusdt rsi < ').slice(0, 2)).toEqual(['30', '70']);
    expect(texts('btcusdt rsi < 30 ').slice(0, 4)).toEqual(['and ', 'or ', 'once', 'every ']);
    expect(texts('btcusdt rsi < 30').slice(0, 2)).toEqual([' and ', ' or ']);
    expect(texts('btcusdt rsi < 30 on')).toEqual(expect.arrayContaining(['once', 'on close']));
    expect(texts('btcusdt rsi < 30 every ')).toContain('1h');
    expect(texts('btcusdt rsi < 30 once ')).not.toContain('once');
    expect(texts('btcusdt rsi < 30 once ')).not.toContain('every ');
    expect(texts('btcusdt z > 2 until ')[0]).toBe('2026-01-16');
    expect(texts('btcusdt crosses ').slice(0, 2)).toEqual(['above ', 'below ']);
  });

  it('offers placeholders in the braces of a message', () => {
    expect(labels('btcusdt z > 2 "now {')).toContain('{price}');
    expect(texts('btcusdt z > 2 "now {sy')[0]).toBe('symbol}');
    expect(texts('btcusdt z > 2 "now {rs')).toContain('rsi}');
    expect(texts('btcusdt z > 2 "now ')).toEqual([]);
  });

  it('replaces the whole word that the cursor stands in', () => {
    const text = 'btcusdt rsx < 30';
    const [first] = complete(text, 10, testScope(), SOURCES);
    expect(first).toMatchObject({ from: 8, to: 11, text: 'rsi' });
  });

  it('offers names that the chat defined, where the scope reads them', () => {
    const resolve = testScope().resolve;
    const scope = testScope({ resolve: (text) => (text === 'mine' ? 'binance:btcusdt' : resolve(text)) });
    const sources = { ...SOURCES, defined: [{ name: 'mine', summary: 'my own' }] };
    const found = complete('ethusdt close > mi', 18, scope, sources);
    expect(found[0]).toMatchObject({ text: 'mine', summary: 'my own' });
  });
});
