import { describe, expect, it } from 'vitest';
import { parseExpression, parseRule } from './parse.ts';
import { instrumentsOf, seriesOf } from './references.ts';
import { testScope } from './test-scope.ts';

describe('references', () => {
  const rule = parseRule('btc sma(ethusdt.volume, 5) > 3 or kraken:solusdt.rsi < 30 rearm z(eth/btc) < 1', testScope());

  it('name a rule’s instruments once, its own first', () => {
    expect(instrumentsOf(rule)).toEqual(['binance:btcusdt', 'binance:ethusdt', 'kraken:solusdt', 'binance:ethbtc']);
    expect(instrumentsOf(rule.condition)).toEqual(['binance:ethusdt', 'kraken:solusdt']);
    expect(instrumentsOf(parseExpression('btcusdt / ethusdt', testScope()))).toEqual([
      'binance:btcusdt',
      'binance:ethusdt',
    ]);
  });

  it('list every series with its inputs', () => {
    expect(seriesOf(rule).map((series) => series.name)).toEqual(['sma', 'volume', 'rsi', 'close', 'z', 'close']);
  });
});
