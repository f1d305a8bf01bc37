import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { createDowntime, type Downtime } from './downtime.ts';
import type { FiringWriter } from './firing-writer.ts';
import { createLateness, type Lateness, MISSED } from './lateness.ts';
import type { MarketHost } from './market-host.ts';
import { createOutageWatch, type OutageWatch } from './outage-watch.ts';
import type { RootLogger } from './part-logger.ts';
import type { RulesHost } from './rules-host.ts';
import type { SignalFeedsHost } from './signal-feeds.ts';
import type { Stores } from './stores.ts';

/** What knows of the time in which nobody watched: the program's own stops, and the venues' silence. */
export interface MissedTime {
  readonly downtime: Downtime;
  readonly lateness: Lateness;
  readonly outages: OutageWatch;
  /** To be called before the rules run. */
  open(): Promise<void>;
  /** To be called when they do, and before anything is sent. */
  start(): Promise<void>;
  stop(): void;
}

export interface MissedTimeOptions {
  readonly stores: Pick<Stores, 'meta' | 'outages' | 'outbox'>;
  readonly engine: Engine;
  readonly market: MarketHost;
  /** Made after this: they ask it how late firings are told. */
  readonly rules: () => RulesHost;
  readonly feeds: () => Pick<SignalFeedsHost, 'watcher'>;
  readonly writer: FiringWriter;
  readonly clock: Clock;
  readonly log: RootLogger;
  /** Called when a message is due. */
  readonly wake: () => void;
}

export function createMissedTime(options: MissedTimeOptions): MissedTime {
  const { stores, engine, market, rules, feeds, writer, clock } = options;
  const log = options.log.part('outages');
  const downtime = createDowntime({ ...stores, clock, log });
  const outages = createOutageWatch({
    ...{ engine, market, writer, store: stores.outages, clock },
    watchers: {
      get: (id) => rules().stored(id) ?? feeds().watcher(id),
      markets: (id) => feeds().watcher(id)?.markets ?? rules().markets(id),
      isBlind: (id) => engine.stateOf(id) === 'stale' || engine.strategy(id)?.isBlind === true,
    },
    tries: (venue) => market.tallies().find(({ status }) => status.venue === venue)?.status.tries ?? 0,
  });
  const lateness = createLateness({
    ...{ engine, downtime, clock, now: market.now, release },
    gapAround: (instrument, ts) => outages.gapAround(instrument, ts, market.now()),
  });
  lateness.onLate(outages.found);

  /** What was missed goes out as soon as it is stored. Never rejects: else it goes out by itself a little later. */
  async function release(): Promise<void> {
    try {
      await writer.settled();
      await stores.outbox.bringForward(MISSED, clock.now());
      options.wake();
    } catch (error) {
      log.warn({ err: error }, 'what was missed is told later');
    }
  }

  return {
    ...{ downtime, lateness, outages },
    async open() {
      await downtime.open();
      await outages.load();
    },
    async start() {
      outages.start();
      await lateness.takeUp(stores.outbox, (id) => rules().running(id));
    },
    stop() {
      outages.stop();
      lateness.stop();
    },
  };
}
