import type { Bar } from '../../engine/market/events.ts';
import type { InstrumentInfo } from '../../engine/market/instrument.ts';
import { DAY } from '../../engine/market/interval.ts';
import type { Feed, FeedSink, FeedState } from '../../feeds/feed.ts';

/** Where a symbol's price is by script, by time in ms. */
export type Script = (ts: number) => number;

export interface ScriptedFeed {
  readonly feed: Feed;
  /** What the engine hears from now on comes from here. */
  sink(): FeedSink;
  /** Requests for history fail with `error` until it is undefined again. */
  fail(error: Error | undefined): void;
  state(state: FeedState): void;
  /** What it lists from now on. */
  list(infos: readonly InstrumentInfo[]): void;
  /** Symbols that somebody asked to watch. */
  readonly watched: ReadonlySet<string>;
}

/** Open and close are the script's at the bar's ends, the wicks reach 1 beyond; 10 units in 4 trades a minute. */
export function scriptedBars(script: Script, interval: number, from: number, to: number): Bar[] {
  const bars: Bar[] = [];
  for (let start = Math.ceil(from / interval) * interval; start + interval <= to; start += interval) {
    const [open, close] = [script(start), script(start + interval)];
    const minutes = interval / 60_000;
    const [high, low] = [Math.max(open, close) + 1, Math.min(open, close) - 1];
    bars.push({ start, open, high, low, close, volume: 10 * minutes, trades: Math.max(1, 4 * minutes) });
  }
  return bars;
}

/** A venue whose history is a script and whose trades the test makes. */
export function createScriptedFeed(
  venue: string,
  listed: readonly InstrumentInfo[],
  scripts: Readonly<Record<string, Script>>,
): ScriptedFeed {
  const watched = new Set<string>();
  let failure: Error | undefined;
  let list = listed;
  let state: FeedState = 'live';
  let sink: FeedSink = () => undefined;
  return {
    watched,
    sink: () => sink,
    fail(error) {
      failure = error;
    },
    state(to) {
      state = to;
    },
    list(infos) {
      list = infos;
    },
    feed: {
      venue,
      start(to) {
        sink = to;
      },
      stop: async () => undefined,
      instruments: async () => list,
      watch(symbols) {
        for (const symbol of symbols) {
          watched.add(symbol);
          // Nothing was missed: whatever gap there was is over.
          sink({ type: 'gap', instrument: `${venue}:${symbol}`, open: false, from: 0, ts: 0 });
        }
      },
      unwatch: (symbols) => symbols.forEach((symbol) => void watched.delete(symbol)),
      async history(symbol, interval, from, to) {
        if (failure !== undefined) throw failure;
        const script = scripts[symbol];
        return script === undefined ? [] : scriptedBars(script, interval, Math.max(from, to - 400 * DAY), to);
      },
      resume: () => undefined,
      status: () => ({
        venue,
        state,
        lastMessageAt: undefined,
        since: 0,
        tries: 0,
        counters: { frames: 0, trades: 0, duplicates: 0, malformed: 0, unknown: 0, reconnects: 0 },
      }),
    },
  };
}
