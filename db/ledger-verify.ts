import { GENESIS, type LedgerHead } from '../engine/ledger/rows.ts';
import { hashOf, type LedgerRow } from './ledger-chain.ts';

/** A row of another chat in an export: its place in the chain, without what it says. */
export type WithheldRow = Pick<LedgerRow, 'seq' | 'previous' | 'hash'>;

/** A hash that somebody keeps, whole or its beginning, and the number of its row where they have that too. */
export interface KnownHead {
  readonly seq: number | undefined;
  readonly hash: string;
}

/**
 * `altered`: its content has another hash. `unlinked`: it does not follow the row before it: one of the two was replaced. `missing`: this
 * row and those up to `to` are not there. `moved`: it stands behind a later one. `doubled`: its number was there already. `rewritten`: a
 * known head is not in the chain, though its place is. `short`: the chain ends before a known head. `unreadable`: that line is no row.
 */
export interface LedgerFault {
  readonly what: 'altered' | 'unlinked' | 'missing' | 'moved' | 'doubled' | 'rewritten' | 'short' | 'unreadable';
  /** Of the row that it is about; of a known head without a number that of the last row; of the line where it is unreadable. */
  readonly seq: number;
  readonly to?: number;
}

export interface LedgerReport {
  readonly rows: number;
  /** Of them, those whose content is not there to be looked at. */
  readonly withheld: number;
  /** The row that the chain was taken up behind; 0: it is whole. */
  readonly behind: number;
  readonly head: LedgerHead;
  /** What is wrong, by row; the first twenty of `count`. */
  readonly faults: readonly LedgerFault[];
  readonly count: number;
  /** Known heads that are in the chain. */
  readonly confirmed: readonly LedgerHead[];
}

export interface LedgerCheck {
  /** One row after the other, as they stand. @param isSound false: something else about it is wrong */
  row(row: LedgerRow | WithheldRow, isSound?: boolean): void;
  /** What is no row. */
  unreadable(line: number): void;
  report(): LedgerReport;
}

const MOST_TOLD = 20;

/** Follows the chain row by row, in O(1) a row. @param behind the head that it is taken up behind; @param heads that must be in it */
export function createLedgerCheck(heads: readonly KnownHead[] = [], behind: LedgerHead = GENESIS): LedgerCheck {
  const faults: LedgerFault[] = [];
  const confirmed = new Map<KnownHead, LedgerHead>();
  /** Numbers that were passed over, and not seen since. */
  const gaps: { from: number; to: number }[] = [];
  let last: LedgerHead = behind;
  let [rows, withheld] = [0, 0];

  /** Whether the number was passed over; it is not from now on. */
  function fill(seq: number): boolean {
    const index = gaps.findIndex(({ from, to }) => from <= seq && seq <= to);
    if (index < 0) return false;
    const { from, to } = gaps[index];
    const rest = [
      { from, to: seq - 1 },
      { from: seq + 1, to },
    ];
    gaps.splice(index, 1, ...rest.filter((gap) => gap.from <= gap.to));
    return true;
  }

  function place({ seq, previous, hash }: WithheldRow): void {
    if (seq <= last.seq) {
      faults.push({ what: fill(seq) ? 'moved' : 'doubled', seq });
      return;
    }
    if (seq > last.seq + 1) gaps.push({ from: last.seq + 1, to: seq - 1 });
    else if (previous !== last.hash) faults.push({ what: 'unlinked', seq });
    last = { seq, hash };
  }

  return {
    row(row, isSound = true) {
      rows++;
      const { seq, hash } = row;
      if (!('body' in row)) withheld++;
      else if (!isSound || hashOf(row) !== hash) faults.push({ what: 'altered', seq });
      for (const head of heads) {
        if ((head.seq ?? seq) === seq && hash.startsWith(head.hash)) confirmed.set(head, { seq, hash });
      }
      place(row);
    },
    unreadable(line) {
      faults.push({ what: 'unreadable', seq: line });
    },
    report() {
      const all = [...faults, ...gaps.map(({ from, to }): LedgerFault => ({ what: 'missing', seq: from, to }))];
      for (const head of heads) {
        if (confirmed.has(head) || (head.seq !== undefined && head.seq <= behind.seq)) continue;
        const isShort = head.seq !== undefined && head.seq > last.seq;
        all.push({ what: isShort ? 'short' : 'rewritten', seq: head.seq ?? last.seq });
      }
      all.sort((a, b) => a.seq - b.seq);
      return {
        ...{ rows, withheld, behind: behind.seq, head: last, confirmed: [...confirmed.values()] },
        ...{ faults: all.slice(0, MOST_TOLD), count: all.length },
      };
    },
  };
}
