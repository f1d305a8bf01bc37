import { SIGNAL, SIGNAL_MOVED, type SignalPayload } from '../commands/signal-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { SignalFeed } from '../db/signal-feeds.ts';
import type { Clock } from '../engine/clock.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { confidenceOf, type PastSignal } from '../engine/ledger/confidence.ts';
import { type Costs, resultAfterCosts } from '../engine/ledger/costs.ts';
import type { LedgerEntry, SignalBody } from '../engine/ledger/rows.ts';
import type { OpenSignal, Signal, SignalEvent } from '../engine/strategies/signal.ts';
import type { FeedTurn, FiringWriter } from './firing-writer.ts';
import { reasonsOf } from './signal-reasons.ts';

/** As urgent as an alert; what becomes of it is less so. */
const PRIORITY = 10;
const MOVED_PRIORITY = 20;

/** A feed that runs. */
export interface RunningFeed {
  feed: SignalFeed;
  readonly text: StrategyText;
  /** What is watched for it. */
  readonly markets: readonly string[];
  /** What came of its strategy's signals, those of other feeds that carry it to the same chat among them. */
  readonly past: PastSignal[];
  /** Prices that its open signals were filled at. */
  readonly fills: Map<string, number>;
}

interface TellerOptions {
  readonly writer: Pick<FiringWriter, 'add'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly costs: Costs;
  /** Something came of a feed. */
  turned(item: RunningFeed): FeedTurn;
}

/** What a strategy says whatever its symbols: `cross 1h long when …`. */
export const bodyOf = (text: string): string => text.replace(/^(\S+) on \S+(?:, \S+)* /, '$1 ');

/** The ends of signals whose feed is over: what was filled is given up at the last price, and what was not never came to anything. */
export function closedOut(
  open: readonly OpenSignal[],
  ts: number,
  priceOf: (instrument: string) => number | undefined,
): readonly SignalEvent[] {
  return open.map(({ signal, filled }): SignalEvent => {
    const { id: signalId, strategyId, instrument, side } = signal;
    const price = priceOf(instrument) ?? filled ?? signal.price;
    return { signalId, strategyId, instrument, side, what: 'exit', ts, price, values: [] };
  });
}

/** Puts what strategies raise into words for the ledger and for the chats: one `add` each, so that all of it is in one batch. */
export function createSignalTeller({ writer, clock, costs, turned }: TellerOptions) {
  function strategyRow({ feed }: RunningFeed): LedgerEntry {
    const { name: strategy, version, text, targetKey: chat, createdAt: ts } = feed;
    return { kind: 'strategy', ts, body: { strategy, version, text: bodyOf(text), chat } };
  }

  function deliveryOf(
    { feed, past }: RunningFeed,
    signalId: string,
    instrument: string,
    what: string | undefined,
  ): NewDelivery {
    const now = clock.now();
    const payload: SignalPayload = { feedId: feed.id, instrument, past: past.length };
    const base = { chatKey: feed.targetKey, firingId: signalId, payload, dueAt: now, createdAt: now };
    return what === undefined
      ? { ...base, kind: SIGNAL, priority: PRIORITY, dedupeKey: `${SIGNAL} ${signalId}` }
      : { ...base, kind: SIGNAL_MOVED, priority: MOVED_PRIORITY, dedupeKey: `${SIGNAL_MOVED} ${signalId} ${what}` };
  }

  return {
    /** A feed has begun: what its strategy says is known before its first signal. */
    carried(item: RunningFeed): void {
      writer.add({ ledger: [strategyRow(item)], feeds: [turned(item)] });
    },
    raised(item: RunningFeed, signal: Signal): void {
      const { feed, text, past } = item;
      const { id, instrument, side, ts, price, stop = null, target = null } = signal;
      const body: SignalBody = {
        ...{ id, strategy: feed.name, version: feed.version, chat: feed.targetKey, instrument },
        ...{ interval: text.interval, side, price, stop, target, ts },
        confidence: confidenceOf(past, signal) ?? null,
        reasons: reasonsOf(text, signal),
      };
      writer.add({
        ledger: [strategyRow(item), { kind: 'signal', ts, body }],
        deliveries: [deliveryOf(item, id, instrument, undefined)],
        feeds: [turned(item)],
      });
    },
    moved(item: RunningFeed, { signalId: signal, instrument, side, what, ts, price }: SignalEvent): void {
      const deliveries = [deliveryOf(item, signal, instrument, what)];
      const feeds = [turned(item)];
      if (what === 'opened') {
        item.fills.set(signal, price);
        writer.add({ ledger: [{ kind: 'event', ts, body: { signal, what, price, ts } }], deliveries, feeds });
        return;
      }
      const result = resultAfterCosts(side, item.fills.get(signal) ?? price, price, costs);
      item.fills.delete(signal);
      item.past.push({ instrument, side, result });
      writer.add({ ledger: [{ kind: 'event', ts, body: { signal, what, price, ts, result } }], deliveries, feeds });
    },
  };
}
