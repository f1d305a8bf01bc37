/**
 * What p-values become where many tests were made: of all that are called true below a level, that share at most is false on average.
 *
 * @param pValues 0 to 1, of any order
 * @returns adjusted values in the same order, each at least as large
 * @see Y. Benjamini, Y. Hochberg, J. Royal Statistical Society B 57, 1995
 */
export function adjustForMany(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[b] - pValues[a]);
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  order.forEach((index, behind) => {
    const rank = pValues.length - behind;
    least = Math.min(least, (pValues[index] * pValues.length) / rank);
    adjusted[index] = least;
  });
  return adjusted;
}
