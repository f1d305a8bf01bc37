import { describe, expect, it } from 'vitest';
import { csvLines, toCsv } from './csv.ts';

describe('toCsv', () => {
  it('quotes what must be quoted and ends lines as RFC 4180 says', () => {
    expect(toCsv(['a', 'b'], [{ a: 'x,y', b: 'say "hi"' }])).toBe('a,b\r\n"x,y","say ""hi"""\r\n');
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    '\nx',
    '＝1',
    ' =1',
    '\u200b=1',
    '\ufeff@x',
    '\u00a0-1',
    '=cmd|x!A1',
  ])('disarms the formula %j', (text) => {
    const line = toCsv(['a'], [{ a: text }])
      .split('\r\n')
      .slice(1)
      .join('\r\n');
    expect(line.replace(/^"/, '')).toMatch(/^'/);
  });

  it('leaves numbers alone, negative ones and small ones too', () => {
    expect(toCsv(['a', 'b'], [{ a: -1.5, b: 1e-9 }])).toBe('a,b\r\n-1.5,1e-9\r\n');
  });

  it('gives the header alone for no rows', () => {
    expect(toCsv<{ a: number }>(['a'], [])).toBe('a\r\n');
  });
});

it('disarms what a stream of rows says, too', async () => {
  async function* portions() {
    yield [{ id: '=1+1', side: ' @x', price: -2 }];
  }
  const lines: string[] = [];
  for await (const line of csvLines(['id', 'side', 'price'], portions())) lines.push(line);
  expect(lines.join('')).toBe("id,side,price\r\n'=1+1,' @x,-2\r\n");
});
