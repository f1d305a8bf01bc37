import type { Dispatcher } from '../bot/delivery/dispatcher.ts';
import type { Engine } from '../engine/engine.ts';
import type { MetricFamily } from '../web/ports.ts';
import type { FailureTally } from './failure-tally.ts';
import { feedMetrics } from './feed-reports.ts';
import type { FiringWriter } from './firing-writer.ts';
import type { MarketHost } from './market-host.ts';
import type { RulesHost } from './rules-host.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { TradeWriter } from './trade-writer.ts';

export interface MetricSources {
  readonly market: Pick<MarketHost, 'counters' | 'tallies'>;
  readonly engine: Pick<Engine, 'size'>;
  readonly rules: Pick<RulesHost, 'count'>;
  readonly writer: Pick<FiringWriter, 'waiting'>;
  readonly dispatcher: Pick<Dispatcher, 'stats'>;
  readonly failures: Pick<FailureTally, 'counts'>;
  readonly trades: Pick<TradeWriter, 'counters'>;
  readonly storage: Pick<StorageWatch, 'state'>;
}

function one(type: MetricFamily['type'], name: string, help: string, value: number): MetricFamily {
  return { name: `bellwether_${name}`, help, type, values: [{ value }] };
}

/** What the program counts. Counters begin anew with each start. */
export function metrics({
  market,
  engine,
  rules,
  writer,
  dispatcher,
  failures,
  trades: tradeWriter,
  storage,
}: MetricSources): readonly MetricFamily[] {
  const { trades, refused } = market.counters();
  const { series, instruments } = engine.size();
  const { sent, merged, expired, waiting } = dispatcher.stats();
  const kept = tradeWriter.counters();
  const { reason, kept: keptFirings, dropped } = storage.state();
  const failed = [...failures.counts()].map(([platform, value]) => ({ labels: { platform }, value }));
  return [
    one('counter', 'trades_total', 'Trades that came from feeds.', trades),
    one(
      'counter',
      'events_refused_total',
      'Events that the engine refused: late, malformed or without a rule.',
      refused,
    ),
    one('counter', 'trades_stored_total', 'Trades that were stored.', kept.stored),
    one('counter', 'trades_dropped_total', 'Trades that came faster than they could be stored.', kept.dropped),
    ...feedMetrics(market.tallies()),
    one('gauge', 'rules', 'Rules that run.', rules.count()),
    one('gauge', 'series', 'Distinct series that are computed.', series),
    one('gauge', 'instruments', 'Instruments that are known to the engine.', instruments),
    one('gauge', 'firings_waiting', 'Firings, deliveries and states that wait to be stored.', writer.waiting()),
    one('gauge', 'storage_fault', '1 while something cannot be stored.', reason === undefined ? 0 : 1),
    one('gauge', 'firings_kept', 'Firings kept beside the database, which does not take them.', keptFirings),
    one('counter', 'firings_dropped_total', 'Firings that could be kept nowhere: they are lost.', dropped),
    one('counter', 'deliveries_sent_total', 'Deliveries that reached a chat, in a digest or alone.', sent + merged),
    one('counter', 'deliveries_expired_total', 'Deliveries that were too old or had nothing left to say.', expired),
    {
      name: 'bellwether_deliveries_failed_total',
      help: 'Deliveries that will never be sent; the log has the reasons.',
      type: 'counter',
      values: failed,
    },
    one('gauge', 'chats_waiting', 'Chats in which a delivery waits for its next try.', waiting),
  ];
}
