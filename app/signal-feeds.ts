import type { NewFeed, SignalFeedsPort, SignalFeedView } from '../commands/strategy-ports.ts';
import { breathe } from '../db/breathe.ts';
import type { LedgerStore } from '../db/ledger.ts';
import type { SignalFeed, SignalFeedStore } from '../db/signal-feeds.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { UserError } from '../engine/errors.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { printStrategy } from '../engine/language/strategy-print.ts';
import type { PastSignal } from '../engine/ledger/confidence.ts';
import { USUAL_COSTS } from '../engine/ledger/costs.ts';
import { formatInterval, MINUTE } from '../engine/market/interval.ts';
import { planBacktest } from '../engine/strategies/backtest-plan.ts';
import type { SavedStrategy, StrategyView } from '../engine/strategies/signal.ts';
import { tooFewBars } from './bars-there.ts';
import type { FeedTurn, FiringWriter } from './firing-writer.ts';
import type { MarketHost } from './market-host.ts';
import type { Watcher } from './outage-watch.ts';
import type { Logger } from './part-logger.ts';
import { STORED_SCOPE } from './rules-host.ts';
import { bodyOf, closedOut, createSignalTeller, type RunningFeed } from './signal-teller.ts';

/** Past signals of one strategy that its confidence is drawn from at most. */
const MOST_PAST = 1_000;
/** Feeds that are set running before others get their turn. */
const SLICE = 5;
/** How long a new feed waits for its history before its chat is answered, in ms. */
const HISTORY_PATIENCE_MS = 150;

export interface SignalFeedsHost extends SignalFeedsPort {
  /** Sets all stored feeds running, with what was open when they were last stored. */
  load(): Promise<void>;
  /** Hands all that changed without a signal to the writer. */
  store(): void;
  /** Every chat's feeds now belong, and go, to its new key. */
  moved(oldKey: string, newKey: string): void;
  /** The feed whose strategy the engine knows by this id. */
  byStrategy(strategyId: string): SignalFeed | undefined;
  /** That feed as something that can be blind, in the chat that its signals go to. */
  watcher(strategyId: string): (Watcher & Pick<RunningFeed, 'markets'>) | undefined;
}

