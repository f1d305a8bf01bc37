import type { CombineOp } from './arithmetic.ts';

/**
 * Which way a value may go while what moves it (the last price, or what is traded) goes up, and while it goes down: bits of
 * a number. A value that no bit lets rise stays at or below where it is, however the other goes to and fro.
 */
export const UP_RAISES = 1;
export const UP_LOWERS = 2;
export const DOWN_RAISES = 4;
export const DOWN_LOWERS = 8;

/** It never goes against what moves it: an average. */
export const RISING = UP_RAISES | DOWN_LOWERS;
/** It never goes with it. */
export const FALLING = UP_LOWERS | DOWN_RAISES;
/** It never falls: the range of a bar. */
export const GROWING = UP_RAISES | DOWN_RAISES;
/** Nothing is known. */
export const ANY_WAY = RISING | FALLING;
/** It stays. */
export const NO_WAY = 0;

const UP = UP_RAISES | UP_LOWERS;
const RAISES = UP_RAISES | DOWN_RAISES;
const LOWERS = UP_LOWERS | DOWN_LOWERS;

/** The ways of a value that goes by `own` with an input that goes by `input`. */
export function through(own: number, input: number): number {
  const [whenRaised, whenLowered] = [own & UP, own >> 2];
  const ways = (moves: number): number => (moves & UP_RAISES ? whenRaised : 0) | (moves & UP_LOWERS ? whenLowered : 0);
  return ways(input) | (ways(input >> 2) << 2);
}

/** The ways of what is taken off. */
export const turnedRound = (ways: number): number => ((ways & RAISES) << 1) | ((ways & LOWERS) >> 1);

/**
 * The ways of `op` over `values`.
 *
 * @param moves of each part 0 where it stays
 * @param ways of each part
 */
export function combinedWays(
  op: CombineOp,
  values: ArrayLike<number>,
  moves: ArrayLike<number>,
  ways: ArrayLike<number>,
): number {
  const of = (i: number): number => (moves[i] === 0 ? NO_WAY : ways[i]);
  switch (op) {
    case '+':
      return of(0) | of(1);
    case '-':
      return of(0) | turnedRound(of(1));
    case '*':
      if (of(0) === NO_WAY) return scaled(of(1), values[0]);
      return of(1) === NO_WAY ? scaled(of(0), values[1]) : ANY_WAY;
    case '/':
      return of(1) === NO_WAY ? scaled(of(0), values[1]) : ANY_WAY;
    case 'min':
    case 'max': {
      let all = NO_WAY;
      for (let i = 0; i < moves.length; i++) all |= of(i);
      return all;
    }
    default:
      return ANY_WAY;
  }
}

const scaled = (ways: number, factor: number): number => (factor < 0 ? turnedRound(ways) : ways);
