/** What a field is replaced by: text, what is no number, what is endless, negative, empty, nested, or of another type. */
const ODD = [
  '"NaN"',
  'NaN',
  '"Infinity"',
  '"1e999"',
  '1e999',
  '-1',
  '"-5.5"',
  '0',
  '"0"',
  '"0.000"',
  '""',
  '" "',
  '"0x10"',
  '"1,5"',
  '"text"',
  'null',
  'true',
  '[]',
  '{}',
  '{"toString":1,"valueOf":2}',
  '{"__proto__":null}',
  `"${'9'.repeat(400)}"`,
  '9'.repeat(400),
  `"0.${'0'.repeat(400)}1"`,
  '9007199254740993',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
] as const;
/** A string or a bare number of JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A frame of any venue, damaged in one to three ways: characters, length, fields. The same for the same `random` (0 <= x < 1). */
export function mutate(text: string, random: () => number): string {
  const below = (n: number): number => Math.floor(random() * n);
  const ways: readonly ((text: string) => string)[] = [
    // A character becomes another.
    (one) => {
      const at = below(one.length);
      const put = String.fromCharCode(random() < 0.8 ? 32 + below(95) : below(65_536));
      return one.slice(0, at) + put + one.slice(at + 1);
    },
    // The end is cut off.
    (one) => one.slice(0, below(one.length + 1)),
    // A part is missing, or comes twice.
    (one) => {
      const [from, length] = [below(one.length), below(20)];
      return random() < 0.5
        ? one.slice(0, from) + one.slice(from + length)
        : one.slice(0, from + length) + one.slice(from);
    },
    // Two fields or keys change places.
    (one) => {
      const tokens = [...one.matchAll(TOKEN)];
      if (tokens.length < 2) return one;
      const [a, b] = [below(tokens.length), below(tokens.length)].sort((x, y) => x - y).map((i) => tokens[i]);
      if (a === b) return one;
      const between = one.slice(a.index + a[0].length, b.index);
      return `${one.slice(0, a.index)}${b[0]}${between}${a[0]}${one.slice(b.index + b[0].length)}`;
    },
    // A field becomes something odd.
    (one) => {
      const tokens = [...one.matchAll(TOKEN)];
      if (tokens.length === 0) return one;
      const { 0: token, index } = tokens[below(tokens.length)];
      return `${one.slice(0, index)}${ODD[below(ODD.length)]}${one.slice(index + token.length)}`;
    },
  ];
  let mutated = text;
  for (let i = 1 + below(3); i > 0; i--) mutated = ways[below(ways.length)](mutated);
type Random = () => number;

/** What may stand where a value should be. */
const ODD = [
  ...['NaN', '"NaN"', 'null', 'true', '""', '"x"', '[]', '{}', '0', '-0', '-1', '1e999', '-1e999', '1e-400'],
  ...['9007199254740993', '123456789012345678901234567890', '0.0000000000000000000000001', '"1"', '"-1"', '"1e999"'],
  ...['"0x10"', '01', '.5', '5.', '+1', 'Infinity', 'undefined', '[[[[]]]]', '{"a":{"b":{"c":[]}}}', '"\\u0000"'],
];
const JUNK = ['', '"', ',', ':', '{', '}', '[', ']', '\\', '0', '9', '-', '.', 'e', ' ', 'x', '\u0000', '\ud800', 'ß'];
/** A value: text in quotes, or a number, or a word, in front of a comma or the end of something. */
const VALUE = /"(?:[^"\\]|\\.)*"(?=\s*[,}\]])|-?\d[\d.eE+-]*(?=\s*[,}\]])|\b(?:true|false|null)\b/g;

const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)];
const splice = (text: string, at: number, cut: number, put: string): string =>
  text.slice(0, at) + put + text.slice(at + cut);

function valuesOf(text: string): { at: number; value: string }[] {
  return [...text.matchAll(VALUE)].map((match) => ({ at: match.index, value: match[0] }));
}

const MUTATIONS: readonly ((text: string, random: Random) => string)[] = [
  function flip(text, random) {
    const at = below(random, text.length);
    return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << below(random, 8))));
  },
  (text, random) => splice(text, below(random, text.length), below(random, 4), pick(random, JUNK)),
  function cut(text, random) {
    return random() < 0.5
      ? text.slice(0, below(random, text.length))
      : splice(text, below(random, text.length), below(random, 40), '');
  },
  function repeat(text, random) {
    const at = below(random, text.length);
    return splice(text, at, 0, text.slice(at, at + below(random, 60)));
  },
  function swap(text, random) {
    const values = valuesOf(text);
    if (values.length < 2) return text;
    const [a, b] = [pick(random, values), pick(random, values)].sort((x, y) => x.at - y.at);
    return splice(splice(text, b.at, b.value.length, a.value), a.at, a.value.length, b.value);
  },
  function odd(text, random) {
    const values = valuesOf(text);
    if (values.length === 0) return text;
    const { at, value } = pick(random, values);
    return splice(text, at, value.length, pick(random, ODD));
  },
  function nest(text, random) {
    const values = valuesOf(text);
    if (values.length === 0) return text;
    const { at, value } = pick(random, values);
    const [open, close] = pick(random, [
      ['[', ']'],
      ['{"a":', '}'],
      ['"', '"'],
      ['['.repeat(2000), ']'.repeat(2000)],
    ] as const);
    return splice(text, at, value.length, `${open}${value}${close}`);
  },
  function rename(text, random) {
    const keys = [...text.matchAll(/"([A-Za-z_]+)":/g)];
    if (keys.length < 2) return text;
    const [from, to] = [pick(random, keys), pick(random, keys)];
    return splice(text, from.index, from[0].length, to[0]);
  },
];

/** A frame as a broken or hostile venue might send it: bytes flipped, cut, repeated, fields swapped, odd values, nested; most are no longer JSON. */
export function mutate(text: string, random: () => number): string {
  let mutated = text;
  for (let left = 1 + below(random, 3); left > 0 && mutated.length > 0; left--) {
    mutated = pick(random, MUTATIONS)(mutated, random);
  }
  return mutated;
}
