import { describe, expect, it } from 'vitest';
import { Engine } from '../engine.ts';
import { parseStrategy } from '../language/strategy.ts';
import { testScope } from '../language/test-scope.ts';
import { HOUR, MINUTE } from '../market/interval.ts';
import { leastBars, tooFewOf } from './backtest-plan.ts';
import { randomBars } from './test-market.ts';

const BTC = 'binance:btcusdt';
const strategyOf = (clauses: string) => parseStrategy(`x on btc 1m ${clauses}`, testScope());

/** Whether the engine has values of all its series after so many bars. */
function isReady(clauses: string, count: number): boolean {
  const engine = new Engine();
  const bars = randomBars(7, MINUTE, count);
  const ts = bars[0]!.start + count * MINUTE;
  engine.apply({ type: 'strategy-set', ts, strategy: { id: 's', text: strategyOf(clauses) } });
  engine.apply({ type: 'bars', instrument: BTC, interval: MINUTE, bars });
  engine.apply({ type: 'trade', instrument: BTC, ts, price: 100, size: 1, side: undefined, id: '1' });
  return engine.strategy('s')!.ready;
}

describe('the bars without which a strategy says nothing', () => {
  it.each([
    ['long when close > sma(50) expire 1h', 50],
    ['long when close > ema(50) expire 1h', 50],
    ['long when sma(20) crosses above sma(50) stop 2%', 50],
    ['long when close > sma(20)[5] stop 2%', 25],
    ['long when rsi(14) < 30 exit when close > sma(100) stop 2%', 100],
    ['long when sma(ema(10), 20) > close stop 2%', 29],
  ])('%s: %i, and with one less the engine has no values yet', (clauses, count) => {
    const least = leastBars(strategyOf(clauses));
    expect(least.map(({ instrument, interval }) => [instrument, interval])).toEqual([[BTC, MINUTE]]);
    expect([isReady(clauses, count - 1), isReady(clauses, count)]).toEqual([false, true]);
    expect(least[0]!.bars).toBe(count);
  });

  it('count those of its stop, without which its signals are passed over', () => {
    expect(leastBars(strategyOf('long when close > open stop 2*sma(high - low, 14)'))[0]?.bars).toBe(14);
  });

  it('are counted for each interval, and the longest wait is the worst', () => {
    const least = leastBars(strategyOf('long when rsi(14)@1h < 30 and close > sma(50) stop 2%'));
    const sorted = [...least].sort((a, b) => a.interval - b.interval);
    expect(sorted.map(({ interval, bars }) => [interval, bars])).toEqual([
      [MINUTE, 50],
      [HOUR, 15],
    ]);
    expect(tooFewOf(sorted, [50, 15])).toBeUndefined();
    // 49 minutes are wanting of the one, an hour of the other.
    expect(tooFewOf(sorted, [1, 14])).toMatchObject({ interval: HOUR, bars: 15, there: 14 });
  });
});
