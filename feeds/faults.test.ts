import { afterEach, describe, expect, it } from 'vitest';
import type { Bar, FeedEvent, Trade } from '../engine/market/events.ts';
import { DEALERS, type Dealer } from '../test/doubles/dealers.ts';
import { type FaultyLine, openFaultyLine } from '../test/doubles/faulty-line.ts';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createRandom } from '../test/doubles/random.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Wire, watchWire } from '../test/doubles/wire.ts';
import type { Feed } from './feed.ts';
import { createVenueFeed } from './venue-feed.ts';

/** A full minute. */
const START = 1_700_000_040_000;
const MINUTE = 60_000;
const STEP = 500;

interface Fault {
  readonly what: string;
  begin(line: FaultyLine): void;
  /** Some time later. */
  end(line: FaultyLine): void;
  /** Only where a frame that is left out shows. */
  readonly needsNumbers?: boolean;
  /** The order is lost for good where the venue does not number. */
  readonly swaps?: boolean;
  /** So many trades come meanwhile that no snapshot of a stream makes up for them. */
  readonly isBusy?: boolean;
}

/** Each second frame changes its place with the one before it. */
function swapping() {
  let kept: string | undefined;
  return {
    bend(text: string): readonly string[] {
      const before = kept;
      kept = before === undefined ? text : undefined;
      return before === undefined ? [] : [text, before];
    },
    rest: () => kept ?? '',
  };
}

const swap = swapping();
let frames = 0;

const FAULTS: readonly Fault[] = [
  {
    what: 'a handshake that is refused',
    begin(line) {
      line.handshake('refused');
      line.cut();
    },
    end: (line) => line.handshake('answered'),
  },
  {
    what: 'a handshake that is never answered',
    begin(line) {
      line.handshake('hanging');
      line.cut();
    },
    end: (line) => line.handshake('answered'),
  },
  { what: 'a socket that is cut', begin: (line) => line.cut(), end: () => undefined },
  { what: 'a socket that is closed, as after a day', begin: (line) => line.cut(1001), end: () => undefined },
  {
    what: 'frames that come twice',
    begin: (line) => line.bend((text) => [text, text]),
    end: (line) => line.bend(undefined),
  },
  {
    what: 'frames that are swapped',
    swaps: true,
    begin: (line) => line.bend(swap.bend),
    end(line) {
      line.bend(undefined);
      line.push(swap.rest());
    },
  },
  {
    what: 'frames that are left out',
    needsNumbers: true,
    begin: (line) => line.bend((text) => (frames++ % 7 === 3 ? [] : [text])),
    end: (line) => line.bend(undefined),
  },
  { what: 'a socket that is slow', begin: (line) => line.hold(true), end: (line) => line.hold(false) },
  {
    what: 'a 429 when it would fetch what it missed',
    isBusy: true,
    begin(line) {
      line.handshake('refused');
      line.failRest(3, 429, 2);
      line.cut();
    },
    end: (line) => line.handshake('answered'),
  },
  {
    what: 'a 418 when it would fetch what it missed',
    isBusy: true,
    begin(line) {
      line.handshake('refused');
      line.failRest(1, 418, 25);
      line.cut();
    },
    end: (line) => line.handshake('answered'),
  },
];

let time: ManualClock;
let wire: Wire;
let dealer: Dealer;
let line: FaultyLine;
let feed: Feed;
let events: FeedEvent[];

async function open(name: keyof typeof DEALERS): Promise<void> {
  time = createManualClock(START);
  wire = watchWire();
  dealer = await DEALERS[name].open(time);
  line = await openFaultyLine(dealer);
  events = [];
  const { wsUrl, restUrl } = line;
  const log = createSilentLog();
  feed = createVenueFeed(DEALERS[name].venue, { wsUrl, restUrl, clock: time.clock, random: () => 0, log });
  feed.start((event) => events.push(event));
  feed.watch(['btcusdt']);
  await until(() => feed.status().state === 'live' && (feed.status().streams?.live ?? 0) > 0);
}

