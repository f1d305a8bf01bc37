import { dayBefore } from '../commands/day.ts';
import type { ChatPlatform } from '../commands/platform.ts';
import type { DeskPort } from '../commands/ports.ts';
import type { CommandService } from '../commands/service.ts';
import type { FiringStore } from '../db/firings.ts';
import type { LedgerStore } from '../db/ledger.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { TradeStore } from '../db/trades.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Bar, EngineEvent, FeedEvent } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { barStart, DAY } from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import type { FiringRow, HookPort, IngestPort, StreamEvent, SymbolRow, WebPorts } from '../web/ports.ts';
import { deskAnswers } from './desk/answers.ts';
import type { MarketHost } from './market-host.ts';
import { type MetricSources, metrics } from './metrics.ts';
import type { RulesHost } from './rules-host.ts';
import type { Scrub } from './scrub.ts';
import { seriesAnswer } from './series-answer.ts';
import type { SignalFeedsHost } from './signal-feeds.ts';
import type { StorageState } from './storage-watch.ts';
import { storedTrades } from './stored-trades.ts';
import type { TradeWriter } from './trade-writer.ts';

export interface WebPortsOptions extends MetricSources {
  readonly service: CommandService;
  readonly engine: Engine;
  readonly market: MarketHost;
  readonly rules: RulesHost;
  readonly feeds: Pick<SignalFeedsHost, 'byStrategy'>;
  readonly firings: FiringStore;
  readonly ledger: Pick<LedgerStore, 'signals'>;
  readonly outbox: OutboxStore;
  readonly trades: TradeWriter;
  readonly tradeStore: TradeStore;
  readonly platforms: readonly ChatPlatform[];
  readonly clock: Clock;
  readonly quote: string;
  /** Takes the program's secrets out of what a failure says. */
  readonly scrub: Scrub;
  readonly ingest: IngestPort;
  readonly hooks: HookPort;
  readonly desk: DeskPort;
}

/** What the report says of a database that takes nothing. */
function faultOf({ reason, kept, dropped }: StorageState): { readonly detail?: string } {
  if (reason === undefined) return {};
  const lost = dropped === 0 ? '' : `, ${dropped} found no room and are lost`;
  const what = kept === 1 ? '1 firing is' : `${kept} firings are`;
  return { detail: `nothing can be stored: ${reason}; ${what} kept beside the database${lost}` };
}

/** What the HTTP side may ask of the program. */
export function createWebPorts(options: WebPortsOptions): WebPorts {
  const { market, rules, firings, outbox, platforms, clock, service, scrub } = options;
  const preference = { venue: undefined, quote: options.quote };
  const listeners = new Set<(event: StreamEvent) => void>();
  market.onEvent((event) => {
    if (listeners.size === 0) return;
    const shown = streamed(event, {
      rule: (id) => rules.stored(id)?.text ?? '',
      strategy: (id) => options.feeds.byStrategy(id)?.name ?? id,
    });
    if (shown !== undefined) for (const listener of listeners) listener(shown);
  });

  const toRow = (firing: { id: string; ts: number; instrument: string; price: number; ruleId: string }): FiringRow => ({
    id: firing.id,
    ts: firing.ts,
    instrument: firing.instrument,
    rule: rules.stored(firing.ruleId)?.text ?? 'deleted',
    price: firing.price,
  });

  return {
    service,
    health: () => ({
      database: { migrated: true, ...faultOf(options.storage.state()) },
      feeds: market.feeds().map(({ name, state, ageMs, detail, watched, streams }) => ({
        name,
        state: state as 'live',
        lastMessageAgeMs: ageMs,
        symbols: watched,
        ...(streams === undefined ? {} : { streams }),
        ...(detail === undefined ? {} : { detail: scrub(detail) }),
      })),
      platforms: platforms.map((platform) => {
        const { state, lastSeen, detail } = platform.status();
        const lastMessageAgeMs = lastSeen === undefined ? undefined : clock.now() - lastSeen;
        return {
          name: platform.name,
          state,
          lastMessageAgeMs,
          ...(detail === undefined ? {} : { detail: scrub(detail) }),
        };
      }),
    }),
    symbols: () => symbolRows(options),
    resolve: (text) => market.symbols.resolve(text, preference)?.instrument,
    suggest: (text) => market.symbols.suggest(text, preference, 5).map((info) => info.symbol),
    async bars(instrument, interval, from, to, limit, bystander = false) {
      if (!bystander) await market.prepare(instrument);
      return barsFor(market, instrument, interval, from, to, limit);
    },
    trades: (instrument, from, to, limit) => storedTrades(options, instrument, { from, to, limit }),
    need: market.need,
    async day(instrument) {
      const last = market.price(instrument);
      const now = market.now();
      // Who looks at the page keeps nothing watched.
      const bystander = { ...market, bars: market.glance };
      return last && (await dayBefore(bystander, instrument, { ts: now, price: last.price }, now));
    },
    statistics: deskAnswers(market, options.desk),
    series: (query) => seriesAnswer(market, options.quote, query),
    firings: async (limit) => (await firings.recent(limit)).map(toRow),
    signals: options.ledger.signals,
    outbox: () => outbox.counts(clock.now() - DAY),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    metrics: () => metrics(options),
    ingest: options.ingest,
    hooks: options.hooks,
  };
}

