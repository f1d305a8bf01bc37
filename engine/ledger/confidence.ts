/** A signal of the same strategy that has ended. */
export interface PastSignal {
  readonly instrument: string;
  readonly side: 'long' | 'short';
  /** Fraction after fees and slippage. */
  readonly result: number;
}

/** Below so many past signals of its strategy there is no confidence. */
export const LEAST_FOR_CONFIDENCE = 20;
/** What is presumed weighs as much as so many signals. */
const WEIGHT = 20;

/**
 * How often signals like this one ended above zero: the hit rate of those on the same instrument and side, drawn towards that of the whole
 * strategy, which is drawn towards one half; what each is drawn towards weighs as much as 20 signals (the mean of a beta distribution).
 *
 * @param past of the strategy, and ended before the new one was raised
 * @returns 0 to 1; undefined for fewer than 20
 */
export function confidenceOf(
  past: readonly PastSignal[],
  like: Pick<PastSignal, 'instrument' | 'side'>,
): number | undefined {
  if (past.length < LEAST_FOR_CONFIDENCE) return undefined;
  const near = past.filter(({ instrument, side }) => instrument === like.instrument && side === like.side);
  const drawn = (some: readonly PastSignal[], towards: number): number =>
    (some.filter(({ result }) => result > 0).length + WEIGHT * towards) / (some.length + WEIGHT);
  return drawn(near, drawn(past, 0.5));
}