afterEach(async () => {
  await feed.stop();
  await line.stop();
  await dealer.stop();
  wire.close();
});

async function step(): Promise<void> {
  if (Math.floor(time.now() / 1000) > Math.floor((time.now() - STEP) / 1000)) dealer.beat?.();
  await wire.quiet();
  await time.advance(STEP);
}

async function until(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    await wire.quiet();
    if (check()) return;
    await step();
  }
  throw new Error(`never came: ${JSON.stringify(feed.status())} ${JSON.stringify(events.slice(-5))}`);
}

const trades = () => events.filter((event): event is Trade => event.type === 'trade');

/** Bars as a plain loop makes them of what came, by their starts. */
function barsOf(told: readonly FeedEvent[]): ReadonlyMap<number, Omit<Bar, 'trades'>> {
  const bars = new Map<number, Omit<Bar, 'trades'>>();
  for (const event of told) {
    if (event.type === 'bars') for (const { trades: _, ...bar } of event.bars) bars.set(bar.start, bar);
    if (event.type !== 'trade') continue;
    const { ts, price, size } = event;
    const start = ts - (ts % MINUTE);
    const bar = bars.get(start) ?? { start, open: price, high: price, low: price, close: price, volume: 0 };
    const [high, low] = [Math.max(bar.high, price), Math.min(bar.low, price)];
    bars.set(start, { ...bar, high, low, close: price, volume: bar.volume + size });
  }
  return bars;
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  promise.then(done, done);
  await until(() => isDone);
  return promise;
}

describe.each(Object.keys(DEALERS) as (keyof typeof DEALERS)[])('%s', (name) => {
  const { isNumbered } = DEALERS[name];

  it.each(FAULTS.filter(({ needsNumbers }) => isNumbered || !needsNumbers))(
    'tells all trades once and in order, and the bars that the venue has, in spite of $what',
    async (fault) => {
      await open(name);
      const random = createRandom(7);
      const made: (readonly [number, number])[] = [];
      for (let i = 0; i < 260; i++) {
        if (i === 40) fault.begin(line);
        if (i === 80) fault.end(line);
        const count = fault.isBusy && i >= 40 && i < 80 ? 5 : i % 2;
        for (let n = 0; n < count; n++) {
          const trade = [1000 + Math.floor(random() * 64), 1 + Math.floor(random() * 8)] as const;
          made.push(trade);
          dealer.trade(...trade);
        }
        await step();
      }
      await until(() => feed.status().state === 'live' && trades().at(-1)?.price === made.at(-1)?.[0]);
      if (fault.isBusy) expect(line.failed()).toBeGreaterThan(0);
      line.failRest(0, 200);
      const seen = trades();
      expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
      const isOrdered = isNumbered || !fault.swaps;
      const inTime = seen.map(({ ts }) => ts).sort((a, b) => a - b);
      if (isOrdered) expect(seen.map(({ ts }) => ts)).toEqual(inTime);
      const gaps = events.flatMap((event) => (event.type === 'gap' ? [event.open] : []));
      expect(gaps.length % 2 === 0 && gaps.every((isOpen, i) => isOpen === (i % 2 === 0))).toBe(true);
      if (!events.some(({ type }) => type === 'bars')) {
        const found = seen.map(({ price, size }) => [price, size]);
        expect(isOrdered ? found : found.sort()).toEqual(isOrdered ? made : [...made].sort());
      }
      const bars = await settled(feed.history('btcusdt', MINUTE, START, START + 2 * MINUTE));
      expect(bars.map(({ start }) => start)).toEqual([START, START + MINUTE]);
      const built = barsOf(events);
      for (const { open: first, high, low, close, volume, start } of bars) {
        expect(built.get(start)).toMatchObject({ start, open: first, high, low, close, volume });
      }
    },
  );
});
