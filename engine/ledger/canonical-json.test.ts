import { expect, it } from 'vitest';
import { canonicalJson, type Json, toJson } from './canonical-json.ts';

// RFC 8785, section 3.2.2 and 3.2.3, and its appendix B of numbers.
it('writes the example of RFC 8785 as that does', () => {
  const value = JSON.parse(`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
    "literals": [null, true, false]
  }`) as Json;
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

it('puts keys in the order of their UTF-16 units, as the example of RFC 8785', () => {
  const value = {
    '€': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew',
    '1': 'One',
    '😀': 'Emoji',
    '\x80': 'Control',
    ö: 'Latin',
  };
  const names = [...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map(([, name]) => name.split(' ')[0]);
  expect(names).toEqual(['Carriage', 'One', 'Control', 'Latin', 'Euro', 'Emoji', 'Hebrew']);
});

it.each([
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['44b52d02c7e14af6', '1e+23'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
])('writes the number %s as appendix B does', (bits, text) => {
  expect(canonicalJson(new DataView(Uint8Array.from(Buffer.from(bits, 'hex')).buffer).getFloat64(0))).toBe(text);
});

it('leaves out what is undefined, and refuses what JSON cannot say', () => {
  expect(canonicalJson({ b: undefined, a: [] })).toBe('{"a":[]}');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, [{ a: Number.NaN }], '\ud83d', { '\ude00': 1 }])
    expect(() => canonicalJson(value)).toThrow(/JSON|character/);
});

it('finds the nearest thing that JSON can say', () => {
  const value = { a: Number.NaN, b: '\ud83dx', c: [Number.NEGATIVE_INFINITY, undefined, 1], d: undefined, e: '😀' };
  expect(toJson(value)).toEqual({ a: null, b: '�x', c: [null, null, 1], e: '😀' });
});
