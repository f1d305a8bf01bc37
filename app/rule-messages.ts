import { formatLength } from '../commands/format.ts';
import { NOISY, type Noisy } from '../commands/noisy-message.ts';
import { RESOLVED, type Resolved } from '../commands/resolved-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { StoredRule } from '../db/rules.ts';
import type { Clock } from '../engine/clock.ts';
import type { EngineEvent, RuleStateChanged } from '../engine/market/events.ts';
import type { Firing } from '../engine/rules/rule.ts';
import type { FiringWriter } from './firing-writer.ts';
import type { MarketHost } from './market-host.ts';
import { createNoiseMeter, MOST_FIRINGS } from './noise.ts';

/** As an alert: it is why no more of them come. */
const NOISY_PRIORITY = 10;
/** After all that is news. */
const RESOLVED_PRIORITY = 40;

interface RuleMessagesOptions {
  readonly market: Pick<MarketHost, 'onEvent' | 'apply' | 'now'>;
  readonly writer: Pick<FiringWriter, 'add'>;
  readonly clock: Pick<Clock, 'now'>;
  /** The rule that runs. */
  stored(ruleId: string): StoredRule | undefined;
  resolves(chatKey: string): boolean;
}

/**
 * What a rule's life owes its chat beside its alerts: that it is over, where the chat wants to hear that, and that it is paused because it
 * fired too often. Stored in the batch of the state that it tells.
 */
export function watchRuleMessages({ market, writer, clock, stored, resolves }: RuleMessagesOptions): void {
  const noise = createNoiseMeter();

  market.onEvent((event) => {
    if (event.type === 'fired') fired(event.firing);
    else if (event.type === 'rule-state') changed(event);
  });

  function changed({ ruleId, from, to, cause, ts, saved }: RuleStateChanged): void {
    if (cause === 'resumed') noise.forget(ruleId);
    const chatKey = stored(ruleId)?.chatKey;
    if (
      cause !== 're-armed' ||
      from !== 'fired' ||
      to !== 'armed' ||
      saved.firings === 0 ||
      chatKey === undefined ||
      !resolves(chatKey)
    )
      return;
    const firingId = `${ruleId}.${saved.firings}`;
    const payload: Resolved = { at: ts };
    const base = { chatKey, firingId, kind: RESOLVED, payload, priority: RESOLVED_PRIORITY };
    owe({ ...base, dedupeKey: `${RESOLVED} ${firingId}>${chatKey}` });
  }

  function owe(delivery: Omit<NewDelivery, 'dueAt' | 'createdAt'>): void {
    const now = clock.now();
    writer.add({ deliveries: [{ ...delivery, dueAt: now, createdAt: now }] });
  }

  function fired(firing: Firing): void {
    const spanMs = noise.fired(firing);
    // Once the engine is through with what made it fire: what it says of that comes first.
    if (spanMs !== undefined) void Promise.resolve().then(() => pause(firing, spanMs));
  }

  function pause({ id, ruleId }: Firing, spanMs: number): void {
    const chatKey = stored(ruleId)?.chatKey;
    if (chatKey === undefined) return;
    const count = MOST_FIRINGS + 1;
    const cause = `it fired ${count} times in ${formatLength(spanMs)}`;
    const events: readonly EngineEvent[] = market.apply({ type: 'rule-pause', ts: market.now(), ruleId, cause });
    if (!events.some((event) => event.type === 'rule-state' && event.to === 'paused')) return;
    const payload: Noisy = { ruleId, count, spanMs };
    owe({ chatKey, kind: NOISY, payload, priority: NOISY_PRIORITY, dedupeKey: `${NOISY} ${id}>${chatKey}` });
  }
}
