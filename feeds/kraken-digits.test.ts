import { expect, it } from 'vitest';
import { startKrakenDouble } from '../test/doubles/kraken.ts';
import { useVenue } from '../test/doubles/venue-harness.ts';
import { kraken } from './kraken.ts';

const { bench, until, live, isLive, books } = useVenue(kraken, (time) => startKrakenDouble(time.clock));

/** How often the list of markets was asked for. */
const lists = () => bench.venue.requests.filter(({ what }) => what === 'AssetPairs').length;

it('has the list of markets fetched anew where the venue writes a pair with other digits, and the book back in 5 s', async () => {
  bench.venue.setBook('BTC/USD', [[60_000, 1]], [[60_001, 1]]);
  await live(['btcusd'], true);
  await bench.time.advance(61_000);
  await until(isLive);
  expect(lists()).toBe(1);
  bench.venue.setDigits('BTC/USD', 2, 8);
  bench.venue.setBook('BTC/USD', [[60_000, 1]], [[60_001, 1]]);
  const at = bench.time.now();
  bench.venue.changeBook('BTC/USD', [[60_000.25, 2]], []);
  await until(() => books().at(-1)?.bids.prices[0] === 60_000.25, 100);
  expect(bench.time.now() - at).toBeLessThanOrEqual(5000);
  bench.venue.changeBook('BTC/USD', [[60_000.26, 3]], []);
  await until(() => books().at(-1)?.bids.prices[0] === 60_000.26, 100);
  expect(lists()).toBe(2);
  await until(isLive, 100);
});

it('does not have it fetched again and again while checksums stay wrong', async () => {
  bench.venue.setBook('BTC/USD', [[60_000, 1]], [[60_001, 1]]);
  await live(['btcusd'], true);
  await bench.time.advance(61_000);
  for (let i = 0; i < 30; i++) {
    bench.venue.changeBook('BTC/USD', [[60_000, 2 + i]], [], (text) => text.replace(/"checksum":\d+/, '"checksum":1'));
    await bench.wire.quiet();
    await bench.time.advance(1000);
  }
  expect(bench.feed.status().counters.resyncs).toBeGreaterThan(2);
  expect(lists()).toBe(2);
});
