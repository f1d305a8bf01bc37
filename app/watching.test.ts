import { expect, it } from 'vitest';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { createSymbolTable } from '../engine/market/symbol-table.ts';
import { watchFromTheStart } from './watching.ts';

const info = (venue: string, base: string): InstrumentInfo => ({
  ...{ instrument: `${venue}:${base}usdt`, venue, symbol: `${base}usdt`, base, quote: 'usdt' },
  ...{ kind: 'spot', tick: 0.01, lot: 0.001, active: true },
});

async function watch(names: readonly string[], unlisted: readonly string[] = []) {
  const symbols = createSymbolTable(() => ['sim', 'binance']);
  symbols.add([info('sim', 'btc'), info('binance', 'eth')]);
  const prepared: string[] = [];
  const warnings: string[] = [];
  const market = {
    symbols,
    need: (_holder: string, instruments: readonly string[]) => void prepared.push(...instruments),
    ready: async () => undefined,
    venues: ['sim', 'binance'],
    unlisted: () => unlisted,
  };
  await watchFromTheStart({ SYMBOLS: [...names] }, market, 'usdt', (line) => warnings.push(line));
  return { prepared, warnings };
}

it('watches what SYMBOLS names', async () => {
  expect(await watch(['btc', 'binance:ethusdt'])).toEqual({
    prepared: ['sim:btcusdt', 'binance:ethusdt'],
    warnings: [],
  });
});

it('says once of a name that nobody lists who was asked and what is near, and watches the rest', async () => {
  expect(await watch(['btcusd', 'eth'])).toEqual({
    prepared: ['binance:ethusdt'],
    warnings: ['SYMBOLS: btcusd is not listed by sim, binance; near it: sim:btcusdt'],
  });
  expect((await watch(['zzzzzzzz'])).warnings).toEqual(['SYMBOLS: zzzzzzzz is not listed by sim, binance']);
});

it('says which venues could not be asked yet', async () => {
  const { warnings } = await watch(['zzzzzzzz'], ['binance']);
  expect(warnings).toEqual(['SYMBOLS: zzzzzzzz is not listed by sim; no answer yet from binance']);
});
