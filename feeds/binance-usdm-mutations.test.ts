import { describe, it } from 'vitest';
import { USDM_FRAMES } from '../test/doubles/binance-usdm-frames.ts';
import { DAMAGED, readDamaged } from '../test/doubles/damaged-frames.ts';
import { parseFrame } from './binance-usdm-parse.ts';
import { parseTradeFast } from './binance-usdm-trades.ts';

describe(`${DAMAGED} mutated frames`, () => {
  it('never throw, never give a number that is none, and leave the reader as it was', { timeout: 600_000 }, () => {
    readDamaged({
      frames: Object.values(USDM_FRAMES),
      read: (text) => parseFrame(text),
      fast: parseTradeFast,
      kinds: ['trades', 'facts', 'book', 'acks', 'leave', 'malformed', 'unknown'],
      seed: 20_260_423,
    });
  });
});
