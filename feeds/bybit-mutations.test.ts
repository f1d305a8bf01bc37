import { describe, it } from 'vitest';
import { BYBIT_FRAMES, EVERY_MARKET } from '../test/doubles/bybit-frames.ts';
import { DAMAGED, readDamaged } from '../test/doubles/damaged-frames.ts';
import { bybitReader } from './bybit-parse.ts';

describe(`${DAMAGED} mutated frames`, () => {
  it('never throw, never give a number that is none, and leave the reader as it was', { timeout: 600_000 }, () => {
    const reader = bybitReader(EVERY_MARKET);
    readDamaged({
      frames: Object.values(BYBIT_FRAMES),
      read: reader.read,
      kinds: ['trades', 'facts', 'book', 'acks', 'alive', 'malformed', 'unknown'],
      seed: 20_260_809,
    });
  });
});
