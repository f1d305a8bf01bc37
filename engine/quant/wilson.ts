import { normalQuantile } from './normal.ts';

/**
 * Where a share may lie of which a sample is known, with 95 % confidence.
 *
 * @param hits 0 to `count`
 * @param count above 0
 * @see E. B. Wilson, J. American Statistical Association 22, 1927
 */
export function wilsonInterval(hits: number, count: number): { readonly low: number; readonly high: number } {
  const z = normalQuantile(0.975);
  const share = hits / count;
  const middle = share + (z * z) / (2 * count);
  const reach = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const whole = 1 + (z * z) / count;
  return { low: Math.max(0, (middle - reach) / whole), high: Math.min(1, (middle + reach) / whole) };
}
