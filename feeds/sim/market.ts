import type { Bar, Trade } from '../../engine/market/events.ts';
import { MINUTE } from '../../engine/market/interval.ts';
import { type DayPlan, planDay } from './day-plan.ts';
import { MINUTES_OF_DAY } from './factors.ts';
import type { Model } from './instruments.ts';
import { createCache } from './lru.ts';
import { createRandom, hashText } from './random.ts';

/** One simulated instrument. Minutes are counted from the epoch. */
export interface Market {
  /** What the trades of a minute add up to. */
  bar(minute: number): Bar;
  /** The trades of a minute, one by one, made as they are asked for. */
  trades(minute: number): () => Trade | undefined;
  /** What the instrument is worth at a time (ms), between and beside its trades. */
  level(ts: number): number;
  /** Whether it is traded at all in a minute. */
  isOpen(minute: number): boolean;
}

/** A day's bars of one minute: prices in ticks, volumes in lots. */
interface MinuteDay {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly lots: Float64Array;
  readonly count: Int32Array;
  /** How many of its trades buy, and how many of its lots they have. */
  readonly buys: Int32Array;
  readonly boughtLots: Float64Array;
  /** Standard deviation of the minute's return. */
  readonly deviation: Float64Array;
}

/** Ids are `minute * IDS_A_MINUTE + place`. */
export const IDS_A_MINUTE = 1_000_000;
const TICKS = 100;
const CACHED_DAYS = 16;
const CACHED_PLANS = 2;

/** Trades are drawn within minutes that are drawn within days, so that any of them can be had without the others. */
export function createMarket(seed: string, model: Model, tradesPerMinute: number): Market {
  const { info } = model;
  const skeleton = createRandom();
  const minuteStream = hashText(`${seed}/minutes/${info.symbol}`);
  const tradeStream = hashText(`${seed}/trades/${info.symbol}`);
  const countStream = hashText(`${seed}/counts/${info.symbol}`);
  const sideStream = hashText(`${seed}/sides/${info.symbol}`);
  const rounding = createRandom();
  const sides = createRandom();
  const lot = info.lot ?? 1;

  const planOf = createCache(CACHED_PLANS, (day) => planDay(model, day));
  const dayOf = createCache(CACHED_DAYS, (day): MinuteDay => {
    const plan = planOf(day);
    const made = allocate();
    skeleton.seed(minuteStream, day);
    rounding.seed(countStream, day);
    sides.seed(sideStream, day);
    for (let m = 0; m < MINUTES_OF_DAY; m++) drawMinute(made, m, plan);
    return made;
  });

  /** At least one trade, and as many more as make up the mean: what is rounded is drawn, so that few add up right, too. */
  function drawCount(activity: number): number {
    const more = (tradesPerMinute - 1) * activity * Math.exp(0.3 * skeleton.gauss() - 0.045);
    return Math.min(IDS_A_MINUTE, 1 + Math.floor(more + rounding.next()));
  }

  function drawMinute(day: MinuteDay, m: number, plan: DayPlan): void {
    const [from, to, variance] = [plan.from[m], plan.to[m], plan.variance[m]];
    const deviation = Math.sqrt(variance);
    const count = drawCount(plan.activity[m]);
    const swing = (1 + (0.8 * Math.abs(to - from)) / deviation) / 1.64;
    const lots = Math.round(count * plan.turnover * model.meanLots * swing * Math.exp(0.4 * skeleton.gauss() - 0.08));
    // The quotes stand a little off the path: open and close differ from their neighbours.
    const first = from + 0.1 * deviation * skeleton.gauss();
    const last = to + 0.1 * deviation * skeleton.gauss();
    const move = last - first;
    // Extremes of a Brownian bridge, by inverting their distribution.
    const top = (first + last + Math.sqrt(move * move - 2 * variance * Math.log(skeleton.next()))) / 2;
    const bottom = (first + last - Math.sqrt(move * move - 2 * variance * Math.log(skeleton.next()))) / 2;
    const upward = skeleton.next() < 0.5;
    const close = ticksOf(last);
    const open = count === 1 ? close : ticksOf(first);
    day.open[m] = open;
    day.close[m] = close;
    // Few trades cannot reach both extremes.
    day.high[m] = count > 3 || (count === 3 && upward) ? Math.max(open, close, ticksOf(top)) : Math.max(open, close);
    day.low[m] = count > 3 || (count === 3 && !upward) ? Math.min(open, close, ticksOf(bottom)) : Math.min(open, close);
    day.lots[m] = Math.max(count, lots);
    day.count[m] = count;
    day.deviation[m] = deviation;
    drawSides(day, m, move / deviation);
  }

  /** Takers buy more in a minute that rises; each trade has a lot at least. */
  function drawSides(day: MinuteDay, m: number, move: number): void {
    const [count, lots] = [day.count[m], day.lots[m]];
    const share = 0.5 + 0.25 * Math.tanh(move) + 0.1 * sides.gauss();
    const buys = Math.min(count, Math.max(0, Math.floor(share * count + sides.next())));
    const size = Math.min(1, Math.max(0, buys / count + 0.06 * sides.gauss()));
    day.buys[m] = buys;
    if (buys === 0 || buys === count) day.boughtLots[m] = buys === 0 ? 0 : lots;
    else day.boughtLots[m] = buys + Math.round((lots - count) * size);
  }

  function trades(minute: number): () => Trade | undefined {
    const day = dayOf(Math.floor(minute / MINUTES_OF_DAY));
    const m = minute % MINUTES_OF_DAY;
    const random = createRandom();
    random.seed(tradeStream, minute);
    const [count, high, low] = [day.count[m], day.high[m], day.low[m]];
    const stops = anchors(day, m, random.next(), random.next());
    const noise = (day.deviation[m] * day.close[m]) / Math.sqrt(count);
    let place = 0;
    let at = day.open[m];
    let previous = day.open[m];
    let wish: 'buy' | 'sell' = 'buy';
    const buys: Takers = { side: 'buy', left: day.buys[m], lots: day.boughtLots[m] };
    const sells: Takers = { side: 'sell', left: count - day.buys[m], lots: day.lots[m] - day.boughtLots[m] };
    return () => {
      if (place >= count) return undefined;
      if (stops[0].place < place) stops.shift();
      const stop = stops[0];
      const steps = stop.place - place + 1;
      if (place > 0) {
        at += (stop.ticks - at) / steps + noise * random.gauss() * Math.sqrt((steps - 1) / steps);
        at = Math.min(high, Math.max(low, at));
      }
      const ticks = stop.place === place ? stop.ticks : Math.round(at);
      at = stop.place === place ? stop.ticks : at;
      if (ticks !== previous) wish = ticks > previous ? 'buy' : 'sell';
      else if (random.next() < 0.5) wish = wish === 'buy' ? 'sell' : 'buy';
      previous = ticks;
      // Who moves the price takes, as long as the minute has such takers left.
      const [liked, others] = wish === 'buy' ? [buys, sells] : [sells, buys];
      const takers = liked.left > 0 ? liked : others;
      // Every trade has a lot of its own; of its side's others it takes a log-normal share, the last one what is left.
      const spare = takers.lots - takers.left;
      const share = Math.floor((spare / takers.left) * Math.exp(0.9 * random.gauss() - 0.4));
      const lots = 1 + (takers.left === 1 ? spare : Math.min(spare, share));
      takers.lots -= lots;
      takers.left--;
      return {
        type: 'trade',
        instrument: info.instrument,
        ts: minute * MINUTE + Math.floor(((place + random.next()) / count) * MINUTE),
        price: ticks / TICKS,
        size: lots * lot,
        side: takers.side,
        id: String(minute * IDS_A_MINUTE + place++),
      };
    };
  }

  return {
    bar(minute) {
      const day = dayOf(Math.floor(minute / MINUTES_OF_DAY));
      const m = minute % MINUTES_OF_DAY;
      return {
        start: minute * MINUTE,
        open: day.open[m] / TICKS,
        high: day.high[m] / TICKS,
        low: day.low[m] / TICKS,
        close: day.close[m] / TICKS,
        volume: day.lots[m] * lot,
        trades: day.count[m],
        bought: day.boughtLots[m] * lot,
      };
    },
    trades,
    level(ts) {
      const minute = Math.floor(ts / MINUTE);
      const plan = planOf(Math.floor(minute / MINUTES_OF_DAY));
      const m = minute % MINUTES_OF_DAY;
      return Math.exp(plan.from[m] + (plan.to[m] - plan.from[m]) * (ts / MINUTE - minute));
    },
    isOpen: () => true,
  };
}

