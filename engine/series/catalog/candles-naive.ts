import type { Bar } from '../../market/events.ts';

/**
 * The patterns as TA-Lib's C code has them, written out over arrays for the tests: `o`, `h`, `l` and `c` are the columns, `i` is the bar
 * that is judged.
 */
interface Columns {
  readonly o: readonly number[];
  readonly h: readonly number[];
  readonly l: readonly number[];
  readonly c: readonly number[];
}

const columnsOf = (bars: readonly Bar[]): Columns => ({
  o: bars.map((bar) => bar.open),
  h: bars.map((bar) => bar.high),
  l: bars.map((bar) => bar.low),
  c: bars.map((bar) => bar.close),
});

const realBody = ({ o, c }: Columns, i: number): number => Math.abs(c[i]! - o[i]!);
const highLow = ({ h, l }: Columns, i: number): number => h[i]! - l[i]!;
const isWhite = ({ o, c }: Columns, i: number): boolean => c[i]! >= o[i]!;
const upper = ({ o, h, c }: Columns, i: number): number => h[i]! - Math.max(o[i]!, c[i]!);
const lower = ({ o, l, c }: Columns, i: number): number => Math.min(o[i]!, c[i]!) - l[i]!;

/** `factor` times the mean of what the `period` bars before bar `i` have. */
function average(of: (x: Columns, i: number) => number, period: number, factor: number, x: Columns, i: number): number {
  let total = 0;
  for (let k = 1; k <= period; k++) total += of(x, i - k);
  return (factor * total) / period;
}
const bodyMean = (x: Columns, i: number): number => average(realBody, 10, 1, x, i);
const doji = (x: Columns, i: number): number => average(highLow, 10, 0.1, x, i);
const veryShort = doji;
const near = (x: Columns, i: number): number => average(highLow, 5, 0.2, x, i);
const far = (x: Columns, i: number): number => average(highLow, 5, 0.6, x, i);
const equal = (x: Columns, i: number): number => average(highLow, 5, 0.05, x, i);

const gapsUp = ({ o, c }: Columns, i: number): boolean => Math.min(o[i]!, c[i]!) > Math.max(o[i - 1]!, c[i - 1]!);
const gapsDown = ({ o, c }: Columns, i: number): boolean => Math.max(o[i]!, c[i]!) < Math.min(o[i - 1]!, c[i - 1]!);
const hangs = (x: Columns, i: number): boolean =>
  realBody(x, i) < bodyMean(x, i) && lower(x, i) > realBody(x, i) && upper(x, i) < veryShort(x, i);
const stands = (x: Columns, i: number): boolean =>
  realBody(x, i) < bodyMean(x, i) && upper(x, i) > realBody(x, i) && lower(x, i) < veryShort(x, i);

type Judge = (x: Columns, i: number, penetration: number) => number;

const single: Readonly<Record<string, Judge>> = {
  doji: (x, i) => (realBody(x, i) <= doji(x, i) ? 100 : 0),
  dragonflydoji: (x, i) =>
    realBody(x, i) <= doji(x, i) && upper(x, i) < veryShort(x, i) && lower(x, i) > veryShort(x, i) ? 100 : 0,
  gravestonedoji: (x, i) =>
    realBody(x, i) <= doji(x, i) && lower(x, i) < veryShort(x, i) && upper(x, i) > veryShort(x, i) ? 100 : 0,
  hammer: (x, i) => (hangs(x, i) && Math.min(x.o[i]!, x.c[i]!) <= x.l[i - 1]! + near(x, i - 1) ? 100 : 0),
  hangingman: (x, i) => (hangs(x, i) && Math.min(x.o[i]!, x.c[i]!) >= x.h[i - 1]! - near(x, i - 1) ? -100 : 0),
  invertedhammer: (x, i) => (stands(x, i) && gapsDown(x, i) ? 100 : 0),
  shootingstar: (x, i) => (stands(x, i) && gapsUp(x, i) ? -100 : 0),
  marubozu: (x, i) => {
    const isBare = upper(x, i) < veryShort(x, i) && lower(x, i) < veryShort(x, i);
    if (!isBare || realBody(x, i) <= bodyMean(x, i)) return 0;
    return isWhite(x, i) ? 100 : -100;
  },
  spinningtop: (x, i) => {
    const size = realBody(x, i);
    if (size >= bodyMean(x, i) || upper(x, i) <= size || lower(x, i) <= size) return 0;
    return isWhite(x, i) ? 100 : -100;
  },
};

