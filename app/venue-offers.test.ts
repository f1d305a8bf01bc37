import { describe, expect, it } from 'vitest';
import { ccxtOffers, knownFeeds, venueOffers } from './venue-offers.ts';

describe('what FEEDS could name', () => {
  it('says of each feed of the registry what it is', () => {
    const offers = knownFeeds();
    expect(offers).toContainEqual({ name: 'binance', about: 'Binance' });
    expect(offers).toContainEqual({ name: 'sim', about: 'a simulated market' });
    expect(offers).toContainEqual({ name: 'tape:<file>', about: 'replays a recording' });
    expect(offers.filter(({ about }) => about === 'a feed')).toEqual([]);
  });

  it('asks ccxt once for its exchanges, and again where it could not answer', async () => {
    const answers = [Promise.reject(new Error('no process')), Promise.resolve(['gate', 'mexc']), Promise.resolve([])];
    const warned: unknown[] = [];
    const offers = ccxtOffers({ warn: (fields) => void warned.push(fields) }, () => answers.shift()!);
    expect(await offers()).toMatchObject([{ name: 'ccxt:<id>', about: expect.stringContaining('npm install ccxt') }]);
    expect(warned).toHaveLength(1);
    const all = [{ name: 'ccxt:<id>', about: '2 exchanges through ccxt', members: ['ccxt:gate', 'ccxt:mexc'] }];
    expect(await offers()).toEqual(all);
    expect(await offers()).toEqual(all);
  });

  it('takes the lists of other kinds, in their order', async () => {
    const mine = { name: 'ccxt:<id>', about: 'more exchanges', members: ['ccxt:kucoin'] };
    expect(await venueOffers(knownFeeds, () => [mine])()).toEqual([...knownFeeds(), mine]);
  });
});
