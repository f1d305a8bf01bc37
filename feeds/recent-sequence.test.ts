import { beforeEach, describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import type { Bar, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createRecentSequence } from './recent-sequence.ts';
import type { Sequence } from './sequence.ts';

const START = 1_700_000_040_000;
const MINUTE = 60_000;

let time: ManualClock;
let events: FeedEvent[];
/** What the venue has, oldest first. */
let history: Trade[];
/** How many of them one answer holds. */
let reach: number;
let failures: number;
let duplicates: number;
let asked: string[];

beforeEach(() => {
  time = createManualClock(START);
  [events, history, reach, failures, duplicates, asked] = [[], [], 5, 0, 0, []];
});

/** Ids without any order, as a UUID is. */
const trade = (n: number, ts = time.now(), id = `${(n * 7919) % 1000}-${n}`): Trade => ({
  type: 'trade',
  instrument: 'v:x',
  ts,
  price: n,
  size: 1,
  side: 'buy',
  id,
});

function minuteBars(from: number): Bar[] {
  const bars: Bar[] = [];
  for (let start = from; start <= time.now(); start += MINUTE) {
    const inside = history.filter(({ ts }) => ts >= start && ts < start + MINUTE).map(({ price }) => price);
    const [open = 1, close = 1] = [inside.at(0), inside.at(-1)];
    const [low, high] = [Math.min(open, ...inside), Math.max(open, ...inside)];
    bars.push({ start, open, high, low, close, volume: inside.length, trades: inside.length });
  }
  return bars;
}

function make(more: { resume?: { from: number; lastId: undefined }; ascending?: boolean } = {}): Sequence {
  const { ascending, ...rest } = more;
  return createRecentSequence({
    symbol: 'x',
    instrument: 'v:x',
    source: {
      ...(ascending && { ascending }),
      async recent() {
        asked.push('recent');
        if (failures-- > 0)
          throw new TransportError('no', { retryable: true, reason: 'unreachable', retryAfterMs: 4000 });
        return history.slice(-reach);
      },
      async minuteBars(_symbol, from) {
        asked.push('bars');
        return minuteBars(from);
      },
    },
    clock: time.clock,
    random: () => 0,
    log: createSilentLog(),
    emit: (event) => events.push(event),
    duplicate: () => {
      duplicates++;
    },
    changed: () => undefined,
    bound: () => 1000,
    ...rest,
  });
}

/** The venue trades; whoever is given hears of it. */
function happen(n: number, sequence?: Sequence, id?: string): void {
  const one = trade(n, time.now(), id);
  history.push(one);
  sequence?.offer(one);
}

const prices = () => events.flatMap((event) => (event.type === 'trade' ? [event.price] : []));
const story = () =>
  events.map((event) => {
    if (event.type === 'trade') return event.price;
    if (event.type === 'bars') return `bars ${event.bars.map(({ start }) => (start - START) / MINUTE).join(' ')}`;
    return event.type === 'gap' ? `gap ${event.open ? 'open' : 'closed'}` : event.type;
  });

describe('trades whose ids have no order', () => {
  it('pass as they come, each once', async () => {
    const sequence = make();
    sequence.streaming();
    for (const n of [1, 2, 3]) happen(n, sequence);
    for (const old of history) sequence.offer(old);
    expect([prices(), duplicates, sequence.live(), asked]).toEqual([[1, 2, 3], 3, true, []]);
  });

  it('that were missed are fetched before those that came meanwhile', async () => {
    const sequence = make();
    sequence.streaming();
    for (const n of [1, 2]) happen(n, sequence);
    sequence.lost(time.now());
    await time.advance(1000);
    for (const n of [3, 4]) happen(n);
    sequence.streaming();
    happen(5, sequence);
    expect(sequence.live()).toBe(false);
    await time.advance(0);
    happen(6, sequence);
    expect(story()).toEqual([1, 2, 'gap open', 3, 4, 5, 'gap closed', 6]);
    expect(asked).toEqual(['recent']);
  });

  it('wait while the venue cannot be asked, as long as it says', async () => {
    const sequence = make();
    sequence.streaming();
    happen(1, sequence);
    sequence.lost(time.now());
    happen(2);
    failures = 2;
    sequence.streaming();
    happen(3, sequence);
    await time.advance(0);
    await time.advance(7999);
    expect(prices()).toEqual([1]);
    await time.advance(1);
    expect(story()).toEqual([1, 'gap open', 2, 3, 'gap closed']);
  });

  it.each([
    [99, 'bars 0 1', 120],
    // Two clocks may differ by two seconds: the minute after next is the first that the stream surely has whole.
    [119, 'bars 0 1 2', 180],
  ])(
    'that do not reach back, the stream being there since second %d, are bars up to the first minute that is whole',
    async (second, bars, first) => {
      const sequence = make();
      sequence.streaming();
      happen(0, sequence);
      sequence.lost(time.now());
      for (let tenth = 1; tenth <= 2000; tenth++) {
        await time.advance(100);
        happen(tenth, tenth >= second * 10 ? sequence : undefined);
        if (tenth === second * 10) sequence.streaming();
      }
      expect(story().slice(0, 4)).toEqual([0, 'gap open', bars, first * 10]);
      expect(prices()).toEqual([0, ...Array.from({ length: 2001 - first * 10 }, (_, i) => first * 10 + i)]);
      expect(events.filter(({ type }) => type === 'gap')).toHaveLength(2);
      expect(sequence.live()).toBe(true);
    },
  );

  it('after a restart take up with bars, and with the trades of the running minute where one answer holds them', async () => {
    history = [trade(1, START - MINUTE), trade(2, START - 1), trade(3, START + 1)];
    await time.advance(10_000);
    const sequence = make({ resume: { from: START - MINUTE, lastId: undefined } });
    expect(story()).toEqual(['gap open']);
    sequence.streaming();
    happen(4, sequence);
    await time.advance(0);
    expect(story()).toEqual(['gap open', 'bars -1', 3, 4, 'gap closed']);
    for (const old of history) sequence.offer(old);
    expect(prices()).toEqual([3, 4]);
  });

  it('that are more than may wait are fetched again', async () => {
    const sequence = make();
    sequence.streaming();
    happen(0, sequence);
    sequence.lost(time.now());
    failures = 1;
    sequence.streaming();
    reach = 2000;
    await time.advance(0);
    for (let n = 1; n <= 1500; n++) happen(n, sequence);
    await time.advance(5000);
    expect(prices()).toEqual(Array.from({ length: 1501 }, (_, i) => i));
    expect(sequence.live()).toBe(true);
  });

  it('say nothing once halted', async () => {
    const sequence = make();
    sequence.streaming();
    happen(1, sequence);
    sequence.lost(time.now());
    sequence.streaming();
    sequence.halt();
    happen(2, sequence);
    await time.advance(5000);
    expect(story()).toEqual([1, 'gap open']);
  });
});

describe('trades whose ids ascend', () => {
  it('count as repeats below the newest id, however the venue cuts them up when asked', async () => {
    const sequence = make({ ascending: true });
    sequence.streaming();
    happen(1, sequence, '999');
    // Of 1000 to 1002 the stream makes one trade with the last id.
    sequence.offer(trade(2, time.now(), '1002'));
    sequence.lost(time.now());
    history.push(...['1000', '1001', '1002', '1003'].map((id) => trade(Number(id), time.now(), id)));
    sequence.streaming();
    await time.advance(0);
    sequence.offer(trade(9, time.now(), '1003'));
    expect(story()).toEqual([1, 2, 'gap open', 1003, 'gap closed']);
    expect(duplicates).toBe(1);
  });
});
