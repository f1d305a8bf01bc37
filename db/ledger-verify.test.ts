import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GENESIS, type LedgerEntry } from '../engine/ledger/rows.ts';
import { chainBehind, hashOf, type LedgerRow } from './ledger-chain.ts';
import { behindLine, lineOf, verifyLines, withheldLine } from './ledger-lines.ts';
import type { KnownHead, LedgerFault } from './ledger-verify.ts';

/** `n` signals and their ends, by turns. */
function entries(n: number): readonly LedgerEntry[] {
  return Array.from({ length: n }, (_, i): LedgerEntry => {
    const [ts, price] = [1_700_000_000_000 + 60_000 * i, 100 + i / 8];
    if (i % 2 === 1) return { kind: 'event', ts, body: { signal: `s${i - 1}`, what: 'exit', price, ts, result: 0.01 } };
    const body = {
      ...{
        id: `s${i}`,
        strategy: 'cross',
        version: 1,
        chat: 'telegram:-1',
        instrument: 'sim:btcusdt',
        side: 'long' as const,
      },
      ...{ interval: 300_000, price, stop: null, target: null, confidence: null, reasons: { 'rsi(14)': 30 + i }, ts },
    } as const;
    return { kind: 'signal', ts, body };
  });
}

const SIZE = 12;
const chain = chainBehind(GENESIS, entries(SIZE));
const lines = chain.map(lineOf);
const head: KnownHead = { seq: SIZE, hash: chain[SIZE - 1].hash };

async function faultsOf(changed: readonly string[], heads: readonly KnownHead[] = []): Promise<readonly LedgerFault[]> {
  return (await verifyLines(changed, heads)).faults;
}
const changed = (seq: number, over: (row: LedgerRow) => object): readonly string[] =>
  chain.map((row) => lineOf(row.seq === seq ? { ...row, ...over(row) } : row));
const otherPrice = ({ body }: LedgerRow) => ({ body: body.replace('"price":1', '"price":2') });

/** The chain with one row's content changed, and all hashes from there on made to fit. */
function rewrittenFrom(seq: number): readonly string[] {
  let previous = seq === 1 ? GENESIS.hash : chain[seq - 2].hash;
  return chain.map((row) => {
    if (row.seq < seq) return lineOf(row);
    const made = { ...row, ...(row.seq === seq ? otherPrice(row) : {}), previous };
    previous = hashOf(made);
    return lineOf({ ...made, hash: previous });
  });
}

const every = Array.from({ length: SIZE }, (_, i) => i + 1);

describe('an honest chain', () => {
  it('is found whole, with the heads that somebody kept', async () => {
    const heads = [head, { seq: undefined, hash: chain[4].hash.slice(0, 12) }];
    expect(await verifyLines(['', ...lines, ''], heads)).toEqual({
      ...{ rows: SIZE, withheld: 0, behind: 0, faults: [], count: 0 },
      head: { seq: SIZE, hash: chain[SIZE - 1].hash },
      confirmed: [
        { seq: 5, hash: chain[4].hash },
        { seq: SIZE, hash: chain[SIZE - 1].hash },
      ],
    });
  });

  it('may keep the rows of others to itself, and begin late', async () => {
    const some = [
      behindLine(chain[3]),
      ...chain.slice(4).map((row, i) => (i % 3 === 0 ? withheldLine(row) : lineOf(row))),
    ];
    expect(await verifyLines(some, [head])).toMatchObject({ rows: 8, withheld: 3, behind: 4, faults: [] });
    expect(await faultsOf([behindLine(chain[2]), ...some.slice(1)])).toEqual([{ what: 'missing', seq: 4, to: 4 }]);
  });

  it('is the same however its lines are spaced and their keys ordered', async () => {
    const loose = lines.map((line) => {
      const { body, ...rest } = JSON.parse(line);
      return JSON.stringify({ ...rest, body: Object.fromEntries(Object.entries(body).reverse()) }, null, 1).replaceAll(
        '\n',
        ' ',
      );
    });
    expect(await faultsOf(loose, [head])).toEqual([]);
  });
});

