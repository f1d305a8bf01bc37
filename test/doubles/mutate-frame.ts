type Random = () => number;

/** What may stand where a value should be. */
const ODD = [
  ...['NaN', '"NaN"', 'null', 'true', '""', '"x"', '[]', '{}', '0', '-0', '-1', '1e999', '-1e999', '1e-400'],
  ...['9007199254740993', '123456789012345678901234567890', '0.0000000000000000000000001', '"1"', '"-1"', '"1e999"'],
  ...['"0x10"', '01', '.5', '5.', '+1', 'Infinity', 'undefined', '[[[[]]]]', '{"a":{"b":{"c":[]}}}', '"\\u0000"'],
  ...['"Infinity"', '"-5.5"', '"0.000"', '" "', '"1,5"', '{"toString":1,"valueOf":2}', '{"__proto__":null}'],
  ...[`"${'9'.repeat(400)}"`, '9'.repeat(400), `"0.${'0'.repeat(400)}1"`, `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`],
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
