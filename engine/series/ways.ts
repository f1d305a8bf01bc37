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
export const through = (own: number, input: number): number => taken(own, input) | (taken(own, input >> 2) << 2);

/** What comes of one direction, in which the input may rise, fall or both. */
const taken = (own: number, input: number): number =>
  (input & UP_RAISES ? own & UP : 0) | (input & UP_LOWERS ? own >> 2 : 0);

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
  const [a, b] = [moves[0] === 0 ? NO_WAY : ways[0], moves[1] === 0 ? NO_WAY : ways[1]];
  switch (op) {
    case '+':
      return a | b;
    case '-':
      return a | turnedRound(b);
    case '*':
      if (a === NO_WAY) return scaled(b, values[0]);
      return b === NO_WAY ? scaled(a, values[1]) : ANY_WAY;
    case '/':
      return b === NO_WAY ? scaled(a, values[1]) : ANY_WAY;
    case 'min':
    case 'max': {
      let all = NO_WAY;
      for (let i = 0; i < moves.length; i++) if (moves[i] !== 0) all |= ways[i];
      return all;
    }
    default:
      return ANY_WAY;
  }
}

const scaled = (ways: number, factor: number): number => (factor < 0 ? turnedRound(ways) : ways);
