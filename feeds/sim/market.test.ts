import { describe, expect, it } from 'vitest';
import { createModels } from './instruments.ts';
import { createMarket } from './market.ts';

const MINUTES_OF_DAY = 1440;
/** 2026-03-01 and, of the same seed, days of all weathers after it. */
const FIRST_DAY = Date.UTC(2026, 2, 1) / 86_400_000;
const DAYS = 40;

describe.each(createModels('bellwether').map((model) => [model.info.symbol, model] as const))('%s', (_, model) => {
  it.each([1, 2, 7, 60, 900])('makes %d trades a minute on the mean of any day', (rate) => {
    const market = createMarket('bellwether', model, rate);
    for (let day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
      let trades = 0;
      for (let m = 0; m < MINUTES_OF_DAY; m++) trades += market.bar(day * MINUTES_OF_DAY + m).trades;
      expect(trades / MINUTES_OF_DAY / rate).toBeGreaterThan(0.9);
      expect(trades / MINUTES_OF_DAY / rate).toBeLessThan(1.1);
    }
  });

  it('makes each trade that its minutes count', () => {
    const market = createMarket('bellwether', model, 7);
    for (let minute = FIRST_DAY * MINUTES_OF_DAY; minute < FIRST_DAY * MINUTES_OF_DAY + 100; minute++) {
      const next = market.trades(minute);
      let trades = 0;
      while (next() !== undefined) trades++;
      expect(trades).toBe(market.bar(minute).trades);
    }
  });
});

describe('the size of the market', () => {
  it('differs from day to day, however even the number of trades is', () => {
    const [btc] = createModels('bellwether');
    const market = createMarket('bellwether', btc, 60);
    const volumes = Array.from({ length: DAYS }, (_, i) => {
      let volume = 0;
      for (let m = 0; m < MINUTES_OF_DAY; m++) volume += market.bar((FIRST_DAY + i) * MINUTES_OF_DAY + m).volume;
      return volume;
    });
    expect(Math.max(...volumes)).toBeGreaterThan(1.5 * Math.min(...volumes));
  });
});
