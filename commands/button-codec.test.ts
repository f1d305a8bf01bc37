import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../engine/errors.ts';
import { type ButtonAction, createButtonCodec } from './button-codec.ts';

const codec = createButtonCodec('the first secret');
const CHAT = 'telegram:-1001234567890';

const part = fc.stringMatching(/^[A-Za-z0-9_:-]{0,8}$/);
const action = fc.record({
  action: fc.stringMatching(/^[a-z]{1,6}$/),
  args: fc.array(part, { maxLength: 2 }),
  owner: fc.option(
    fc.oneof(
      fc.bigInt({ min: 1n, max: 2n ** 63n }).map((id) => `telegram:${id}`),
      fc.stringMatching(/^telegram:[a-z][a-z0-9_-]{0,8}$/),
    ),
    { nil: undefined },
  ),
}) satisfies fc.Arbitrary<ButtonAction>;

describe('button data', () => {
  it('gives back what it was made of, in at most 64 bytes', () => {
    fc.assert(
      fc.property(action, (made) => {
        const data = codec.encode(CHAT, made);
        expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64);
        expect(codec.decode(CHAT, data)).toEqual(made);
      }),
    );
  });

  it('keeps every digit of a long id, and ids that begin with nought', () => {
    for (const owner of ['discord:1234567890123456789', 'discord:0123', 'discord:9007199254740993']) {
      const made = { action: 'del', args: ['1'], owner };
      expect(codec.decode('discord:1', codec.encode('discord:1', made))).toEqual(made);
    }
  });

  it('does not decode in another chat, nor in another thread of the same chat', () => {
    fc.assert(
      fc.property(action, fc.constantFrom('telegram:-1001234567891', `${CHAT}/5`, 'discord:5', ''), (made, other) => {
        expect(() => codec.decode(other, codec.encode(CHAT, made))).toThrow(UserError);
      }),
    );
  });

  it('does not decode once a single byte was changed', () => {
    fc.assert(
      fc.property(action, fc.nat(), fc.integer({ min: 1, max: 255 }), (made, where, by) => {
        const bytes = Buffer.from(codec.encode(CHAT, made), 'latin1');
        bytes[where % bytes.length] ^= by;
        expect(() => codec.decode(CHAT, bytes.toString('latin1'))).toThrow(UserError);
      }),
    );
  });

  it('does not decode what was cut, lengthened or made up', () => {
    fc.assert(
      fc.property(action, fc.string(), fc.nat(), (made, text, cut) => {
        const data = codec.encode(CHAT, made);
        for (const other of [text, data + text, text + data, data.slice(0, cut % data.length)]) {
          if (other !== data) expect(() => codec.decode(CHAT, other)).toThrow(UserError);
        }
      }),
    );
  });

  it('does not decode what another secret signed', () => {
    const data = createButtonCodec('the second secret').encode(CHAT, { action: 'del', args: ['1'], owner: undefined });
    expect(() => codec.decode(CHAT, data)).toThrow('no longer works');
  });

  it('refuses to carry what would not fit or could be taken apart differently', () => {
    const carry = (args: string[]) => () => codec.encode(CHAT, { action: 'a', args, owner: undefined });
    expect(carry(['x'.repeat(60)])).toThrow(RangeError);
    expect(carry(['a~b'])).toThrow(RangeError);
    const data = codec.encode(CHAT, { action: 'unm', args: ['btcusdt.p', '', 'a.b.c'], owner: undefined });
    expect(codec.decode(CHAT, data).args).toEqual(['btcusdt.p', '', 'a.b.c']);
    expect(carry(['é'])).toThrow(RangeError);
  });
});
