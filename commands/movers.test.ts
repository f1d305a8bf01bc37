import { describe, expect, it } from 'vitest';
import type { TreemapRequest } from '../charts/figures/request.ts';
import { TransportError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { buttonOf, HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { dollarRates } from './dollar-rates.ts';
import { movers } from './movers.ts';

const harness = useCommandHarness();

interface Given {
  /** Close of the newest hour, after 21 hours that turn between 100 and 101. */
  readonly last: number;
  /** Of a bar in the newest hour; 2 in those before. */
  readonly volume: number;
}

/** Asks in a market of bars of five minutes. A symbol without numbers has no bars, one that is `away` cannot be asked. */
async function asked(text: string, given: Readonly<Record<string, Given | 'away' | undefined>>) {
  const context = await harness.context();
  const market: CommandContext['market'] = {
    ...harness.market,
    watched: () => ['sim:*usdt', ...Object.keys(given).map((symbol) => `sim:${symbol}`)],
    async bars(instrument, interval, count) {
      const of = given[instrument.slice(4)];
      if (of === 'away') throw new TransportError('away', { retryable: true, reason: 'unreachable' });
      if (of === undefined) return { closed: [], open: undefined };
      const all = Array.from({ length: 22 * 12 }, (_, i) => {
        const hour = Math.floor(i / 12);
        const close = hour === 21 ? of.last : 100 + (hour % 2);
        const start = HARNESS_NOW - (22 * 12 - i) * interval;
        return { start, open: close, high: close, low: close, close, volume: hour === 21 ? of.volume : 2, trades: 1 };
      });
      return { closed: all.slice(-count), open: undefined };
    },
  };
  return movers.run({ ...context, market }, text);
}

/** A percentage as it is written: with a space that does not break. */
const spaced = (text: string) => text.replaceAll(' %', '\u00a0%');

describe('/movers', () => {
  // The hour before closed at 100. Usual: |ln 1.01| = 0.00995 of median absolute deviation, times 1.4826.
  it('names who leads and who trails, with deviations and volumes in what is usual', async () => {
    const message = await asked('', {
      btcusdt: { last: 101, volume: 2 },
      ethusdt: { last: 110, volume: 9 },
      solusdt: { last: 97, volume: 3 },
    });
    expect(textOf(message).split('\n')).toEqual([
      spaced('eth +10.0 % leads, sol −3.0 % trails · 1h to 12:00 UTC · 2 of 3 up, the middle +1.0 %'),
      '     change    σ volume',
      // ln 1.1 / (1.4826 × 0.0099503) = 6.46, and 9 / 2.
      'eth +10.00% +6.5   ×4.5',
      'btc  +1.00% +0.7   ×1.0',
      'sol  −3.00% −2.1   ×1.5',
      'Volume surges: eth 4.5 times its usual 1h, more than in any of the 20 before. Unusual moves: eth (+6.5σ).',
    ]);
    const { tiles, foot } = harness.figures[0] as TreemapRequest;
    // Twelve bars each of price times volume.
    expect(tiles.map(({ name, size }) => [name, Math.round(size)])).toEqual([
      ['eth', 12 * 110 * 9],
      ['sol', 12 * 97 * 3],
      ['btc', 12 * 101 * 2],
    ]);
    expect(foot).toContain('traded in usdt');
  });

  it('says that nothing is unusual where nothing is', async () => {
    const text = textOf(await asked('1h', { btcusdt: { last: 101, volume: 2 } }));
    expect(text).toContain(spaced('btc +1.0 % is all there is'));
    expect(text).toContain('No volume is twice the usual. No move is unusual');
  });

  it('leaves out who has no trade, whose venue is away, and the map of what has no volume', async () => {
    const text = textOf(
      await asked('1h', {
        btcusdt: { last: 101, volume: 2 },
        ethusdt: undefined,
        solusdt: 'away',
        aapl: { last: 99, volume: 0 },
      }),
    );
    expect(text).toContain('Left out: eth (no trade in that time).');
    expect(text).toContain('Left out: sol (their venue does not answer).');
    expect(text).toContain('Not on the map: aapl (no volume in dollars is known).');
    expect((harness.figures[0] as TreemapRequest).tiles.map(({ name }) => name)).toEqual(['btc']);
  });

  it('has no map where nobody tells a volume, and no answer where nobody answers', async () => {
    const text = textOf(await asked('1h', { btcusdt: { last: 101, volume: 0 } }));
    expect(text).not.toContain('NaN');
    expect(harness.figures).toEqual([]);
    await expect(asked('1h', { btcusdt: 'away' })).rejects.toThrow('away');
    await expect(asked('1h', { btcusdt: undefined })).rejects.toThrow('Nothing that is watched was traded');
    await expect(asked('1h', {})).rejects.toThrow('Nothing that is watched was traded');
  });

  it.each([
    ['btc', '“btc” is no length of time.'],
    ['9d', '“9d” is longer than 1w, the most there is. For example /movers 1w'],
    ['30d', '“30d” is longer than 1w'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/movers ${text}`))).toContain(reason);
  });

  it('looks at what the venue sends, and its buttons ask for another length', async () => {
    await harness.say('/price btc');
    await harness.say('/price eth');
    const message = await harness.say('/movers');
    // Both stand where they began one hour before or after: a quarter of their swing.
    expect(textOf(message)).toMatch(/^(btc|eth) \S+\s% leads, (btc|eth) \S+\s% trails · 1h to 12:00 UTC · /);
    const { reply } = await harness.press(buttonOf(message, '15m'));
    expect(textOf(reply)).toContain(' · 15m to ');
  });
});

describe('rates in dollars', () => {
  const info = (base: string, quote: string): InstrumentInfo => ({
    ...{ instrument: `x:${base}${quote}`, venue: 'x', symbol: `${base}${quote}`, base, quote, kind: 'spot' },
    ...{ tick: undefined, lot: undefined, active: true },
  });
  const prices: Record<string, number> = { 'x:btcusdt': 60_000, 'x:eurusd': 1.25, 'x:usdjpy': 150 };
  const market = {
    symbols: { all: () => [info('btc', 'usdt'), info('eur', 'usd'), info('usd', 'jpy'), info('eth', 'usdt')] },
    price: (instrument: string) => (instrument in prices ? { price: prices[instrument], ts: 0 } : undefined),
  } as unknown as Parameters<typeof dollarRates>[0];

  it('are one for stablecoins, the price of who is quoted in dollars, its inverse where dollars are quoted', () => {
    const rates = dollarRates(market, ['usdt', 'usdc', 'btc', 'eur', 'jpy', 'eth', 'xyz']);
    expect([...rates]).toEqual([
      ['usdt', 1],
      ['usdc', 1],
      ['btc', 60_000],
      ['eur', 1.25],
      ['jpy', 1 / 150],
    ]);
  });
});
