import type { DepthRequest } from '../../../charts/figures/request.ts';
import type { FigureSample } from '../figure-samples.ts';

/** A level each 10, larger further out, one of them a wall. */
function curve(direction: 1 | -1) {
  let sum = 0;
  const prices = Array.from({ length: 30 }, (_, i) => 60_000 + direction * (5 + i * 10));
  const sizes = prices.map((_, i) => {
    sum += 0.4 + ((i * 7) % 5) * 0.2 + (direction === 1 && i === 17 ? 12 : 0);
    return Math.round(sum * 100) / 100;
  });
  return { prices, sizes };
}
const [bids, asks] = [curve(-1), curve(1)];

const request: DepthRequest = {
  kind: 'depth',
  title: 'BTCUSDT   order book',
  note: 'spread 1.7 bps',
  foot: 'binance · 12:00:03 UTC · within 0.49 % · yellow: walls',
  bids,
  asks,
  middle: 60_000,
  range: [59_705, 60_295],
  digits: 2,
  sides: { bids: 'bids 24 btc', asks: 'asks 36 btc' },
  unit: 'btc',
  walls: [{ price: asks.prices[17], sum: asks.sizes[17] }],
};

export const sample: FigureSample = { request, without: { ...request, walls: [] } };
