import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Text, TextSpan } from '../../commands/message.ts';
import { escapeMarkdown, renderContent } from './markdown.ts';

type Style = 'plain' | 'bold' | 'italic' | 'code' | 'pre';
type Run = readonly [Style, string];

/**
 * A small reader of Discord's markdown, after the rules of simple-markdown and of Discord's own additions: at each place the
 * first rule that matches wins. What no span of ours may become (a link, a mention, a quote, ...) throws.
 */
const BLOCKS: readonly [string, RegExp][] = [
  ['quote', /^ *>(?:>>)? /],
  ['heading', /^ *#{1,3} /],
  ['small print', /^ *-# /],
  ['list', /^ *(?:[-*]|\d+\.) +\S/],
];
const FORBIDDEN: readonly [string, RegExp][] = [
  ['link in angles', /^<[^ >]+:\/[^ >]+>/],
  ['address', /^(?:https?|steam|discord):\/\/[^\s<]+/],
  ['invitation', /^discord\.gg\/\w+/],
  ['masked link', /^\[(?:[^\]])*\]\([^)]*\)/],
  ['everyone', /^@(?:everyone|here)/],
  ['mention', /^<(?:@[!&]?|#|\/|t:|id:|a?:)[^>]*>/],
  ['emoji', /^:[^\s:]+:/],
  ['underline', /^__((?:\\[\s\S]|[^\\])+?)__(?!_)/],
  ['underscore italics', /^\b_((?:__|\\[\s\S]|[^\\_])+?)_\b/],
  ['strike', /^~~([\s\S]+?)~~(?!_)/],
  ['spoiler', /^\|\|([\s\S]+?)\|\|/],
];
const PRE = /^```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```/i;
const ESCAPE = /^\\([^0-9A-Za-z\s])/;
const BOLD = /^\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/;
const ITALIC = /^\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/;
const CODE = /^(`+)([\s\S]*?[^`])\1(?!`)/;
const WORDS = /^[\s\S]+?(?=[^0-9A-Za-z\s\u00c0-\uffff]|\n|\w+:\S|$)/;

function read(source: string, style: Style = 'plain'): Run[] {
  const runs: Run[] = [];
  let rest = source;
  let lineStart = true;
  const take = (length: number, ...found: Run[]) => {
    runs.push(...found);
    lineStart = rest[length - 1] === '\n';
    rest = rest.slice(length);
  };
  while (rest !== '') {
    forbid(rest, lineStart ? [...BLOCKS, ...FORBIDDEN] : FORBIDDEN, source);
    const pre = PRE.exec(rest);
    const escaped = ESCAPE.exec(rest);
    const bold = BOLD.exec(rest);
    const italic = ITALIC.exec(rest);
    const code = CODE.exec(rest);
    if (pre) take(pre[0].length, ['pre', pre[2]!]);
    else if (escaped) take(2, [style, escaped[1]!]);
    else if (bold && bold[0].length > (italic?.[0].length ?? 0))
      take(bold[0].length, ...read(bold[1]!, nest(style, 'bold')));
    else if (italic) take(italic[0].length, ...read(italic[1]!, nest(style, 'italic')));
    else if (code) take(code[0].length, ['code', code[2]!.replace(/^ (?= *`)|(` *) $/g, '$1')]);
    else take(WORDS.exec(rest)![0].length, [style, WORDS.exec(rest)![0]]);
  }
  return runs;
}

function forbid(rest: string, rules: readonly [string, RegExp][], source: string): void {
  for (const [name, rule] of rules) {
    if (rule.test(rest)) throw new Error(`${name} at ${JSON.stringify(rest)} in ${JSON.stringify(source)}`);
  }
}

function nest(outer: Style, inner: Style): Style {
  if (outer !== 'plain') throw new Error(`${inner} within ${outer}`);
  return inner;
}

/** Neighbours of one style as one, without the invisible spaces that keep marks apart. */
function merge(runs: readonly Run[]): Run[] {
  const merged: [Style, string][] = [];
  for (const [style, text] of runs) {
    const visible = text.replaceAll('\u200b', '');
    const last = merged.at(-1);
    if (visible === '') continue;
    if (last?.[0] === style) last[1] += visible;
    else merged.push([style, visible]);
  }
  return merged;
}

function toRun(span: TextSpan): Run {
  if (typeof span === 'string') return ['plain', span];
  const [[style, text]] = Object.entries(span) as [[Style, string]];
  return [style, text];
}

/** Full of what means something to Discord, and of pieces that only together do. */
const hostile = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...'\\*_~|`[]()<>@#:/.-+!&= 01ab') },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          'https://evil.example',
          'discord.gg/abc',
          '@everyone',
          '@here',
          '<@123>',
          '<#5>',
          '<:e:1>',
          '<t:1>',
          ':smile:',
          '[a](http://b)',
          '```',
          '``',
          '**',
          '__',
          '||',
          '~~',
          '\n',
          '\n> ',
          '\n# ',
          '\n- ',
          '\n1. ',
          '\n-# ',
          '¯\\_(ツ)_/¯',
          '😀',
          'é',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));
