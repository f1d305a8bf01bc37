import { describe, it } from 'vitest';
import { DAMAGED, readDamaged } from '../test/doubles/damaged-frames.ts';
import { parseFrame, parseTradeFast } from './binance-parse.ts';

const FRAMES = [
  '{"stream":"bnbbtc@trade","data":{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782134,"m":true,"M":true}}',
  '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1672515782136,"s":"BTCUSDT","U":157,"u":160,"b":[["0.0024","10"],["0.0023","0"]],"a":[["0.0026","100.5"]]}}',
  '{"result":null,"id":7}',
  '{"code":2,"msg":"Invalid request: unknown stream","id":8}',
  '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1672515782136}}',
  '{"stream":"btcusdt@kline_1m","data":{"e":"kline","s":"BTCUSDT"}}',
];

describe(`${DAMAGED} mutated frames`, () => {
  it('never throw, never give a number that is none, and read alike on both ways', { timeout: 600_000 }, () => {
    readDamaged({
      frames: FRAMES,
      read: (text) => parseFrame(text),
      fast: parseTradeFast,
      kinds: ['trades', 'book', 'acks', 'leave', 'malformed', 'unknown'],
      seed: 20_211_024,
    });
  });
});
