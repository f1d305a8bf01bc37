import { createDraw } from '../quant/random.ts';

/** What the same trades could have come to in another order and choice: shares of the equity at the beginning. */
export interface ResampledBand {
  readonly runs: number;
  /** Growth that 5, 50 and 95 percent of the runs stay below, as a fraction. */
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  /** Deepest fall that 95 percent of the runs stay below. */
  readonly drawdown: number;
  /** Share of the runs that lost. */
  readonly losing: number;
}

/** Fewer trades than these say nothing. */
export const LEAST_TRADES = 10;

/**
 * Draws as many trades as there are from them, with replacement, again and again (bootstrap): trades are taken for independent of each
 * other. Each changes the equity by its share of it.
 *
 * @param shares what each trade made of the equity at its entry, as a fraction
 * @returns undefined for fewer than 10 trades
 * @see B. Efron, Annals of Statistics 7, 1979
 */
export function resampleTrades(shares: readonly number[], runs = 1000, seed = 1): ResampledBand | undefined {
  if (shares.length < LEAST_TRADES) return undefined;
  const draw = createDraw(seed);
  const ends = new Float64Array(runs);
  const falls = new Float64Array(runs);
  for (let run = 0; run < runs; run++) {
    let [equity, top, fall] = [1, 1, 0];
    for (let i = 0; i < shares.length; i++) {
      equity *= Math.max(0, 1 + shares[Math.floor(draw() * shares.length)]!);
      top = Math.max(top, equity);
      fall = Math.max(fall, 1 - equity / top);
    }
    ends[run] = equity - 1;
    falls[run] = fall;
  }
  ends.sort();
  falls.sort();
  const at = (sorted: Float64Array, p: number): number => sorted[Math.min(runs - 1, Math.floor(p * runs))]!;
  return {
    runs,
    low: at(ends, 0.05),
    middle: at(ends, 0.5),
    high: at(ends, 0.95),
    drawdown: at(falls, 0.95),
    losing: ends.filter((each) => each < 0).length / runs,
  };
}
