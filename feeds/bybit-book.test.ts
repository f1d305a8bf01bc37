import { beforeEach, describe, expect, it } from 'vitest';
import { useBybit } from '../test/doubles/bybit-harness.ts';

const { bench, until, isLive, live, books, sent } = useBybit();

describe('a book', () => {
  const market = () => bench.venue.market('linear', 'BTCUSDT');
  const change = (bids: [number, number][], asks: [number, number][]) => market().change(bids, asks, bench.time.now());
  const publish = (text: string) => bench.venue.publish('linear', 'orderbook.200.BTCUSDT', text);
  const top = () => {
    const { bids, asks } = books().at(-1)!;
    return [bids.prices[0], bids.sizes[0], asks.prices[0], asks.sizes[0]];
  };

  beforeEach(async () => {
    market().setBook([[99, 1]], [[101, 1]]);
    bench.feed.watchBook?.(['btcusdt.p']);
    await live('btcusdt.p');
    await until(() => books().length === 1);
  });

  it('follows its changes, and heeds none twice', async () => {
    const text = change(
      [[100, 2]],
      [
        [101, 0],
        [102, 3],
      ],
    );
    publish(text);
    await until(() => books().length === 2, 100);
    publish(text);
    publish(change([[100, 4]], []));
    await until(() => books().length === 3, 100);
    expect(top()).toEqual([100, 4, 102, 3]);
    expect(sent('unsubscribe', 'linear')).toEqual([]);
  });

  it.each(['left out', 'swapped'])('is fetched anew where a change is %s', async (how) => {
    const [first, second] = [change([[100, 2]], []), change([[100, 3]], [])];
    publish(second);
    if (how === 'swapped') publish(first);
    await until(() => sent('unsubscribe', 'linear').length === 1 && isLive());
    await until(() => books().length >= 2, 100);
    publish(change([], [[101, 8]]));
    await until(() => top()[3] === 8, 100);
    expect(top()).toEqual([100, 3, 101, 8]);
    expect(bench.venue.clients()).toBe(1);
  });

  it('begins anew with the venue’s service', async () => {
    market().setBook([[50, 5]], [[51, 5]]);
    publish(market().snapshot(bench.time.now(), true));
    await until(() => books().length === 2, 100);
    publish(change([[50, 6]], []));
    await until(() => books().length === 3, 100);
    expect(top()).toEqual([50, 6, 51, 5]);
    expect(sent('unsubscribe', 'linear')).toEqual([]);
  });

  it('is not stuck where the venue counts anew without saying so', async () => {
    market().snapshot(bench.time.now(), true);
    change([[100, 2]], []);
    publish(change([[100, 3]], []));
    await until(() => sent('unsubscribe', 'linear').length === 1 && isLive());
    await until(() => books().length >= 2, 100);
    expect(top()).toEqual([100, 3, 101, 1]);
  });

  it('comes back with its socket', async () => {
    bench.venue.cutAll();
    market().setBook([[70, 1]], [[71, 1]]);
    await until(() => books().length === 2 && isLive(), 100);
    expect(top()).toEqual([70, 1, 71, 1]);
  });
});