describe('each single row', () => {
  it.each(every)('%i altered is named', async (seq) => {
    for (const over of [otherPrice, () => ({ ts: 1 }), () => ({ kind: 'note' })])
      expect(await faultsOf(changed(seq, over))).toEqual([{ what: 'altered', seq }]);
  });

  it.each(every)('%i with a hash that is not its own is named', async (seq) => {
    const found = await faultsOf(changed(seq, () => ({ hash: 'a'.repeat(64) })));
    expect(found[0]).toEqual({ what: 'altered', seq });
  });

  it.each(every)('%i altered with its hash made to fit is named by the next one, or by a known head', async (seq) => {
    const forged = changed(seq, (row) => ({ ...otherPrice(row), hash: hashOf({ ...row, ...otherPrice(row) }) }));
    const expected = seq === SIZE ? { what: 'rewritten', seq } : { what: 'unlinked', seq: seq + 1 };
    expect((await faultsOf(forged, [head]))[0]).toEqual(expected);
  });

  it.each(every)('%i altered with all behind it made to fit is found with a known head', async (seq) => {
    expect(await faultsOf(rewrittenFrom(seq))).toEqual([]);
    expect(await faultsOf(rewrittenFrom(seq), [head])).toEqual([{ what: 'rewritten', seq: SIZE }]);
    const bare = { seq: undefined, hash: head.hash };
    expect(await faultsOf(rewrittenFrom(seq), [bare])).toEqual([{ what: 'rewritten', seq: SIZE }]);
  });

  it.each(every)('%i removed is named', async (seq) => {
    const expected = seq === SIZE ? { what: 'short', seq } : { what: 'missing', seq, to: seq };
    expect(
      (
        await faultsOf(
          lines.filter((_, i) => i !== seq - 1),
          [head],
        )
      )[0],
    ).toEqual(expected);
  });

  it.each(every.slice(1))('from %i on removed is found with a known head', async (seq) => {
    expect(await faultsOf(lines.slice(0, seq - 1), [head])).toEqual([{ what: 'short', seq: SIZE }]);
  });

  it.each(every)('inserted at %i is named', async (seq) => {
    const copy = lines[seq % SIZE];
    const forged = chainBehind(seq === 1 ? GENESIS : chain[seq - 2], entries(1));
    const among = (line: string) => [...lines.slice(0, seq - 1), line, ...lines.slice(seq - 1)];
    const copied = (await faultsOf(among(copy))).map(({ what }) => what);
    expect(copied.some((what) => what === 'doubled' || what === 'moved')).toBe(true);
    const found = await faultsOf(among(lineOf(forged[0])));
    expect(found[0]).toEqual({ what: 'doubled', seq });
  });

  it.each(every.slice(1))('%i before the one in front of it is named', async (seq) => {
    const swapped = [...lines];
    [swapped[seq - 2], swapped[seq - 1]] = [swapped[seq - 1], swapped[seq - 2]];
    expect(await faultsOf(swapped, [head])).toEqual([{ what: 'moved', seq: seq - 1 }]);
  });
});

it('names the line that is no row', async () => {
  const [first, ...rest] = lines;
  const extra = `${rest[0].slice(0, -1)},"note":"x"}`;
  expect(await faultsOf([first, 'x', ...rest])).toContainEqual({ what: 'unreadable', seq: 2 });
  expect(await faultsOf([first, extra, ...rest.slice(1)])).toContainEqual({ what: 'unreadable', seq: 2 });
  expect(await faultsOf([first, rest[0].replace('"s0"', '"\\ud83d"'), ...rest.slice(1)])).toContainEqual({
    ...{ what: 'unreadable', seq: 2 },
  });
});

/** Somebody with the file and a text editor, who knows how to compute a hash. */
type Edit = (file: readonly string[], at: number, other: number) => readonly string[];
const rehash = (line: string, over: object): string => {
  const row = { ...JSON.parse(line), ...over };
  const made = { ...row, body: JSON.stringify(row.body) };
  return lineOf({ ...made, hash: hashOf(made) });
};
const EDITS: Readonly<Record<string, Edit>> = {
  altered: (file, at) => file.with(at, file[at].replace(/"ts":(\d)/g, '"ts":$10')),
  'altered and made to fit': (file, at) => file.with(at, rehash(file[at], { ts: 5 })),
  'altered in one character': (file, at, other) => {
    const digit = 10 + (other % 40);
    return file.with(at, `${file[at].slice(0, digit)}~${file[at].slice(digit + 1)}`);
  },
  removed: (file, at) => file.toSpliced(at, 1),
  'removed with what is behind it': (file, at) => file.slice(0, at),
  inserted: (file, at, other) => file.toSpliced(at, 0, file[other % file.length]),
  'inserted and made to fit': (file, at, other) =>
    file.toSpliced(at, 0, rehash(file[other % file.length], { previous: JSON.parse(file[at]).previous })),
  swapped: (file, at, other) => file.with(at, file[other % file.length]).with(other % file.length, file[at]),
  withheld: (file, at) => file.with(at, withheldLine({ ...JSON.parse(file[at]), hash: 'b'.repeat(64) })),
};

it('is never found whole after any edits, with the head that somebody kept', async () => {
  const edit = fc.tuple(fc.constantFrom(...Object.keys(EDITS)), fc.nat(SIZE - 1), fc.nat());
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
      let file: readonly string[] = lines;
      for (const [name, at, other] of edits) {
        if (file.length === 0) break;
        try {
          file = EDITS[name](file, at % file.length, other);
        } catch {
          // What an earlier edit broke cannot be made to fit.
        }
      }
      const isSame = file.length === SIZE && file.every((line, i) => line === lines[i]);
      const { count } = await verifyLines(file, [head]);
      expect(count > 0, JSON.stringify(edits)).toBe(!isSame);
    }),
    { numRuns: 200 },
  );
});
