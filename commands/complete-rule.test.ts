import { describe, expect, it } from 'vitest';
import { lookup } from '../engine/series/catalog.ts';
import { someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const complete = (typed: string, argument = 'rule') =>
  harness.service.complete({ asker: someone(), command: 'alert', argument, typed });

describe('completion of a rule', () => {
  it('gives the whole text that it would become, what is added, and what that means', async () => {
    expect(await complete('btcusdt 5m rs')).toContainEqual({
      label: 'rsi(length=14)',
      value: 'btcusdt 5m rsi',
      note: lookup('rsi')?.summary,
    });
    expect((await complete('btcusdt rsi < 30 on')).map(({ value }) => value)).toContain('btcusdt rsi < 30 once');
  });

  it('begins with the symbols as the chat ranks them', async () => {
    const all = await complete('');
    expect(all.slice(0, 3).map(({ value, note }) => [value, note])).toEqual([
      ['btcusdt', 'sim'],
      ['ethusdt', 'sim'],
      ['solusdt', 'sim'],
    ]);
    expect((await complete('et'))[0]).toMatchObject({ value: 'ethusdt' });
  });

  it('knows what the chat has defined', async () => {
    await harness.say('/define tight = bbw(20) < 0.05');
    expect((await complete('btc tig'))[0]).toMatchObject({ value: 'btc tight' });
    expect(await complete('btc tight and rsi < 30 on')).not.toEqual([]);
  });

  it('leads to alerts on new markets: the word, the venue, the currency, how often', async () => {
    const values = async (typed: string) => (await complete(typed)).map(({ value }) => value);
    expect(await complete('list')).toContainEqual({
      label: 'listing VENUE',
      value: 'listing',
      note: 'new markets of a venue',
    });
    expect(await values('listing ')).toEqual(['listing sim']);
    expect(await values('Listing simm')).toEqual(['Listing sim']);
    expect((await complete('listing sim us'))[0]).toEqual({
      label: 'usdt',
      value: 'listing sim usdt',
      note: 'only what is quoted in usdt',
    });
    expect(await values('listing sim usdt o')).toEqual(['listing sim usdt once']);
    expect(await values('listing nowhere u')).toEqual([]);
    for (const value of await values('listing sim ')) {
      expect(textOf(await harness.say(`/alert ${value}`))).toMatch(/^✅ listing sim/);
    }
  });

  it('offers nothing for what is no rule', async () => {
    expect(await complete('btc', 'other')).toEqual([]);
    expect(await complete(`btcusdt ${'x'.repeat(2000)}`)).toEqual([]);
  });
});
