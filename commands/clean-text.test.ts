import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, clipped, quoted } from './clean-text.ts';

describe('a cleaned text', () => {
  it('is as long as before, without controls, marks of direction and halves of characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((n) => String.fromCharCode(n)) }),
        (text) => {
          const clean = cleanText(text);
          expect(clean.length).toBe(text.length);
          expect(clean).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
          expect(clean).not.toMatch(/\p{Surrogate}/u);
        },
      ),
    );
  });

  it('leaves alone what people write', () => {
    const text = 'btc > 70k "Привет 👋🏽 שלום\nمرحبا" ∂ é';
    expect(cleanText(text)).toBe(text);
  });
});

describe('a quote', () => {
  it('is on one line and at most 40 characters long', () => {
    expect(quoted('  a\nb\u0000c  ')).toBe('“a b c”');
    expect(quoted('👋'.repeat(50))).toBe(`“${'👋'.repeat(39)}…”`);
  });
});

describe('a clipped text', () => {
  it('is cut with dots only where it is too long', () => {
    expect([clipped('abcd', 4), clipped('abcde', 4)]).toEqual(['abcd', 'abc…']);
  });
});
