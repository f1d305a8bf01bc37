import { beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import type { Bar, EngineEvent, MarketEvent } from '../engine/market/events.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createBarCloser } from './bar-closer.ts';

const START = 1_700_000_000_000 - (1_700_000_000_000 % MINUTE);

let time: ManualClock;
let engine: Engine;
let events: EngineEvent[];
/** How far the venue is heard, and how often it was asked. */
let heard: number;
let asked: number[];

beforeEach(() => {
  time = createManualClock(START);
  engine = new Engine();
  [events, asked] = [[], []];
  heard = Number.POSITIVE_INFINITY;
  const feed = {
    heardUntil(wanted: number) {
      if (heard < wanted) asked.push(wanted - START);
      return heard;
    },
  };
  createBarCloser({
    ...{ engine, clock: time.clock, now: time.now, apply },
    feedOf: (venue) => (venue === 'binance' ? feed : undefined),
  }).start();
});

function apply(event: MarketEvent): readonly EngineEvent[] {
  const now = engine.apply(event);
  events.push(...now);
  return now;
}

function trade(at: number, price: number, instrument = 'binance:btcusdt') {
  apply({ type: 'trade', instrument, ts: START + at, price, size: 1, side: 'buy', id: String(at) });
}

const bars = (instrument = 'binance:btcusdt'): Bar[] =>
  events.flatMap((event) =>
    event.type === 'bar-closed' && event.instrument === instrument && event.interval === MINUTE ? [event.bar] : [],
  );

describe('the clock', () => {
  it('closes a bar a second after its end, where the venue cannot be held up', async () => {
    trade(1_000, 100, 'sim:btcusdt');
    await time.advance(60_999);
    expect(bars('sim:btcusdt')).toHaveLength(0);
    await time.advance(251);
    expect(bars('sim:btcusdt')).toMatchObject([{ close: 100, trades: 1 }]);
  });

  it('leaves a bar open while the venue’s line stands still, takes what was held up into it, and closes others meanwhile', async () => {
    trade(1_000, 100);
    trade(1_000, 5, 'sim:ethusdt');
    heard = START + 40_000;
    await time.advance(75_000);
    expect(bars()).toHaveLength(0);
    expect(bars('sim:ethusdt')).toHaveLength(1);
    expect(new Set(asked)).toEqual(new Set([61_000]));
    trade(50_000, 130);
    expect(events.filter(({ type }) => type === 'refused')).toEqual([]);
    heard = START + 75_000;
    await time.advance(250);
    expect(bars()).toMatchObject([{ high: 130, close: 130, trades: 2 }]);
  });

  it('does not ask where nothing is to be closed', async () => {
    trade(1_000, 100);
    heard = START;
    await time.advance(60_500);
    expect(asked).toEqual([]);
  });
});