/** What people call the things that the engine knows by their ids. */
interface Names {
  rule(id: string): string;
  strategy(id: string): string;
}

function streamed(event: FeedEvent | EngineEvent, names: Names): StreamEvent | undefined {
  switch (event.type) {
    case 'trade':
      return event;
    case 'bar-closed':
      return { type: 'bar', instrument: event.instrument, interval: event.interval, ...event.bar };
    case 'fired': {
      const { id, ts, instrument, price, ruleId } = event.firing;
      return { type: 'firing', id, ts, instrument, price, rule: names.rule(ruleId) };
    }
    case 'signal': {
      const { id, ts, instrument, side, price, strategyId } = event.signal;
      return { type: 'signal', id, ts, instrument, side, price, strategy: names.strategy(strategyId) };
    }
    case 'gap':
      return { type: 'status' };
    case 'signal-event':
    case 'strategy-blind':
    case 'bars':
    case 'book':
    case 'fact':
    case 'rule-state':
    case 'history-needed':
    case 'fact-taken':
    case 'facts-needed':
    case 'book-wanted':
    case 'refused':
      return undefined;
  }
}

/** One whose own data are missing is not live, however well its venue is. */
function stateOf(venue: string, gapSince: number | undefined): string {
  return venue === 'live' && gapSince !== undefined ? 'stale' : venue;
}

function symbolRows({ engine, market }: WebPortsOptions): readonly SymbolRow[] {
  const states = new Map(market.feeds().map((feed) => [feed.name, feed.state]));
  return engine
    .known()
    .filter(isMarket)
    .flatMap((instrument) => {
      const info = market.symbols.get(instrument);
      const last = market.price(instrument);
      const [venue, symbol] = splitInstrument(instrument);
      const { base, quote, kind } = info ?? { base: symbol, quote: '', kind: 'spot' as const };
      return [
        {
          instrument,
          symbol,
          venue,
          base,
          quote,
          kind,
          price: last?.price,
          ts: last?.ts,
          state: stateOf(states.get(venue) ?? 'off', engine.view(instrument)?.gapSince),
        },
      ];
    });
}

/** Most bars of one answer. */
const MOST = 5_000;

async function barsFor(
  market: MarketHost,
  instrument: string,
  interval: number,
  from: number | undefined,
  to: number | undefined,
  limit: number,
): Promise<readonly Bar[]> {
  const end = Math.min(to ?? Number.POSITIVE_INFINITY, barStart(market.now(), interval) + interval);
  const count = Math.min(limit, MOST);
  if (from === undefined && to === undefined) {
    const { closed, open } = await market.glance(instrument, interval, count);
    return [...closed, ...(open === undefined ? [] : [open])].slice(-count);
  }
  const start = Math.max(from ?? 0, end - count * interval);
  const found = await market.history.range(instrument, interval, start, end);
  const { closed, open } = market.held(instrument, interval, count);
  const byStart = new Map([...found, ...closed, ...(open === undefined ? [] : [open])].map((bar) => [bar.start, bar]));
  const bars = [...byStart.values()].filter((bar) => bar.start >= start && bar.start < end);
  return bars.sort((a, b) => a.start - b.start).slice(-count);
}
