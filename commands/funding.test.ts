import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../engine/market/interval.ts';
import { type CommandHarness, createCommandHarness, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import type { CommandContext } from './command.ts';
import { funding } from './funding.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
  harness.market.symbols.add(
    ['okx', 'bybit'].map((venue) => ({
      ...{ instrument: `${venue}:btcusdt.p`, venue, symbol: 'btcusdt.p', base: 'btc', quote: 'usdt' },
      ...({ kind: 'perpetual', tick: 0.1, lot: 0.001, active: true } as const),
    })),
  );
});
afterEach(() => harness.drop());

type Told = Readonly<Record<string, readonly (readonly [ago: number, value: number])[]>>;

/** Asks where facts are given by `venue:symbol name`. */
async function asked(text: string, told: Told, watched: readonly string[] = []) {
  const asks: string[] = [];
  const market: CommandContext['market'] = {
    ...harness.market,
    watched: () => watched,
    watch: (instrument) => void asks.push(instrument),
    async facts() {
      return (key) => {
        const points = told[key];
        if (points === undefined) return undefined;
        return { times: points.map(([ago]) => HARNESS_NOW - ago), values: points.map(([, value]) => value) };
      };
    },
  };
  return { asks, answer: funding.run({ ...(await harness.context()), market }, text).then(textOf) };
}

const OKX: Told = {
  'okx:btcusdt.p funding': [
    [20 * DAY, 0.0001],
    [HOUR, 0.0005],
  ],
  'okx:btcusdt.p next_funding': [
    [2 * DAY, HARNESS_NOW - 7 * HOUR],
    [HOUR, HARNESS_NOW + HOUR],
  ],
  'okx:btcusdt.p mark': [[0, 60_060]],
  'okx:btcusdt.p index': [[0, 60_000]],
  'okx:btcusdt.p oi': [
    [2 * DAY, 80],
    [0, 100],
  ],
};

describe('/funding', () => {
  it('tells rate, year, basis and open interest at every venue of the coin, the highest first, and what is extreme', async () => {
    const { asks, answer } = await asked('okx:btcusdt.p', { ...OKX, 'bybit:btcusdt.p funding': [[HOUR, -0.0001]] });
    const lines = (await answer).split('\n');
    expect(asks.toSorted()).toEqual(['bybit:btcusdt.p', 'okx:btcusdt.p']);
    expect(lines[0]).toMatch(/^Funding btc · /);
    // 0.05 % three times a day: 54.75 % a year. 60 of 60,000 are 10 bps; 100 at 60,060 are 6.006 million.
    expect(lines[2].split(/\s+/)).toEqual(['okx', 'usdt', '+0.0500%', '+54.8%', '10.0', '6.01m']);
    expect(lines[3].split(/\s+/)).toEqual(['bybit', 'usdt', '−0.0100%', '−11.0%', '–', '–']);
    expect(lines[4]).toBe('okx usdt every 8h, next in 1h; bybit usdt every 8h (the usual; not seen yet).');
    // For all of the 20 days but the last hour the rate was lower.
    expect(lines[5]).toBe('Extreme: okx usdt is higher than in 100\u00a0% of the last 20d.');
    expect(lines[6]).toBe('Open interest in a day: okx usdt +25.0\u00a0%.');
  });

  it('says that nothing is extreme, and where nothing was told yet', async () => {
    const steady: Told = { 'okx:btcusdt.p funding': [[3 * DAY, 0.0001]] };
    const text = await (await asked('okx:btcusdt.p', steady)).answer;
    expect(text).toContain('None is extreme against the last 3d.');
    expect(text).toContain('Not told yet: bybit:btcusdt.p.');
    const young = await (await asked('okx:btcusdt.p', { 'okx:btcusdt.p funding': [[HOUR, 0.0001]] })).answer;
    expect(young).toContain('less than a day of it is known');
  });

  it('is of what is watched where nothing is named', async () => {
    const watched = ['sim:btcusdt', 'okx:btcusdt.p', 'sim:aapl'];
    const { asks, answer } = await asked('', OKX, watched);
    expect((await answer).split('\n')[0]).toMatch(/^Funding · /);
    expect(asks).toEqual(['okx:btcusdt.p']);
  });

  it('names the coin where one perpetual alone is watched', async () => {
    const lines = (await (await asked('', OKX, ['okx:btcusdt.p'])).answer).split('\n');
    expect([lines[2].split(/\s+/)[0], lines[3]]).toEqual(['okx:btcusdt.p', 'okx:btcusdt.p every 8h, next in 1h.']);
  });

  it.each([
    ['', 'No perpetual is watched.'],
    ['aapl', 'There is no perpetual of aapl at sim.'],
    ['okx:btcusdt.p', 'No funding rate of okx:btcusdt.p, bybit:btcusdt.p was told yet.'],
  ])('refuses %j where there is none', async (text, reason) => {
    await expect((await asked(text, {}, ['sim:btcusdt'])).answer).rejects.toThrow(reason);
  });
});
