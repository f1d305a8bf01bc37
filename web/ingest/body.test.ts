import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BodyItem, itemsOf } from './body.ts';

async function* chunks(text: string | Buffer, cuts: readonly number[] = []): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.min(bytes.length, Math.max(from, cut));
    yield bytes.subarray(from, to);
    from = to;
  }
  yield bytes.subarray(from);
}

async function all(body: AsyncIterable<Buffer>, isLines: boolean): Promise<BodyItem[]> {
  const items: BodyItem[] = [];
  for await (const some of itemsOf(body, isLines)) items.push(...some);
  return items;
}

const NO_JSON = { fault: 'the line is not JSON' };

describe('a body', () => {
  it.each<[string, string, unknown[]]>([
    ['one object', '{"a": 1}', [{ value: { a: 1 } }]],
    ['an object over many lines', '{\n  "a":\n 1\n}\n', [{ value: { a: 1 } }]],
    ['a list', '[1, {"a": 2}, null]', [{ value: 1 }, { value: { a: 2 } }, { value: null }]],
    ['a list over many lines', '[\n{"a": 1},\n{"a": 2}\n]', [{ value: { a: 1 } }, { value: { a: 2 } }]],
    ['an empty list', '[]', []],
    ['an object a line', '{"a": 1}\n{"a": 2}\n\nx\n', [{ value: { a: 1 } }, { value: { a: 2 } }, NO_JSON]],
    ['a number', '7', [{ value: 7 }]],
  ])('sent as JSON may be %s', async (_, text, items) => {
    expect(await all(chunks(text), false)).toEqual(items);
    expect(await all(chunks(text, [1, 4, 9]), false)).toEqual(items);
  });

  it.each(['{"a": 1', 'x', '{"a": 1} {"a": 2}'])('sent as JSON that is none is refused: %s', async (text) => {
    await expect(all(chunks(text), false)).rejects.toThrow('The body is not JSON.');
  });

  it('that is empty is refused', async () => {
    await expect(all(chunks(' \n '), false)).rejects.toThrow('The body is empty.');
  });

  it('that is one value of more than 1 MiB is refused before it has come whole', async () => {
    let isRead = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('[\n');
      for (;;) {
        isRead++;
        yield Buffer.from('1,'.repeat(32_768));
      }
    }
    await expect(all(endless(), false)).rejects.toMatchObject({ code: 'too-large' });
    expect(isRead).toBe(16);
  });

  it('of lines may be longer than that, and says which line is too long', async () => {
    const long = `{"a": "${'x'.repeat(65_536)}"}`;
    const lines = ['{"a": 1}', long, ...Array.from({ length: 100_000 }, () => '{"a": "aaaaaaaaaaa"}')];
    const items = await all(chunks(lines.join('\n')), true);
    expect(items).toHaveLength(100_002);
    expect(items.slice(0, 3)).toEqual([
      { value: { a: 1 } },
      { fault: 'the line is longer than 64 KiB' },
      { value: { a: 'aaaaaaaaaaa' } },
    ]);
  });

  it('of lines gives each of them, wherever the bytes are cut', async () => {
    const values = fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 8 });
    const cuts = fc.array(fc.nat(200), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(values, cuts, fc.constantFrom('\n', '\r\n', '\n\n'), async (some, at, end) => {
        const text = some.map((value) => JSON.stringify(value)).join(end);
        const wanted = some.map((value) => ({ value: JSON.parse(JSON.stringify(value)) as unknown }));
        expect(await all(chunks(text, at), true)).toEqual(wanted);
      }),
    );
  });
});