export interface SignalFeedsOptions {
  readonly engine: Engine;
  readonly market: Pick<
    MarketHost,
    'onEvent' | 'apply' | 'need' | 'now' | 'hold' | 'ready' | 'idle' | 'price' | 'bars'
  >;
  readonly store: SignalFeedStore;
  readonly ledger: Pick<LedgerStore, 'signals'>;
  readonly writer: Pick<FiringWriter, 'add' | 'settled'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the engine calls the strategy of a feed: rules have numbers alone, so the ids of signals and firings are never the same. */
const strategyIdOf = ({ id }: Pick<SignalFeed, 'id'>): string => `s${id}`;

const read = (text: string): StrategyText => parseStrategy(text, STORED_SCOPE);

/** Everything that a strategy looks at. */
const marketsOf = (text: StrategyText): readonly string[] => [
  ...new Set([...text.instruments, ...planBacktest(text, 0, MINUTE).needs.map(({ instrument }) => instrument)]),
];

/**
 * Feeds of signals in the engine. Of what their strategies raise, the ledger's rows, the messages that are owed and where the strategy
 * stands are handed to the writer together: they are committed in one batch, before anything is sent.
 */
export function createSignalFeeds(options: SignalFeedsOptions): SignalFeedsHost {
  const { engine, market, store, ledger, writer, clock, log } = options;
  const running = new Map<string, RunningFeed>();
  /** What came of the signals of one strategy in one chat: feeds that carry the same share it. */
  const pasts = new Map<string, PastSignal[]>();
  const teller = createSignalTeller({ writer, clock, costs: USUAL_COSTS, turned });

  market.onEvent((event) => {
    if (event.type === 'signal') {
      const item = running.get(event.signal.strategyId);
      if (item !== undefined) teller.raised(item, event.signal);
    } else if (event.type === 'signal-event') {
      const item = running.get(event.event.strategyId);
      if (item !== undefined) teller.moved(item, event.event);
    }
  });

  function turned({ feed: { id } }: RunningFeed): FeedTurn {
    return { id, change: () => ({ id, saved: engine.savedStrategy(strategyIdOf({ id })), endedAt: undefined }) };
  }

  async function pastOf({ targetKey, name, version }: SignalFeed): Promise<PastSignal[]> {
    const key = `${targetKey} ${name} ${version}`;
    const known = pasts.get(key);
    if (known !== undefined) return known;
    const records = await ledger.signals({ chatKey: targetKey, strategy: name }, MOST_PAST);
    const past = records.flatMap(({ signal, end }): PastSignal[] => {
      if (signal.version !== version || end === undefined) return [];
      return [{ instrument: signal.instrument, side: signal.side, result: end.result }];
    });
    pasts.set(key, past);
    return past;
  }

  function start(item: RunningFeed, saved: SavedStrategy | undefined): void {
    const id = strategyIdOf(item.feed);
    running.set(id, item);
    for (const { signal, filled } of saved?.open ?? []) {
      if (filled !== undefined) item.fills.set(signal.id, filled);
    }
    const strategy = { id, text: item.text };
    market.apply({ type: 'strategy-set', ts: market.now(), strategy, ...(saved === undefined ? {} : { saved }) });
  }

  const need = ({ feed, markets }: RunningFeed): void => market.need(`feed ${feed.id}`, markets);

  async function runningOf(feed: SignalFeed): Promise<RunningFeed> {
    const text = read(feed.text);
    return { feed, text, markets: marketsOf(text), past: await pastOf(feed), fills: new Map() };
  }

  async function takeUp(feed: SignalFeed, saved: SavedStrategy | undefined): Promise<void> {
    try {
      start(await runningOf(feed), saved);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      log.error({ err: error, feed: feed.id }, 'the strategy of a feed can no longer be read, it does not run');
    }
  }

  /** The text keeps its number; another one that the name says there gets the next. */
  async function versionOf({ targetKey, name, version }: NewFeed, text: string): Promise<number> {
    const known = await store.versions(targetKey, name);
    const same = known.find((each) => bodyOf(each.text) === bodyOf(text));
    return same?.version ?? known.reduce((most, each) => Math.max(most, each.version + 1), version);
  }

  async function historyOf(instruments: readonly string[]): Promise<void> {
    let cancel = (): void => undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = clock.after(HISTORY_PATIENCE_MS, resolve);
    });
    const ready = Promise.all(instruments.map((instrument) => market.ready(instrument)));
    await Promise.race([ready.then(() => market.idle()), patience]);
    cancel();
  }

  function blindSince({ markets }: RunningFeed, view: StrategyView | undefined): number | undefined {
    if (view?.isBlind !== true) return undefined;
    const since = markets.flatMap((each) => engine.view(each)?.gapSince ?? []);
    return since.length === 0 ? market.now() : Math.min(...since);
  }

  function viewOf(item: RunningFeed): SignalFeedView {
    const { feed, text } = item;
    const view = engine.strategy(strategyIdOf(feed));
    return {
      feed,
      text,
      isReady: view?.ready ?? false,
      open: view?.open.length ?? 0,
      blindSince: blindSince(item, view),
    };
  }

  const byId = (id: string): RunningFeed | undefined => running.get(strategyIdOf({ id }));

  return {
    async load() {
      // What a venue tells of the time since the last run is for every strategy.
      const release = market.hold();
      try {
        let inSlice = 0;
        for (const { feed, saved } of await store.active()) {
          await takeUp(feed, saved);
          if (++inSlice % SLICE === 0) await breathe();
        }
      } finally {
        release();
      }
      for (const item of running.values()) need(item);
    },
    store() {
      for (const id of engine.takeTurnedStrategies()) {
        const item = running.get(id);
        if (item !== undefined) writer.add({ feeds: [turned(item)] });
      }
    },
    moved(oldKey, newKey) {
      const renamed = (key: string): string => (key === oldKey ? newKey : key);
      for (const item of running.values()) {
        const { feed } = item;
        item.feed = { ...feed, chatKey: renamed(feed.chatKey), targetKey: renamed(feed.targetKey) };
      }
    },
    tooFew: (strategy) => tooFewBars(market, clock, strategy),
    byStrategy: (strategyId) => running.get(strategyId)?.feed,
    watcher(strategyId) {
      const item = running.get(strategyId);
      if (item === undefined) return undefined;
      const { feed, text, markets } = item;
      const [instrument = ''] = markets;
      const saying = `${instrument} ${formatInterval(text.interval)}`;
      return { chatKey: feed.targetKey, instrument, text: saying, isFeed: true, markets };
    },
    async add(wanted) {
      const { strategy, ...rest } = wanted;
      const text = printStrategy({ ...strategy, name: wanted.name });
      const feed = await store.insert({ ...rest, text, version: await versionOf(wanted, text) });
      const item = await runningOf(feed);
      start(item, undefined);
      need(item);
      teller.carried(item);
      await Promise.all([writer.settled(), historyOf(item.markets)]);
      return viewOf(item);
    },
    list: (chatKey) =>
      [...running.values()]
        .filter(({ feed }) => feed.chatKey === chatKey || feed.targetKey === chatKey)
        .map(viewOf)
        .sort((a, b) => a.feed.number - b.feed.number),
    get(id) {
      const item = byId(id);
      return item && viewOf(item);
    },
    async dress(id, look) {
      const item = byId(id);
      if (item === undefined) return undefined;
      await store.dress(id, look);
      item.feed = { ...item.feed, ...look };
      return viewOf(item);
    },
    async remove(id) {
      const item = byId(id);
      if (item === undefined) return undefined;
      const strategyId = strategyIdOf(item.feed);
      const open = engine.strategy(strategyId)?.open ?? [];
      const ts = market.now();
      running.delete(strategyId);
      market.apply({ type: 'strategy-remove', ts, strategyId });
      market.need(`feed ${id}`, []);
      const price = (instrument: string) => market.price(instrument)?.price;
      for (const event of closedOut(open, ts, price)) teller.moved(item, event);
      const endedAt = clock.now();
      writer.add({ feeds: [{ id, change: () => ({ id, saved: undefined, endedAt }) }] });
      await writer.settled();
      return { feed: item.feed, closed: open.length };
    },
  };
}
