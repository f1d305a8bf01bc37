import type { FactEvent } from '../../engine/market/events.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../engine/market/interval.ts';
import { createReverting, type Factor } from './factors.ts';
import type { Model } from './instruments.ts';
import type { Market } from './market.ts';
import type { News } from './news.ts';
import { createRandom, hashText } from './random.ts';

/** One fact as it goes on, a pure function of the time. */
export interface FactSeries {
  readonly name: string;
  readonly instrument: string | undefined;
  /** When the first value after a time comes, in ms. */
  next(after: number): number;
  /** When the newest value at a time came. */
  last(at: number): number;
  value(ts: number): number;
}

const FUNDING_MS = 8 * HOUR;
const FUNDING_SAMPLE_MS = 10 * MINUTE;
/** What is paid without any premium, and how far the premium may move it before it counts in full. */
const FUNDING_INTEREST = 0.0001;
const FUNDING_CLAMP = 0.0005;
const MARK_MS = 10 * SECOND;
const VALUATION_MS = HOUR;
/** Base units that are open on the mean. */
const OPEN_INTEREST: Readonly<Record<string, number>> = { btc: 85_000, eth: 1_900_000 };
/** Shares in millions, and earnings a share and year at the start of 2020 with their yearly growth. */
const COMPANIES: Readonly<Record<string, readonly [shares: number, earnings: number, growth: number]>> = {
  aapl: [14_900, 5.1, 0.045],
  googl: [12_100, 5.6, 0.06],
  tsla: [3_220, 1.9, 0.05],
  msft: [7_430, 9.2, 0.06],
};

const every = (ms: number): Pick<FactSeries, 'next' | 'last'> => ({
  next: (after) => (Math.floor(after / ms) + 1) * ms,
  last: (at) => Math.floor(at / ms) * ms,
});

const cents = (value: number): number => Math.round(value * 100) / 100;

/** What is told of one instrument. `spot` is the market of a perpetual's coin. */
export function factsOf(seed: string, model: Model, market: Market, spot: Market | undefined): readonly FactSeries[] {
  const { instrument, kind } = model.info;
  const told = model.news ? newsFacts(instrument, model.news) : [];
  if (kind === 'stock') return [...told, ...stockFacts(model, market)];
  return spot === undefined ? told : [...told, ...perpetualFacts(seed, model, market, spot)];
}

/** The rate is the premium's mean over the eight hours before, pulled towards the interest as exchanges do it. */
function perpetualFacts(seed: string, { info }: Model, market: Market, spot: Market): readonly FactSeries[] {
  const { instrument, base, symbol } = info;
  const open: Factor = createReverting({ seed, name: `oi-${symbol}`, deviation: 0.12, halfLifeMinutes: 3 * 1440 });
  function funding(ts: number): number {
    let sum = 0;
    let count = 0;
    for (let at = ts - FUNDING_MS; at < ts; at += FUNDING_SAMPLE_MS, count++) {
      sum += market.level(at) / spot.level(at) - 1;
    }
    const premium = sum / count;
    const pull = Math.max(-FUNDING_CLAMP, Math.min(FUNDING_CLAMP, FUNDING_INTEREST - premium));
    return Math.round((premium + pull) * 1e8) / 1e8;
  }
  function openInterest(ts: number): number {
    const minute = Math.floor(ts / MINUTE);
    const level = open(Math.floor(ts / DAY)).levels[minute % 1440];
    return Math.round((OPEN_INTEREST[base] ?? 1_000) * Math.exp(level));
  }
  return [
    { name: 'funding', instrument, ...every(FUNDING_MS), value: funding },
    { name: 'mark', instrument, ...every(MARK_MS), value: (ts) => cents(market.level(ts)) },
    { name: 'index', instrument, ...every(MARK_MS), value: (ts) => cents(spot.level(ts)) },
    { name: 'oi', instrument, ...every(MINUTE), value: openInterest },
  ];
}

function stockFacts({ info }: Model, market: Market): readonly FactSeries[] {
  const { instrument, base } = info;
  const [shares, earnings, growth] = COMPANIES[base] ?? [1_000, 5, 0.05];
  // Earnings change with each quarter's report.
  const quarters = (ts: number): number => {
    const date = new Date(ts);
    return (date.getUTCFullYear() - 2020) * 4 + Math.floor(date.getUTCMonth() / 3);
  };
  const yearly = (ts: number): number => earnings * (1 + growth) ** (quarters(ts) / 4);
  return [
    {
      name: 'market_cap',
      instrument,
      ...every(VALUATION_MS),
      value: (ts) => Math.round(shares * 1e6 * market.level(ts)),
    },
    { name: 'pe_ratio', instrument, ...every(VALUATION_MS), value: (ts) => cents(market.level(ts) / yearly(ts)) },
  ];
}

/** News come as two facts of the same moment. */
function newsFacts(instrument: string, news: News): readonly FactSeries[] {
  const next = (after: number): number => {
    for (let day = Math.floor(after / DAY); ; day++) {
      const found = news(day).find(({ ts }) => ts > after);
      if (found) return found.ts;
    }
  };
  const last = (at: number): number => {
    for (let day = Math.floor(at / DAY); day >= 0; day--) {
      const found = news(day).filter(({ ts }) => ts <= at);
      if (found.length > 0) return found[found.length - 1].ts;
    }
    return 0;
  };
  const item = (ts: number) => news(Math.floor(ts / DAY)).find((one) => one.ts === ts);
  return [
    { name: 'sentiment', instrument, next, last, value: (ts) => item(ts)?.sentiment ?? 0 },
    { name: 'sentiment_magnitude', instrument, next, last, value: (ts) => item(ts)?.magnitude ?? 0 },
  ];
}

/** A number that wanders around its mean from one release to the next, alike for the same seed. */
export function wanderingValue(seed: string, name: string, mean: number, deviation: number): (index: number) => number {
  const stream = hashText(`${seed}/releases/${name}`);
  const random = createRandom();
  const remembered = 12;
  const keep = 0.8;
  const scale = deviation * Math.sqrt((1 - keep ** 2) / (1 - keep ** (2 * remembered)));
  return (index) => {
    let sum = 0;
    for (let age = 0; age < remembered; age++) {
      random.seed(stream, index - age);
      sum += keep ** age * random.gauss();
    }
    return mean + scale * sum;
  };
}

export function factEvent(series: FactSeries, ts: number): FactEvent {
  const { name, instrument } = series;
  return { type: 'fact', name, instrument, ts, value: series.value(ts) };
}
