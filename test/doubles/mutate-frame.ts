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
  return mutated;
}
