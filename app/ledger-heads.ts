import { LEDGER_HEAD, type LedgerHeadPayload } from '../commands/ledger-head-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { LedgerStore } from '../db/ledger.ts';
import type { MetaStore } from '../db/meta.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { Clock } from '../engine/clock.ts';
import { DAY, MINUTE } from '../engine/market/interval.ts';
import type { Logger } from './part-logger.ts';

/** After everything else. */
const PRIORITY = 30;
/** Chats that had no signal for so long are told no more, in ms. */
const RECENT = 30 * DAY;
/** Key in `meta` of the day (ms of its beginning) and the row that were posted last. */
const POSTED = 'ledger-head-posted';

/** Posts the ledger's newest hash once a day where signals are sent: whoever keeps it can tell whether anything before it was changed. */
export interface LedgerHeads {
  start(): void;
  stop(): void;
}

export interface LedgerHeadOptions {
  readonly ledger: Pick<LedgerStore, 'head' | 'chats' | 'fault'>;
  readonly outbox: Pick<OutboxStore, 'enqueue'>;
  readonly meta: Pick<MetaStore, 'get' | 'set'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when a message is owed. */
  readonly wake: () => void;
}

export function createLedgerHeads({ ledger, outbox, meta, clock, log, wake }: LedgerHeadOptions): LedgerHeads {
  let cancel: (() => void) | undefined;
  let stopped = false;
  let isLooking = false;
  let told: string | undefined;

  /** At each whole minute; never rejects. */
  async function look(): Promise<void> {
    const now = clock.now();
    if (!stopped) cancel = clock.after(MINUTE - (now % MINUTE), () => void look());
    if (isLooking) return;
    isLooking = true;
    try {
      noteFault();
      await post(now, now - (now % DAY));
    } catch (error) {
      log.warn({ err: error }, 'the head of the ledger could not be posted, trying again in a minute');
    }
    isLooking = false;
  }

  function noteFault(): void {
    const fault = ledger.fault();
    if (fault !== undefined && fault !== told) log.error({ fault }, 'the ledger was changed by somebody else');
    told = fault;
  }

  /** With the day in UTC, the same hash goes to all chats: what one was told can be compared with another. */
  async function post(now: number, day: number): Promise<void> {
    const [postedDay = 0, postedSeq = 0] = ((await meta.get(POSTED)) ?? '').split(' ').map(Number);
    if (postedDay >= day) return;
    const head = await ledger.head();
    if (head !== undefined && head.seq > postedSeq) {
      const payload: LedgerHeadPayload = { ...head, day };
      const base = { kind: LEDGER_HEAD, payload, priority: PRIORITY, dueAt: now, createdAt: now };
      const chats = await ledger.chats(now - RECENT);
      const owed = chats.map(
        (chatKey): NewDelivery => ({ ...base, chatKey, dedupeKey: `${LEDGER_HEAD} ${day}>${chatKey}` }),
      );
      if (owed.length > 0) {
        await outbox.enqueue(owed);
        wake();
      }
    }
    // Behind it: what a crash keeps from being noted is owed once all the same.
    await meta.set(POSTED, `${day} ${head?.seq ?? postedSeq}`);
  }

  return {
    start: () => void look(),
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