/** What is left of a minute for those who buy, or who sell. */
interface Takers {
  readonly side: 'buy' | 'sell';
  /** Trades. */
  left: number;
  lots: number;
}

interface Anchor {
  readonly place: number;
  readonly ticks: number;
}

/** The places through which a minute's trades must go: open, the two extremes in some order, close. */
function anchors(day: MinuteDay, m: number, first: number, second: number): Anchor[] {
  const count = day.count[m];
  const stops: Anchor[] = [{ place: 0, ticks: day.open[m] }];
  const inner = count - 2;
  if (inner === 1) {
    const reached = day.high[m] > Math.max(day.open[m], day.close[m]) ? day.high[m] : day.low[m];
    stops.push({ place: 1, ticks: reached });
  } else if (inner > 1) {
    const high = Math.floor(first * inner);
    const low = (high + 1 + Math.floor(second * (inner - 1))) % inner;
    const both = [
      { place: 1 + high, ticks: day.high[m] },
      { place: 1 + low, ticks: day.low[m] },
    ];
    stops.push(...both.sort((a, b) => a.place - b.place));
  }
  if (count > 1) stops.push({ place: count - 1, ticks: day.close[m] });
  return stops;
}

function ticksOf(log: number): number {
  return Math.max(1, Math.round(Math.exp(log) * TICKS));
}

function allocate(): MinuteDay {
  const values = () => new Float64Array(MINUTES_OF_DAY);
  return {
    open: values(),
    high: values(),
    low: values(),
    close: values(),
    lots: values(),
    count: new Int32Array(MINUTES_OF_DAY),
    buys: new Int32Array(MINUTES_OF_DAY),
    boughtLots: values(),
    deviation: values(),
  };
}
