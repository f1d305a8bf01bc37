import { DAY, MINUTE } from '../../engine/market/interval.ts';
import { type Factor, MINUTES_OF_DAY } from './factors.ts';
import { createCache } from './lru.ts';
import { createRandom, hashText } from './random.ts';

/** One piece of news. */
export interface NewsItem {
  /** ms. */
  readonly ts: number;
  /** -1 to 1, two decimals. */
  readonly sentiment: number;
  /** How strongly it is worded: 0.1 and more. */
  readonly magnitude: number;
}

/** The news of each UTC day, oldest first; a pure function of seed, name and day. */
export type News = (day: number) => readonly NewsItem[];

const CACHED_DAYS = 16;
const LEAST_A_DAY = 4;
const MORE_A_DAY = 6;
/** What news of sentiment 1 and magnitude 1 moves the log price by in the end. */
const EFFECT = 0.0025;
/** Minutes after the news: nothing happens, then it is priced in, holds, and is forgotten. */
const [STARTS, PRICED_IN, HOLDS, FORGOTTEN] = [5, 30, 120, 720];

export function createNews(seed: string, name: string): News {
  const stream = hashText(`${seed}/news/${name}`);
  const random = createRandom();
  return createCache(CACHED_DAYS, (day) => {
    random.seed(stream, day);
    const count = LEAST_A_DAY + Math.floor(random.next() * MORE_A_DAY);
    const items = Array.from({ length: count }, () => ({
      ts: day * DAY + Math.floor(random.next() * MINUTES_OF_DAY) * MINUTE,
      sentiment: Math.round(Math.max(-1, Math.min(1, 0.5 * random.gauss())) * 100) / 100,
      magnitude: Math.round((0.1 + Math.abs(random.gauss())) * 10) / 10,
    }));
    items.sort((a, b) => a.ts - b.ts);
    return items.filter((item, i) => i === 0 || item.ts > items[i - 1].ts);
  });
}

/** How news moves the price: minutes later, for half a day. */
export function createNewsFactor(news: News): Factor {
  return createCache(CACHED_DAYS, (day) => {
    const levels = new Float64Array(MINUTES_OF_DAY + 1);
    const items = day > 0 ? [...news(day - 1), ...news(day)] : news(day);
    for (const { ts, sentiment, magnitude } of items) {
      const first = (ts - day * DAY) / MINUTE;
      for (let m = Math.max(0, first); m <= Math.min(MINUTES_OF_DAY, first + FORGOTTEN); m++) {
        levels[m] += EFFECT * sentiment * magnitude * share(m - first);
      }
    }
    return { levels, variances: new Float64Array(MINUTES_OF_DAY) };
  });
}

function share(minutes: number): number {
  if (minutes <= STARTS || minutes >= FORGOTTEN) return 0;
  if (minutes < PRICED_IN) return (minutes - STARTS) / (PRICED_IN - STARTS);
  if (minutes < HOLDS) return 1;
  return (FORGOTTEN - minutes) / (FORGOTTEN - HOLDS);
}
