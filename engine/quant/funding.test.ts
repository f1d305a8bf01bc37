import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../market/interval.ts';
import { type FundingFacts, fundingReport } from './funding.ts';

const NOW = 1_700_000_000_000;
const points = (...pairs: readonly (readonly [ago: number, value: number])[]) => ({
  times: pairs.map(([ago]) => NOW - ago),
  values: pairs.map(([, value]) => value),
});
const NONE: FundingFacts = {
  ...{ funding: undefined, nextFunding: undefined, mark: undefined, index: undefined, openInterest: undefined },
};

describe('what is known of funding', () => {
  it('is nothing without a rate', () => {
    expect(fundingReport({ ...NONE, mark: points([0, 5]) }, NOW)).toBeUndefined();
    expect(fundingReport({ ...NONE, funding: points() }, NOW)).toBeUndefined();
  });

  it('is that of a hand’s reckoning', () => {
    const report = fundingReport(
      {
        funding: points([4 * DAY, 0.0001], [3 * DAY, 0.0003], [2 * DAY, -0.0001], [DAY, 0.0002]),
        nextFunding: points([DAY, NOW - 2 * HOUR], [5 * HOUR, NOW + 2 * HOUR]),
        mark: points([0, 101]),
        index: points([0, 100]),
        openInterest: points([2 * DAY, 40], [DAY / 2, 45], [0, 50]),
      },
      NOW,
    )!;
    // Paid every four hours: six times a day, 2190 times a year.
    expect(report).toMatchObject({ rate: 0.0002, every: 4 * HOUR, isEverySeen: true, dueAt: NOW + 2 * HOUR });
    expect(report.perYear).toBeCloseTo(0.438, 12);
    expect(report.basis).toBeCloseTo(0.01, 12);
    // 50 of 101 each; a day ago 40 were known.
    expect(report).toMatchObject({ openInterest: 50, openInterestQuote: 5050, openInterestChange: 0.25 });
    // Two of the four days were lower.
    expect(report.rank).toEqual({ below: 0.5, above: 0.25, ms: 4 * DAY });
  });

  it('takes eight hours for usual, and does not rank among less than a day', () => {
    const report = fundingReport(
      { ...NONE, funding: points([HOUR, -0.0001]), nextFunding: points([0, NOW - 1]) },
      NOW,
    )!;
    expect(report).toMatchObject({ every: 8 * HOUR, isEverySeen: false, rank: undefined, dueAt: undefined });
    expect(report.perYear).toBeCloseTo(-0.1095, 12);
    expect(report.basis).toBeUndefined();
    expect(report.openInterestQuote).toBeUndefined();
  });
});
