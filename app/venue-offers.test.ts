import { describe, expect, it } from 'vitest';
import { knownFeeds, venueOffers } from './venue-offers.ts';

describe('what FEEDS could name', () => {
  it('says of each feed of the registry what it is', () => {
    const offers = knownFeeds();
    expect(offers).toContainEqual({ name: 'binance', about: 'Binance' });
    expect(offers).toContainEqual({ name: 'sim', about: 'a simulated market' });
    expect(offers).toContainEqual({ name: 'tape:<file>', about: 'replays a recording' });
    expect(offers.filter(({ about }) => about === 'a feed')).toEqual([]);
  });

  it('takes the lists of other kinds, in their order', () => {
    const mine = { name: 'ccxt:<id>', about: 'more exchanges', members: ['ccxt:kucoin'] };
    expect(venueOffers(knownFeeds, () => [mine])()).toEqual([...knownFeeds(), mine]);
  });
});
