import { describe, expect, it } from 'vitest';
import { parseExpression } from '../engine/language/parse.ts';
import type { Bar } from '../engine/market/events.ts';
import type { MarketPort } from './ports.ts';
import { storedScope } from './scope.ts';
import { seriesNow } from './series-now.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 15);

/** One-minute bars whose closes are given; the last one is open. */
function market(
  closes: Readonly<Record<string, readonly number[]>>,
  interval = MINUTE,
): Pick<MarketPort, 'bars' | 'facts' | 'book'> {
  return {
    async bars(instrument, ms, count) {
      const all = (ms === interval ? (closes[instrument] ?? []) : []).map(
        (close, i): Bar => ({
          ...{ start: START + i * ms, open: close, high: close, low: close, close },
          ...{ volume: 1, bought: 1, trades: 1 },
        }),
      );
      return { closed: all.slice(0, -1).slice(-count), open: all.at(-1) };
    },
    facts: async () => () => undefined,
    book: async (instrument) => ({
      ...{ type: 'book', instrument, ts: START },
      bids: { prices: Float64Array.of(99, 98), sizes: Float64Array.of(3, 3) },
      asks: { prices: Float64Array.of(101), sizes: Float64Array.of(2) },
    }),
  };
}

const exprOf = (text: string) => parseExpression(text, storedScope({ instrument: 'sim:a', interval: MINUTE }));

describe('how a series stands', () => {
  it('is told with the open bar, at the last close, and over the closes before and now', async () => {
    const found = await seriesNow(market({ 'sim:a': [1, 9, 2, 6, 4, 11] }), exprOf('sma(2)'), 3);
    // Means of neighbours at the closes: 5, 5.5, 4, 5; with the open bar 7.5.
    expect(found).toEqual({ now: 7.5, closed: 5, low: 4, high: 7.5, count: 3, missing: undefined, untold: [] });
  });

  it('is made of two instruments bar by bar', async () => {
    const two = market({ 'sim:a': [2, 6, 12, 20], 'sim:b': [1, 2, 3, 4] });
    expect(await seriesNow(two, exprOf('sim:a/sim:b'), 100)).toMatchObject({
      now: 5,
      closed: 4,
      low: 2,
      high: 5,
      count: 3,
    });
  });

  it('reads the order book where no rule does', async () => {
    const one = market({ 'sim:a': [1, 2] });
    // 6 are bid for and 2 offered.
    expect(await seriesNow(one, exprOf('imbalance'), 10)).toMatchObject({ now: 0.5, untold: [] });
    expect(await seriesNow(one, exprOf('book_spread'), 10)).toMatchObject({ now: 2, untold: [] });
    expect(await seriesNow(one, exprOf('sentiment'), 10)).toMatchObject({ untold: ['sentiment'] });
  });

  it('says which bars are missing until the first value', async () => {
    const few = market({ 'sim:a': Array.from({ length: 120 }, (_, i) => i + 1) });
    const found = await seriesNow(few, exprOf('sma(200)'), 100);
    expect(found.missing).toEqual({ instrument: 'sim:a', interval: MINUTE, bars: 200, has: 120 });
    expect(found).toMatchObject({ now: Number.NaN, closed: Number.NaN, count: 0 });
    // 20 closes for the first average, 10 of those averages, 5 bars back.
    const deep = await seriesNow(market({ 'sim:a': [1, 2] }), exprOf('sma(sma(20), 10)[5]'), 100);
    expect(deep.missing).toMatchObject({ bars: 34, has: 2 });
    const other = await seriesNow(few, exprOf('close - sma(7)@1h'), 100);
    expect(other.missing).toEqual({ instrument: 'sim:a', interval: 60 * MINUTE, bars: 7, has: 0 });
  });

  it('has a value as soon as there are as many bars as it says', async () => {
    for (const text of [
      'sma(20)',
      'rsi(14)',
      'macd.histogram',
      'z(20)',
      'atr(14)',
      'sma(rsi(5), 3)[2]',
      'change(5m)',
    ]) {
      const all = Array.from({ length: 400 }, (_, i) => 100 + (i % 7));
      const have = async (count: number) => seriesNow(market({ 'sim:a': all.slice(0, count) }), exprOf(text), 10);
      const { missing } = await have(1);
      expect([text, Number.isFinite((await have(missing!.bars)).now)]).toEqual([text, true]);
      expect([text, (await have(missing!.bars - 1)).missing]).toEqual([text, { ...missing, has: missing!.bars - 1 }]);
    }
  });
});
