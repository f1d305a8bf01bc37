import { describe, expect, it } from 'vitest';
import { TransportError, UserError } from '../engine/errors.ts';
import type { BookEvent } from '../engine/market/events.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { spread } from './spread.ts';

const harness = useCommandHarness();

const at = (venue: string, over: Partial<InstrumentInfo> = {}): InstrumentInfo => ({
  ...{ instrument: `${venue}:btcusdt`, venue, symbol: 'btcusdt', base: 'btc', quote: 'usdt', kind: 'spot' },
  ...{ tick: 0.1, lot: 0.001, active: true },
  ...over,
});

function book(instrument: string, bid: number | undefined, ask: number, ageMs = 100): BookEvent {
  const side = (price: number | undefined) => ({
    prices: Float64Array.from(price === undefined ? [] : [price]),
    sizes: Float64Array.from(price === undefined ? [] : [1]),
  });
  return { type: 'book', instrument, ts: HARNESS_NOW - ageMs, bids: side(bid), asks: side(ask) };
}

/** Asks where the books of venues are given, or why there is none. */
async function asked(text: string, books: Readonly<Record<string, BookEvent | Error>>, more: InstrumentInfo[] = []) {
  const venues = Object.keys(books).map((venue) => at(venue));
  harness.market.symbols.add([...venues, ...more]);
  const market: CommandContext['market'] = {
    ...harness.market,
    async book(instrument) {
      const found = books[instrument.split(':')[0]] ?? new UserError('no-book', 'none');
      if (found instanceof Error) throw found;
      return found;
    },
  };
  return textOf(await spread.run({ ...(await harness.context()), market }, text));
}

describe('/spread', () => {
  it('sets venues beside each other, with what is left of the best way round after fees', async () => {
    const lines = (
      await asked('binance:btcusdt', {
        binance: book('binance:btcusdt', 99.9, 100.1),
        kraken: book('kraken:btcusdt', 101.9, 102.1),
      })
    ).split('\n');
    expect(lines[0]).toMatch(/^btcusdt spot · 2 venues/);
    // The middles are 100 and 102, their median 101.
    expect(lines[2].split(/\s+/)).toEqual(['binance', '99.9', '100.1', '20.0', '−99.0']);
    expect(lines[3].split(/\s+/)).toEqual(['kraken', '101.9', '102.1', '19.6', '99.0']);
    // 101.9/100.1 - 1 = 179.8 bps; 101.9·0.996/(100.1·1.001) - 1 = 129.0 bps.
    expect(lines[4]).toBe(
      'Buying at binance and selling at kraken: 179.8 bps, after 50.0 bps of takers’ fees (binance 0.10\u00a0%, kraken 0.40\u00a0%) 129.0 bps: it pays on paper, before slippage and transfers.',
    );
    expect(lines.at(-1)).toBe('Not told: sim: no order books.');
  });

  it('says that no way round pays, and which venues told nothing and why', async () => {
    const text = await asked('binance:btcusdt', {
      binance: book('binance:btcusdt', 99.9, 100.1),
      bybit: book('bybit:btcusdt', 99.95, 100.15),
      okx: book('okx:btcusdt', 99, 101, 65_000),
      kraken: book('kraken:btcusdt', undefined, 101),
      coinbase: new TransportError('down', { retryable: true, reason: 'unreachable' }),
    });
    expect(text).toContain(': no way round pays.');
    expect(text).toMatch(/Not told: .*okx: its book is 1m ?5s old/);
    expect(text).toContain('kraken: one side of the book is empty');
    expect(text).toContain('coinbase: no book yet');
    expect(text).not.toContain('NaN');
  });

  it('compares like with like alone: not another quote, not a perpetual, not what is halted', async () => {
    const others = [
      at('okx', { kind: 'perpetual', instrument: 'okx:btcusdt.p', symbol: 'btcusdt.p' }),
      at('coinbase', { quote: 'usd', instrument: 'coinbase:btcusd', symbol: 'btcusd' }),
      at('bybit', { active: false }),
    ];
    const text = await asked('binance:btcusdt', { binance: book('binance:btcusdt', 1, 2) }, others);
    expect(text).toContain('1 venue,');
    expect(text).toContain('No other venue here has it, so there is nothing to compare.');
    expect(text).not.toMatch(/okx|coinbase|bybit/);
  });

  it('gives no net where a fee is not known', async () => {
    const text = await asked('binance:btcusdt', {
      binance: book('binance:btcusdt', 99.9, 100.1),
      'x-venue': book('x-venue:btcusdt', 101.9, 102.1),
    });
    expect(text).toContain('is 179.8 bps before fees; those of x-venue I do not know.');
  });

  it('asks for a symbol, and says that there is nothing', async () => {
    await expect(asked('', {})).rejects.toThrow('Which symbol?');
    await expect(asked('btc', {})).rejects.toThrow('Nobody tells bid and ask of btcusdt now: sim: no order books.');
    expect(textOf(await harness.say('/spread nosuch'))).toContain('I know no symbol “nosuch”.');
  });
});