/** Words that a style may be put on: with something to see in them, and no blanks at the ends, which stay outside of it. */
const styled = hostile.map((text) => text.trim()).filter((text) => text !== '');

describe('rendering', () => {
  it('shows a plain text exactly as it was written', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(merge(read(renderContent([text], 100_000)))).toEqual(merge([['plain', text]]));
      }),
      { numRuns: 3_000 },
    );
  });

  it('shows every span in its style and with its words, whatever stands in it', () => {
    const span: fc.Arbitrary<TextSpan> = fc.oneof(
      hostile,
      styled.map((bold) => ({ bold })),
      styled.map((italic) => ({ italic })),
      styled.map((code) => ({ code })),
    );
    fc.assert(
      fc.property(fc.array(span, { maxLength: 6 }), (text: Text) => {
        expect(merge(read(renderContent(text, 100_000)))).toEqual(merge(text.map(toRun)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('lets nothing out of a block', () => {
    fc.assert(
      fc.property(styled, hostile, (pre, after) => {
        const runs = merge(read(renderContent(['before', { pre }, after], 100_000)));
        expect(runs[0]).toEqual(['plain', 'before\n']);
        expect(runs[1]).toEqual(['pre', pre]);
        expect(runs.slice(2).every(([style]) => style === 'plain')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('fits in what it is given, and is cut between characters', () => {
    const span: fc.Arbitrary<TextSpan> = fc.oneof(
      hostile,
      styled.map((bold) => ({ bold })),
      styled.map((code) => ({ code })),
      styled.map((pre) => ({ pre })),
    );
    fc.assert(
      fc.property(fc.array(span, { maxLength: 6 }), fc.integer({ min: 1, max: 60 }), (text: Text, limit) => {
        const content = renderContent(text, limit);
        expect(content.length).toBeLessThanOrEqual(limit);
        // Half a character would not survive being written.
        expect(Buffer.from(content).toString()).toBe(content);
        expect(() => read(content)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends what was cut with an ellipsis behind its style', () => {
    expect(renderContent(['a', { bold: 'b'.repeat(30) }], 10)).toBe('a**bbbb**…');
    expect(renderContent([{ pre: 'x'.repeat(3_000) }]).endsWith('x\n```…')).toBe(true);
    expect(renderContent(['x'.repeat(3_000)])).toBe(`${'x'.repeat(1_999)}…`);
    expect(renderContent(['x'.repeat(2_000)])).toBe('x'.repeat(2_000));
  });

  it('leaves ordinary messages readable', () => {
    expect(
      renderContent(['✅ ', { bold: 'btcusdt z > 2' }, ' · 5m · binance\nNow 0.84; fires near ', { bold: '64,310' }]),
    ).toBe('✅ **btcusdt z > 2** · 5m · binance\nNow 0.84; fires near **64,310**');
    expect(renderContent([{ code: 'macd.histogram > 0' }, ' at 14:05:12 (+1.2 %)'])).toBe(
      '`macd.histogram > 0` at 14\\:05\\:12 (+1.2 %)',
    );
    expect(escapeMarkdown('64,402.10')).toBe('64,402.10');
  });
});
