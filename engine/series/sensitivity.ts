import type { CombineOp } from './arithmetic.ts';

const UNKNOWN = Number.POSITIVE_INFINITY;

/**
 * How far `op` over `values` moves at most for each unit of what moves it, where its parts move by at most `moves` for each,
 * and that by at most `reach` in all. Infinity where no bound is known.
 *
 * @param values the parts as they are now
 * @param moves 0 for constants
 */
export function combinedSensitivity(
  op: CombineOp,
  values: ArrayLike<number>,
  moves: ArrayLike<number>,
  reach: number,
): number {
  const [a, b, da, db] = [values[0], values[1], moves[0], moves[1]];
  switch (op) {
    case '+':
    case '-':
      return da + db;
    case '*':
      return times(Math.abs(a) + times(da, reach), db) + times(Math.abs(b), da);
    case '/': {
      const least = Math.abs(b) - times(db, reach);
      return least > 0 ? (da + times(Math.abs(a / b), db)) / least : UNKNOWN;
    }
    case 'min':
    case 'max': {
      let most = 0;
      for (let i = 0; i < moves.length; i++) most = Math.max(most, moves[i]);
      return most;
    }
    case 'abs':
      return da;
    default:
      return UNKNOWN;
  }
}

/** A product in which nothing times anything is nothing. */
function times(x: number, y: number): number {
  return x === 0 || y === 0 ? 0 : x * y;
}
