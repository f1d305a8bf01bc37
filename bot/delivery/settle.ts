import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import type { Delivery, OutboxPort } from './outbox-port.ts';
import type { Outcome } from './outcome.ts';

/** What the program is told. A failure of one of these is logged and changes nothing else. */
export interface DispatcherEvents {
  /** Nothing can be sent to the chat any more; what was owed to it has failed already. */
  onBlocked(chatKey: string, reason: string): Promise<void> | void;
  /** The chat has another key now. What is owed to it must be re-pointed when this resolves. */
  onMoved(oldKey: string, newKey: string): Promise<void> | void;
  onSent?(delivery: Delivery, messageId: string): Promise<void> | void;
  /** So many deliveries that were owed to the chat will never be sent. */
  onFailed?(chatKey: string, count: number, reason: string): Promise<void> | void;
}

interface SettlerOptions extends DispatcherEvents {
  readonly outbox: OutboxPort;
  readonly clock: Clock;
  readonly log: Logger;
  isStopping(): boolean;
  hold(chatKey: string, until: number): void;
}

type Retry = Extract<Outcome, { readonly type: 'retry' }>;
type Postponed = Extract<Outcome, { readonly type: 'postponed' }>;

const AGAIN_MS = 1_000;

/** Writes down what became of a try. */
export function createSettler(options: SettlerOptions) {
  const { outbox, clock, log } = options;

  /** Until it is written: a message that went out must not go out again because of a lock or a full disk. */
  async function persist(write: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        log.error({ err: error }, 'the outbox cannot be written');
        if (options.isStopping()) throw error;
        await new Promise<void>((resolve) => clock.after(AGAIN_MS, resolve));
      }
    }
  }

  async function tell(what: string, call: () => Promise<void> | void): Promise<void> {
    try {
      await call();
    } catch (error) {
      log.error({ err: error }, `${what} was not taken note of`);
    }
  }

  async function failed(deliveries: readonly Delivery[], reason: string): Promise<void> {
    const [{ id, chatKey }] = deliveries;
    log.warn({ delivery: id, chat: chatKey, alerts: deliveries.length, reason }, 'a delivery failed');
    await persist(() => outbox.markFailed(id, reason, clock.now()));
    await tell('a failed delivery', () => options.onFailed?.(chatKey, deliveries.length, reason));
  }

  async function blocked([{ chatKey }]: readonly Delivery[], reason: string): Promise<void> {
    let count = 0;
    await persist(async () => {
      count = await outbox.failChat(chatKey, reason, clock.now());
    });
    log.warn({ chat: chatKey, deliveries: count, reason }, 'nothing can be sent to a chat any more');
    await tell('a failed delivery', () => options.onFailed?.(chatKey, count, reason));
    await tell('a blocked chat', () => options.onBlocked(chatKey, reason));
  }

  async function retry(
    [{ id, chatKey, attempts }]: readonly Delivery[],
    { at, reason, isRefused }: Retry,
  ): Promise<void> {
    const lane = chatKey.split('/', 1)[0];
    options.hold(chatKey, at);
    log.info({ chat: chatKey, at, reason }, 'a delivery waits');
    await persist(() => outbox.retryAt(id, at, reason));
    // Where no earlier try may have reached the chat, the next message may tell of more.
    if (isRefused === true && attempts === 1) await persist(() => outbox.dissolve(id));
    await persist(() => outbox.deferChat(lane, at));
  }

  async function postponed([{ id, chatKey }]: readonly Delivery[], { at, isAlone }: Postponed): Promise<void> {
    if (isAlone !== true) options.hold(chatKey, at);
    await persist(() => outbox.defer([id], at, undefined));
    if (isAlone === true) return;
    await persist(() => outbox.deferChat(chatKey.split('/', 1)[0], at));
  }

  async function moved([{ id, chatKey }]: readonly Delivery[], to: string): Promise<void> {
    log.info({ chat: chatKey, to }, 'a chat has moved');
    await tell('a moved chat', () => options.onMoved(chatKey, to));
    await persist(() => outbox.retryAt(id, clock.now(), `moved to ${to}`));
  }

  async function sent(deliveries: readonly Delivery[], messageId: string): Promise<void> {
    await persist(() => outbox.markSent(deliveries[0].id, messageId, clock.now()));
    for (const delivery of deliveries) {
      await tell('a sent delivery', () => options.onSent?.(delivery, messageId));
    }
  }

  /** What the first of them carries shares its fate. */
  return async function settle(deliveries: readonly Delivery[], outcome: Outcome): Promise<void> {
    switch (outcome.type) {
      case 'sent':
        return await sent(deliveries, outcome.messageId);
      case 'expired':
        return await persist(() => outbox.markExpired(deliveries[0].id, outcome.reason, clock.now()));
      case 'postponed':
        return await postponed(deliveries, outcome);
      case 'retry':
        return await retry(deliveries, outcome);
      case 'failed':
        return await failed(deliveries, outcome.reason);
      case 'blocked':
        return await blocked(deliveries, outcome.reason);
      case 'moved':
        return await moved(deliveries, outcome.to);
    }
  };
}
