import type { Kernel } from '../catalog-entry.ts';

/** A line and how far from it its bands are to lie. */
export interface Banded {
  line: number;
  reach: number;
}

interface State {
  line: number;
  lower: number;
  upper: number;
  isUp: boolean;
}

const before = (): State => ({ line: Number.NaN, lower: Number.NaN, upper: Number.NaN, isUp: true });

/**
 * The trailing stop of the QQE: bands that follow a line only towards it until it crosses them. The lower one while the line is
 * on its way up, the upper one on its way down.
 */
export class TrailingBandsKernel implements Kernel<Banded> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private earlier = before();
  private closed = before();
  private open = before();

  add(input: Banded): void {
    const { earlier } = this;
    this.earlier = this.closed;
    this.closed = this.open;
    this.open = earlier;
    this.replace(input);
  }

  replace({ line, reach }: Banded): void {
    const { earlier, closed, open } = this;
    const holdsLower = closed.line > closed.lower && line > closed.lower;
    const holdsUpper = closed.line < closed.upper && line < closed.upper;
    open.line = line;
    open.lower = holdsLower ? Math.max(closed.lower, line - reach) : line - reach;
    open.upper = holdsUpper ? Math.min(closed.upper, line + reach) : line + reach;
    if (crosses(closed.line, line, earlier.upper, closed.upper)) open.isUp = true;
    else if (crosses(closed.line, line, earlier.lower, closed.lower)) open.isUp = false;
    else open.isUp = closed.isUp;
    this.values[0] = open.isUp ? open.lower : open.upper;
  }
}

/** Whether a line that went from `from` to `to` changed sides with a band that went from `bandFrom` to `bandTo`. */
const crosses = (from: number, to: number, bandFrom: number, bandTo: number): boolean =>
  (to > bandTo && from <= bandFrom) || (to < bandTo && from >= bandFrom);
