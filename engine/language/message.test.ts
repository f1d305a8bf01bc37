import { describe, expect, it } from 'vitest';
import { parseMessage } from './message.ts';
import { printExpr } from './print.ts';
import { testScope } from './test-scope.ts';

const scope = testScope({ instrument: 'binance:btcusdt' });

describe('parseMessage', () => {
  it('cuts a message at its placeholders', () => {
    expect(parseMessage('{Symbol} at { price }!', scope)).toEqual([
      { kind: 'placeholder', name: 'symbol' },
      { kind: 'text', text: ' at ' },
      { kind: 'placeholder', name: 'price' },
      { kind: 'text', text: '!' },
    ]);
  });

  it('reads series of the rule and of others', () => {
    const exprs = parseMessage('{rsi(7)@1h}{ethusdt.close}{change_24h}', scope).map((part) =>
      part.kind === 'series' ? printExpr(part.expr) : part.kind,
    );
    expect(exprs).toEqual(['binance:btcusdt.rsi(7)@1h', 'binance:ethusdt.close@5m', 'placeholder']);
  });

  it('leaves what stands in no braces alone', () => {
    expect(parseMessage('sell } it', scope)).toEqual([{ kind: 'text', text: 'sell } it' }]);
    expect(parseMessage('', scope)).toEqual([]);
  });
});
