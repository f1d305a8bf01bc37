import type { DoublePair } from './kraken-pairs.ts';

/** Price and size, as numbers; size 0 deletes. */
export type DoubleLevel = readonly [price: number, size: number];

/** The whole order book of a pair, and what a subscriber to so many levels is told of it. */
export interface DoubleBook {
  set(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[]): void;
  /** Makes a change; returns what writes its frame for a depth. */
  change(bids: readonly DoubleLevel[], asks: readonly DoubleLevel[], time: string): (depth: number) => string;
  snapshot(depth: number, time: string): string;
}

type Side = ReadonlyMap<string, string>;

export function createDoubleBook({ wire, priceDigits, sizeDigits }: DoublePair): DoubleBook {
  let bids = new Map<string, string>();
  let asks = new Map<string, string>();

  function apply(side: Map<string, string>, levels: readonly DoubleLevel[]): void {
    for (const [price, size] of levels) {
      if (size === 0) side.delete(price.toFixed(priceDigits));
      else side.set(price.toFixed(priceDigits), size.toFixed(sizeDigits));
    }
  }

  const top = (side: Side, sign: 1 | -1, depth: number): [string, string][] =>
    [...side].sort((a, b) => (Number(a[0]) - Number(b[0])) * sign).slice(0, depth);

  function frame(type: string, changed: readonly (readonly [string, string][])[], time: string): string {
    const [bidText, askText] = changed.map((side) =>
      side.map(([price, size]) => `{"price":${price},"qty":${size}}`).join(','),
    );
    const sum = crc(digits(top(asks, 1, 10)) + digits(top(bids, -1, 10)));
    return `{"channel":"book","type":"${type}","data":[{"symbol":"${wire}","bids":[${bidText}],"asks":[${askText}],"checksum":${sum},"timestamp":"${time}"}]}`;
  }

  /** What differs within the best `depth` levels: a level that fell out of them is not told, one that came in is. */
  function difference(before: Side, now: Side, sign: 1 | -1, depth: number): [string, string][] {
    const seen = new Map(top(before, sign, depth));
    const gone = [...seen.keys()].filter((price) => !now.has(price));
    const news = top(now, sign, depth).filter(([price, size]) => seen.get(price) !== size);
    return [...news.reverse(), ...gone.map((price): [string, string] => [price, (0).toFixed(sizeDigits)])];
  }

  return {
    set(newBids, newAsks) {
      [bids, asks] = [new Map(), new Map()];
      apply(bids, newBids);
      apply(asks, newAsks);
    },
    change(changedBids, changedAsks, time) {
      const before = [new Map(bids), new Map(asks)];
      apply(bids, changedBids);
      apply(asks, changedAsks);
      return (depth) =>
        frame('update', [difference(before[0], bids, -1, depth), difference(before[1], asks, 1, depth)], time);
    },
    snapshot: (depth, time) => frame('snapshot', [top(bids, -1, depth), top(asks, 1, depth)], time),
  };
}

const digits = (levels: readonly (readonly [string, string])[]): string =>
  levels.map((level) => level.map((text) => text.replace('.', '').replace(/^0+/, '')).join('')).join('');

/** CRC-32 (IEEE), bit by bit: it shares nothing with what it is used to test. */
function crc(text: string): number {
  let sum = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