const groups: Readonly<Record<string, Judge>> = {
  engulfing({ o, c }, i) {
    const [o0, c0, o1, c1] = [o[i]!, c[i]!, o[i - 1]!, c[i - 1]!];
    const up = c0 >= o0 && c1 < o1 && ((c0 >= o1 && o0 < c1) || (c0 > o1 && o0 <= c1));
    const down = c0 < o0 && c1 >= o1 && ((o0 >= c1 && c0 < o1) || (o0 > c1 && c0 <= o1));
    if (!up && !down) return 0;
    return (up ? 1 : -1) * (o0 !== c1 && c0 !== o1 ? 100 : 80);
  },
  harami(x, i) {
    if (realBody(x, i - 1) <= bodyMean(x, i - 1) || realBody(x, i) > bodyMean(x, i)) return 0;
    const [max, min] = [Math.max(x.c[i]!, x.o[i]!), Math.min(x.c[i]!, x.o[i]!)];
    const [max1, min1] = [Math.max(x.c[i - 1]!, x.o[i - 1]!), Math.min(x.c[i - 1]!, x.o[i - 1]!)];
    const sign = isWhite(x, i - 1) ? -1 : 1;
    if (max < max1 && min > min1) return sign * 100;
    return max <= max1 && min >= min1 ? sign * 80 : 0;
  },
  piercing(x, i) {
    const { o, l, c } = x;
    const first = !isWhite(x, i - 1) && realBody(x, i - 1) > bodyMean(x, i - 1);
    const second = isWhite(x, i) && realBody(x, i) > bodyMean(x, i) && o[i]! < l[i - 1]!;
    return first && second && c[i]! < o[i - 1]! && c[i]! > c[i - 1]! + realBody(x, i - 1) * 0.5 ? 100 : 0;
  },
  darkcloud(x, i, penetration) {
    const { o, h, c } = x;
    const first = isWhite(x, i - 1) && realBody(x, i - 1) > bodyMean(x, i - 1);
    const second = !isWhite(x, i) && o[i]! > h[i - 1]! && c[i]! > o[i - 1]!;
    return first && second && c[i]! < c[i - 1]! - realBody(x, i - 1) * penetration ? -100 : 0;
  },
  tweezer(x, i) {
    if (realBody(x, i - 1) <= bodyMean(x, i - 1) || isWhite(x, i) === isWhite(x, i - 1)) return 0;
    if (isWhite(x, i)) return Math.abs(x.l[i]! - x.l[i - 1]!) <= equal(x, i - 1) ? 100 : 0;
    return Math.abs(x.h[i]! - x.h[i - 1]!) <= equal(x, i - 1) ? -100 : 0;
  },
  morningstar(x, i, penetration) {
    const first = realBody(x, i - 2) > bodyMean(x, i - 2) && !isWhite(x, i - 2);
    const second = realBody(x, i - 1) <= bodyMean(x, i - 1) && gapsDown(x, i - 1);
    const third = realBody(x, i) > bodyMean(x, i) && isWhite(x, i);
    return first && second && third && x.c[i]! > x.c[i - 2]! + realBody(x, i - 2) * penetration ? 100 : 0;
  },
  eveningstar(x, i, penetration) {
    const first = realBody(x, i - 2) > bodyMean(x, i - 2) && isWhite(x, i - 2);
    const second = realBody(x, i - 1) <= bodyMean(x, i - 1) && gapsUp(x, i - 1);
    const third = realBody(x, i) > bodyMean(x, i) && !isWhite(x, i);
    return first && second && third && x.c[i]! < x.c[i - 2]! - realBody(x, i - 2) * penetration ? -100 : 0;
  },
  threewhitesoldiers(x, i) {
    const { o, c } = x;
    const isThere =
      [i - 2, i - 1, i].every((k) => isWhite(x, k) && upper(x, k) < veryShort(x, k)) &&
      c[i]! > c[i - 1]! &&
      c[i - 1]! > c[i - 2]! &&
      o[i - 1]! > o[i - 2]! &&
      o[i - 1]! <= c[i - 2]! + near(x, i - 2) &&
      o[i]! > o[i - 1]! &&
      o[i]! <= c[i - 1]! + near(x, i - 1) &&
      realBody(x, i - 1) > realBody(x, i - 2) - far(x, i - 2) &&
      realBody(x, i) > realBody(x, i - 1) - far(x, i - 1) &&
      realBody(x, i) > bodyMean(x, i);
    return isThere ? 100 : 0;
  },
  threeblackcrows(x, i) {
    const { o, h, c } = x;
    const isThere =
      isWhite(x, i - 3) &&
      [i - 2, i - 1, i].every((k) => !isWhite(x, k) && lower(x, k) < veryShort(x, k)) &&
      o[i - 1]! < o[i - 2]! &&
      o[i - 1]! > c[i - 2]! &&
      o[i]! < o[i - 1]! &&
      o[i]! > c[i - 1]! &&
      h[i - 3]! > c[i - 2]! &&
      c[i - 2]! > c[i - 1]! &&
      c[i - 1]! > c[i]!;
    return isThere ? -100 : 0;
  },
};

export const NAIVE_PATTERNS: Readonly<Record<string, Judge>> = { ...single, ...groups };

/** What the pattern says of each bar from `first` on. */
export function judgeAll(name: string, bars: readonly Bar[], first: number, penetration = Number.NaN): number[] {
  const columns = columnsOf(bars);
  return bars.slice(first).map((_, i) => NAIVE_PATTERNS[name]!(columns, first + i, penetration));
}
