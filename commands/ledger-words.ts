import type { LedgerFault, LedgerReport } from '../db/ledger-verify.ts';

/** What is wrong with one row, as a sentence without its point. */
export function faultWords({ what, seq, to = seq }: LedgerFault): string {
  switch (what) {
    case 'altered':
      return `row ${seq} was altered: its content has another hash`;
    case 'unlinked':
      return `row ${seq} does not follow row ${seq - 1}: one of them was replaced`;
    case 'missing':
      return to === seq ? `row ${seq} is missing` : `rows ${seq} to ${to} are missing`;
    case 'moved':
      return `row ${seq} stands behind a later one`;
    case 'doubled':
      return `row ${seq} was inserted: its number was there already`;
    case 'rewritten':
      return `row ${seq} is not the one whose hash was known: the ledger was rewritten`;
    case 'short':
      return `the ledger ends before row ${seq}, whose hash was known`;
    case 'unreadable':
      return `line ${seq} is no row`;
  }
}

const some = (count: number, one: string): string => `${count.toLocaleString('en')} ${count === 1 ? one : `${one}s`}`;

/** What a look at the whole chain came to: one line, then one for each thing that is wrong. */
export function reportWords({
  rows,
  withheld,
  behind,
  head,
  faults,
  count,
  confirmed,
}: LedgerReport): readonly string[] {
  if (count > 0) {
    const more = count > faults.length ? [`and ${some(count - faults.length, 'more')}`] : [];
    return [
      `The ledger is not what it was: ${some(count, 'fault')} in ${some(rows, 'row')}`,
      ...faults.map(faultWords),
      ...more,
    ];
  }
  if (rows === 0) return ['The ledger has no rows yet'];
  const hidden = withheld === 0 ? '' : `, ${withheld.toLocaleString('en')} of them by their hash alone`;
  const from = behind === 0 ? '' : `; what came before row ${behind + 1} is not in it`;
  return [
    `The ledger is whole: ${some(rows, 'row')}${hidden}, each follows the one before${from}`,
    `Its head is row ${head.seq}, ${head.hash}`,
    ...confirmed.map(
      ({ seq, hash }) => `The hash ${hash.slice(0, 12)}… is that of row ${seq}: nothing up to there has changed since`,
    ),
  ];
}

/** A hash that somebody has kept, or 8 characters of it at least, and its row where they have that too: `1234:ab12…`. */
export function readHead(typed: string): { readonly seq: number | undefined; readonly hash: string } | undefined {
  const [, seq, hash] = /^(?:#?(\d{1,12})[:\s]\s*)?([0-9a-f]{8,64})…?$/i.exec(typed.trim()) ?? [];
  return hash === undefined
    ? undefined
    : { seq: seq === undefined ? undefined : Number(seq), hash: hash.toLowerCase() };
}
