import { describe, expect, it } from 'vitest';
import type { MarketEvent } from '../engine/market/events.ts';
import type { StreamState } from '../feeds/feed.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createScriptedFeed } from '../test/doubles/scripted-feed.ts';
import { createStreamWatch, type Refusal } from './stream-watch.ts';

const BTC = 'okx:btcusdt';
const MINUTE = 60_000;

/** A feed whose streams are what the test says. */
function bench() {
  const time = createManualClock(1_700_000_000_000);
  const applied: Record<string, unknown>[] = [];
  const refusals: Refusal[] = [];
  let streams: StreamState[] = [];
  let gapSince: number | undefined;
  const { feed } = createScriptedFeed('okx', [], {});
  const watch = createStreamWatch({
    engine: { view: () => ({ instrument: BTC, price: 1, ts: 1, late: 0, gapSince }) },
    feeds: [{ ...feed, streams: () => streams }],
    clock: time.clock,
    now: time.now,
    apply(event: MarketEvent) {
      const { type, open, name } = event as { type: string; open?: boolean; name?: string };
      applied.push({ type, open, ...(name === undefined ? {} : { name }) });
      if (event.type === 'gap') gapSince = event.open ? event.from : undefined;
      return [];
    },
    refused: (refusal) => refusals.push(refusal),
  });
  watch.start();
  return {
    ...{ time, applied, refusals, watch },
    be(channel: StreamState['channel'], state: StreamState['state'], refusal?: string) {
      streams = [{ name: `${channel} btcusdt`, channel, symbol: 'btcusdt', state, ageMs: 40_000, refusal }];
    },
    /** The fact comes every so often for a while. */
    async facts(name: string, everyMs: number, times: number) {
      for (let i = 0; i < times; i++) {
        watch.came({ type: 'fact', name, instrument: BTC, ts: time.now(), value: i });
        await time.advance(everyMs);
      }
    },
  };
}

describe('a stream', () => {
  it('that stays silent opens a gap, once, until it is live again', async () => {
    const { time, applied, be } = bench();
    be('trades', 'stale');
    await time.advance(5_000);
    expect(applied).toEqual([]);
    await time.advance(60_000);
    expect(applied).toEqual([{ type: 'gap', open: true }]);
    be('trades', 'live');
    await time.advance(60_000);
    expect(applied.slice(1)).toEqual([{ type: 'gap', open: false }]);
  });

  it('that the feed heals by itself is left to it', async () => {
    const { time, applied, be } = bench();
    be('trades', 'resyncing');
    await time.advance(60_000);
    be('trades', 'live');
    await time.advance(60_000);
    expect(applied).toEqual([]);
  });

  it('of a book that is lost makes what the book says stale', async () => {
    const { time, applied, be } = bench();
    be('book', 'resyncing');
    await time.advance(20_000);
    be('book', 'live');
    await time.advance(20_000);
    expect(applied).toEqual([
      { type: 'fact-gap', open: true, name: 'book' },
      { type: 'fact-gap', open: false, name: 'book' },
    ]);
  });

  it('that is refused is told of with the venue’s reason', async () => {
    const { time, refusals, be } = bench();
    be('trades', 'down', 'the venue does not list it');
    await time.advance(5_000);
    expect(refusals[0]).toEqual({ instrument: BTC, channel: 'trades', reason: 'the venue does not list it' });
  });
});

describe('a fact', () => {
  const opened = [{ type: 'fact-gap', open: true, name: 'mark' }];

  it('that came every second is stale after five minutes', async () => {
    const { time, applied, facts, be } = bench();
    be('facts', 'live');
    await facts('mark', 1_000, 10);
    await time.advance(5 * MINUTE - 2_000);
    expect(applied).toEqual([]);
    await time.advance(10_000);
    expect(applied).toEqual(opened);
    await facts('mark', 1_000, 1);
    expect(applied.slice(1)).toEqual([{ type: 'fact-gap', open: false, name: 'mark' }]);
  });

  it('that came every ten minutes is stale after half an hour', async () => {
    const { time, applied, facts, be } = bench();
    be('facts', 'live');
    await facts('mark', 10 * MINUTE, 6);
    await time.advance(20 * MINUTE - 10_000);
    expect(applied).toEqual([]);
    await time.advance(20_000);
    expect(applied).toEqual(opened);
  });

  it('that came but once says nothing while its stream is live, and is stale five minutes after its stream is down', async () => {
    const { time, applied, facts, be } = bench();
    be('facts', 'live');
    await facts('mark', 1_000, 1);
    await time.advance(600 * MINUTE);
    expect(applied).toEqual([]);
    be('facts', 'down');
    await time.advance(10_000);
    expect(applied).toEqual(opened);
  });

  it('that counts events may be silent as long as its stream is live', async () => {
    const { time, applied, facts, be } = bench();
    be('facts', 'live');
    await facts('liquidations', 1_000, 20);
    await time.advance(600 * MINUTE);
    expect(applied).toEqual([]);
    be('facts', 'down');
    await time.advance(4 * MINUTE);
    expect(applied).toEqual([]);
    await time.advance(2 * MINUTE);
    expect(applied).toHaveLength(1);
  });

  it('without a stream never is', async () => {
    const { time, applied, watch } = bench();
    for (let i = 0; i < 9; i++) {
      watch.came({ type: 'fact', name: 'gdp', instrument: undefined, ts: time.now(), value: i });
      watch.came({ type: 'fact', name: 'sentiment', instrument: 'ingest:aapl', ts: time.now(), value: i });
      await time.advance(MINUTE);
    }
    await time.advance(6_000 * MINUTE);
    expect(applied).toEqual([]);
  });
});
