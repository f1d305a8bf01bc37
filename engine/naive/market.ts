import type { Bar } from '../market/events.ts';

/** Longest run of empty bars that is filled in. */
const LONGEST_FLAT_RUN = 10_000;
const MINUTE = 60_000;

/** A trade as it came. */
interface Taken {
  readonly ts: number;
  readonly price: number;
  readonly size: number;
  /** How many trades it stands for. */
  readonly count: number;
}

/** The moment of a trade: which bars were closed then, told by how far (ms) the time of each instrument had come. */
export interface Seen {
  readonly step: number;
  readonly until: ReadonlyMap<string, number>;
}

/** Every trade and every closed bar of one instrument and interval. */
export interface NaiveTrack {
  readonly instrument: string;
  readonly interval: number;
  readonly trades: Taken[];
  readonly closed: Bar[];
  /** Start of the open bar in ms; NaN before the first trade. */
  openStart: number;
  /** When its last trade came. */
  seen: Seen | undefined;
  /** When all of its trades came, oldest first. */
  readonly all: Seen[];
  /** Changes when bars come before those that were there. */
  version: number;
  /** The price before its first trade, where the minutes before it knew one: what an empty first bar is made of. */
  before?: number | undefined;
  /** Whether it is no bars but the moments of a fact. */
  readonly isFact?: true;
}

/** All that was told of one fact; `at` is when, in ms. */
export interface NaiveFact {
  readonly points: { readonly ts: number; readonly at: number; readonly value: number }[];
  readonly all: Seen[];
}

export interface NaiveInstrument {
  readonly id: string;
  readonly tracks: Map<number, NaiveTrack>;
  /** How far its time has come, in ms. */
  until: number;
  price: number;
  lastTs: number;
  late: number;
}

/** Who hears of each moment (ms) at which bars close. */
export interface Closes {
  before(end: number): void;
  after(end: number): void;
}

/** All trades that there were, and the bars that plain loops over them make. Nothing is ever updated but lists that grow. */
export function createNaiveMarket() {
  const instruments = new Map<string, NaiveInstrument>();
  const facts = new Map<string, NaiveFact>();
  let step = 0;

  const moment = (): Seen => ({
    step: ++step,
    until: new Map([...instruments].map(([key, each]) => [key, each.until])),
  });

  /** What was told of a fact of an instrument, or of none. */
  function fact(name: string, id = ''): NaiveFact {
    const key = `${id} ${name}`;
    const known = facts.get(key) ?? { points: [], all: [] };
    facts.set(key, known);
    return known;
  }

  /** @returns false where it is older than what is known: a fact that counts events may be older by a minute */
  function tell(name: string, id: string | undefined, ts: number, at: number, value: number): boolean {
    const { points, all } = fact(name, id);
    const newest = Math.max(...points.map((point) => point.ts));
    if (ts < newest - (name === 'liquidations' ? MINUTE : 0)) return false;
    points.push({ ts, at, value });
    all.push(moment());
    return true;
  }

  function instrument(id: string): NaiveInstrument {
    let known = instruments.get(id);
    if (known === undefined) {
      known = { id, tracks: new Map(), until: Number.NaN, price: Number.NaN, lastTs: Number.NaN, late: 0 };
      instruments.set(id, known);
      track(id, MINUTE);
    }
    return known;
  }

  /** Bars of an interval, from the one on that is open when they are first asked for. */
  function track(id: string, interval: number): NaiveTrack {
    const owner = instrument(id);
    const known = owner.tracks.get(interval);
    if (known !== undefined) return known;
    const made: NaiveTrack = {
      instrument: id,
      interval,
      trades: [],
      closed: [],
      openStart: Number.NaN,
      seen: undefined,
      all: [],
      version: 0,
    };
    const minutes = owner.tracks.get(MINUTE);
    if (interval > MINUTE && minutes !== undefined && !Number.isNaN(minutes.openStart)) {
      made.openStart = floor(minutes.openStart, interval);
      made.before = minutes.closed[minutes.closed.length - 1]?.close;
      made.trades.push(...minutes.trades.filter(({ ts }) => ts >= made.openStart));
      if (made.trades.length > 0) {
        made.seen = minutes.seen;
        made.all.push(...minutes.all.slice(-made.trades.length));
      }
    }
    owner.tracks.set(interval, made);
    return made;
  }

  /** Closes the bars that end at or before `ts`. */
  function advance(id: string, ts: number, { before, after }: Closes): void {
    const owner = instrument(id);
    const tracks = [...owner.tracks.values()];
    for (;;) {
      for (const each of tracks) leaveOut(each, ts);
      const end = Math.min(...tracks.map(endOf));
      if (!(end <= ts)) break;
      before(end);
      owner.until = end;
      for (const each of tracks) if (endOf(each) === end) close(each);
      after(end);
    }
    if (!(owner.until > ts)) owner.until = ts;
  }

  /** When the next bar of an instrument ends, in ms. */
  function nextEnd(id: string): number {
    return Math.min(...[...instrument(id).tracks.values()].map(endOf));
  }

  /** @returns whether the trade belongs to an open minute */
  function take(id: string, ts: number, price: number, size: number, count = 1): boolean {
    const owner = instrument(id);
    if (ts < owner.tracks.get(MINUTE)!.openStart) {
      owner.late++;
      return false;
    }
    const seen = moment();
    for (const each of owner.tracks.values()) {
      if (Number.isNaN(each.openStart)) each.openStart = floor(ts, each.interval);
      if (ts < each.openStart) continue;
      each.trades.push({ ts, price, size, count });
      each.seen = seen;
      each.all.push(seen);
    }
    if (!(ts < owner.lastTs)) {
      owner.lastTs = ts;
      owner.price = price;
    }
    return true;
  }

  /** Closed bars from before the first that is known, taken once, and where somebody wants them. */
  function learn(id: string, interval: number, bars: readonly Bar[]): void {
    const known = instrument(id).tracks.get(interval);
    if (known === undefined || known.version > 0) return;
    known.closed.unshift(...bars);
    known.version++;
    const owner = instrument(id);
    if (Number.isNaN(known.openStart)) known.openStart = bars[bars.length - 1].start + interval;
    if (Number.isNaN(owner.price)) owner.price = bars[bars.length - 1].close;
  }

  return { instruments, instrument, track, advance, nextEnd, take, learn, fact, tell };
}
export type NaiveMarket = ReturnType<typeof createNaiveMarket>;

