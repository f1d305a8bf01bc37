import { describe, expect, it } from 'vitest';
import { mutate } from '../test/doubles/mutate-frame.ts';
import { createRandom } from '../test/doubles/random.ts';
import { parseFrame, parseTradeFast } from './binance-parse.ts';
import type { Frame } from './venue.ts';

const FRAMES = [
  '{"stream":"bnbbtc@trade","data":{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782134,"m":true,"M":true}}',
  '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1672515782136,"s":"BTCUSDT","U":157,"u":160,"b":[["0.0024","10"],["0.0023","0"]],"a":[["0.0026","100.5"]]}}',
  '{"result":null,"id":7}',
  '{"code":2,"msg":"Invalid request: unknown stream","id":8}',
  '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1672515782136}}',
  '{"stream":"btcusdt@kline_1m","data":{"e":"kline","s":"BTCUSDT"}}',
];
const TIMES = process.env.MODE === 'long' ? 1_000_000 : 20_000;

const isOver0 = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;

function* each(frame: Frame): Iterable<Frame> {
  if (frame.kind === 'many') for (const one of frame.frames) yield* each(one);
  else yield frame;
}

function isGood(frame: Frame): boolean {
  if (frame.kind === 'trades') {
    return frame.trades.every(
      ({ price, size, ts, id }) => isOver0(price) && isOver0(size) && ts > 0 && /^\d+$/.test(id),
    );
  }
  if (frame.kind !== 'book') return true;
  const { bids, asks, ts, last = Number.NaN } = frame.book;
  const isFine = [...bids, ...asks].every(([price, size]) => isOver0(price) && (size === 0 || isOver0(size)));
  return isFine && ts > 0 && Number.isSafeInteger(last);
}

describe(`${TIMES} mutated frames`, () => {
  it('never throw, never give a number that is none, and read alike on both ways', { timeout: 600_000 }, () => {
    const random = createRandom(20_211_024);
    const before = FRAMES.map((text) => parseFrame(text));
    const kinds = new Map<string, number>();
    let fast = 0;
    for (let i = 0; i < TIMES; i++) {
      const text = mutate(FRAMES[i % FRAMES.length], random);
      const frame = parseFrame(text);
      for (const one of each(frame)) {
        kinds.set(one.kind, (kinds.get(one.kind) ?? 0) + 1);
        if (!isGood(one)) expect.fail(`${text} gave ${JSON.stringify(one)}`);
      }
      const trade = parseTradeFast(text);
      if (!trade) continue;
      fast++;
      expect(frame, text).toEqual({ kind: 'trades', trades: [trade] });
    }
    expect(FRAMES.map((text) => parseFrame(text))).toEqual(before);
    for (const kind of ['trades', 'book', 'acks', 'leave', 'malformed', 'unknown']) {
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(TIMES / 1000);
    }
    expect(fast).toBeGreaterThan(TIMES / 1000);
  });
});
