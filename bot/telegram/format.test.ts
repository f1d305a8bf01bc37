import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Text, TextSpan } from '../../commands/message.ts';
import { format, formattedLength } from './format.ts';

describe('text as entities', () => {
  it('counts offsets in UTF-16 units', () => {
    const text: Text = [
      '🔔 ',
      { bold: 'btcusdt z > 2' },
      ' at ',
      { code: '64,402.10' },
      '\n',
      { pre: 'a\nb' },
      { italic: 'é' },
    ];
    // Offsets counted by hand: the bell is two units, the space one.
    expect(format(text, 4096)).toEqual({
      text: '🔔 btcusdt z > 2 at 64,402.10\na\nbé',
      entities: [
        { type: 'bold', offset: 3, length: 13 },
        { type: 'code', offset: 20, length: 9 },
        { type: 'pre', offset: 30, length: 3 },
        { type: 'italic', offset: 33, length: 1 },
      ],
    });
  });

  it('cuts what is too long, and its entities with it', () => {
    const cut = format(['abc', { bold: 'defgh' }, { code: 'ij' }], 7);
    expect(cut).toEqual({ text: 'abcdef…', entities: [{ type: 'bold', offset: 3, length: 3 }] });
  });

  it('does not cut an emoji in two', () => {
    expect(format(['ab🔔cd'], 4)).toEqual({ text: 'ab…', entities: [] });
    expect(format(['ab🔔cd'], 5)).toEqual({ text: 'ab🔔…', entities: [] });
  });

  it('leaves out empty spans', () => {
    expect(format([{ bold: '' }, 'x'], 10)).toEqual({ text: 'x', entities: [] });
  });

  it('keeps names from becoming mentions, but not mail addresses or code from being whole', () => {
    expect(format(['ask @somebody, me@example.org'], 99).text).toBe('ask @\u2060somebody, me@example.org');
    expect(format([{ code: '@somebody' }], 99).text).toBe('@somebody');
  });

  it('replaces half a surrogate pair', () => {
    expect(format(['a\ud83d', { bold: '\udd14b' }], 99).text).toBe('a\ufffd\ufffdb');
  });

  it('keeps any text and every entity in bounds', () => {
    const words = fc.string({ unit: 'binary', maxLength: 30 });
    const span: fc.Arbitrary<TextSpan> = fc.oneof(
      words,
      ...(['bold', 'italic', 'code', 'pre'] as const).map((style) =>
        words.map((value) => ({ [style]: value }) as TextSpan),
      ),
    );
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), fc.integer({ min: 2, max: 200 }), (spans, limit) => {
        const { text, entities } = format(spans, limit);
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(text).toBe(Buffer.from(text, 'utf8').toString('utf8'));
        const bare = (value: string) => value.replaceAll('\u2060', '').replace(/…$/, '');
        const given = spans.map((part) => (typeof part === 'string' ? part : Object.values(part)[0])).join('');
        if (formattedLength(spans) <= limit) expect(bare(text)).toBe(bare(given));
        else expect(bare(given).startsWith(bare(text))).toBe(true);
        let end = 0;
        for (const { offset, length } of entities) {
          expect(offset).toBeGreaterThanOrEqual(end);
          expect(length).toBeGreaterThan(0);
          end = offset + length;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
