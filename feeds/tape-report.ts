import { basename } from 'node:path';

/** What one pass over a tape could read of it. */
export interface TapeReport {
  good(): void;
  bad(line: number, fault: string): void;
  readonly malformed: number;
  /** Why the tape is of no use at all; undefined where a line of it could be read. To be asked when the pass is over. */
  useless(): string | undefined;
  /** What is to be said at its end. */
  ending(): string;
}

export function createTapeReport(file: string): TapeReport {
  let good = 0;
  let malformed = 0;
  let first = '';
  const badLines = (): string =>
    malformed === 1 ? `1 line was bad: ${first}` : `${malformed} lines were bad, the first is ${first}`;
  return {
    good() {
      good++;
    },
    bad(line, fault) {
      if (malformed++ === 0) first = `line ${line}: ${fault}`;
    },
    get malformed() {
      return malformed;
    },
    useless() {
      if (good > 0) return undefined;
      if (malformed === 0) return `${basename(file)} is empty`;
      return `${basename(file)} holds no readable line (${badLines()})`;
    },
    ending: () => (malformed === 0 ? 'the tape has ended' : `the tape has ended; ${badLines()}`),
  };
}