const floor = (ts: number, interval: number): number => Math.floor(ts / interval) * interval;
const endOf = (track: NaiveTrack): number => track.openStart + track.interval || Number.POSITIVE_INFINITY;

/** After the longest run of empty bars the ones before it are left out. */
function leaveOut(track: NaiveTrack, ts: number): void {
  const missing = Math.floor((ts - endOf(track)) / track.interval);
  if (missing <= LONGEST_FLAT_RUN || tradesOf(track, track.openStart).length > 0) return;
  track.openStart = floor(ts, track.interval) - LONGEST_FLAT_RUN * track.interval;
}

function close(track: NaiveTrack): void {
  const bar = barAt(track, track.openStart);
  // What it was made after is newer than what history tells of before.
  const last = track.before ?? track.closed[track.closed.length - 1]?.close ?? Number.NaN;
  track.before = undefined;
  const flat = { open: last, high: last, low: last, close: last, volume: 0, trades: 0 };
  track.closed.push(bar ?? { start: track.openStart, ...flat });
  track.openStart += track.interval;
}

function tradesOf(track: NaiveTrack, start: number): Taken[] {
  return track.trades.filter(({ ts }) => ts >= start && ts < start + track.interval);
}

/**
 * The bar that starts at `start` and has trades. A trade that is older than one that came before it does not set the close.
 *
 * @param without leaves out so many of its newest trades
 */
export function barAt(track: NaiveTrack, start: number, without = 0): Bar | undefined {
  const all = tradesOf(track, start);
  const trades = all.slice(0, all.length - without);
  if (trades.length === 0) return undefined;
  let last = trades[0];
  let [volume, count] = [0, 0];
  for (const trade of trades) {
    if (trade.ts >= last.ts) last = trade;
    volume += trade.size;
    count += trade.count;
  }
  return {
    start,
    open: trades[0].price,
    high: Math.max(...trades.map(({ price }) => price)),
    low: Math.min(...trades.map(({ price }) => price)),
    close: last.price,
    volume,
    trades: count,
  };
}

/** Start of the bar of its last trade, in ms. */
export function lastTraded(track: NaiveTrack): number {
  return floor(track.trades[track.trades.length - 1].ts, track.interval);
}
