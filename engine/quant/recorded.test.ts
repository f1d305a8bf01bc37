import { describe, expect, it } from 'vitest';
import { hasRecordings, RECORDED, recordedBars } from '../../test/doubles/recorded-bars.ts';
import { fitGarch } from './garch.ts';
import { followLine } from './kalman.ts';
import { logReturns, mean } from './sample.ts';

/** The last 2,001 closes. */
const closesOf = (symbol: (typeof RECORDED)[number]): Float64Array =>
  Float64Array.from(recordedBars(symbol).slice(-2_001), ({ close }) => close);

/**
 * With numpy 1.24.2 and scipy 1.10.1. GARCH: log returns less their mean, the first variance that of the sample; the likelihood is written
 * out as a loop and least by Nelder and Mead (xatol and fatol 1e-9) from (0.05, 0.05, 0.9) and (0.1, 0.15, 0.8), the better of the two:
 * omega, alpha, beta, log-likelihood. Kalman: ETHBTC on LTCBTC, each over its mean, Chan's filter with 2x2 matrices, delta 1e-6, noise 1e-5, prior
 * 100: slope, intercept, surprise and expected of the last bar.
 */
const REFERENCE = {
  ETHBTC: [9.016130172837811e-7, 0.08563073865817762, 0.753661027914595, 9294.994885321197],
  LTCBTC: [3.114635853248488e-6, 0.21548346348756106, 0.4138713932812782, 8911.148839669082],
  kalman: [0.12610421911431352, 0.950482044598537, 0.003932683328614406, 0.003951393637874847],
} as const;

function expectNear(given: readonly number[], wanted: readonly number[], share: number): void {
  for (const [i, value] of given.entries()) expect(Math.abs(value / wanted[i] - 1), `${i}`).toBeLessThan(share);
}

describe.skipIf(!hasRecordings)('of recorded prices', () => {
  it.each(RECORDED)('GARCH of %s is scipy’s', (symbol) => {
    const { omega, alpha, beta, logLikelihood, converged } = fitGarch(logReturns(closesOf(symbol)));
    expect(converged).toBe(true);
    // The likelihood is flat at its top: parameters agree to fewer digits than it does.
    expectNear([omega, alpha, beta], REFERENCE[symbol].slice(0, 3), 1e-3);
    expectNear([logLikelihood], [REFERENCE[symbol][3]], 1e-9);
  });

  it('Kalman’s filter is the one that is written with matrices', () => {
    const [y, x] = RECORDED.map(closesOf).map((closes) => closes.map((close) => close / mean(closes)));
    const { slope, intercept, surprise, expected } = followLine(y, x, { delta: 1e-6, noise: 1e-5, prior: 100 });
    const last = y.length - 1;
    expectNear([slope[last], intercept[last], surprise[last], expected[last]], REFERENCE.kalman, 1e-7);
  });
});
