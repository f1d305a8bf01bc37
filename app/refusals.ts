import { refusalMessage } from '../commands/refusal-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { StoredRule } from '../db/rules.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { isOfBook } from '../engine/market/book-facts.ts';
import { splitFactKey } from '../engine/market/facts.ts';
import type { Refusal } from './stream-watch.ts';

/** As urgent as an alert: the rules it speaks of say nothing. */
const PRIORITY = 10;

/** Tells chats, once a rule, that a venue does not give what their rules look at. */
export interface Refusals {
  /** What is owed to whom now. */
  tell(refusal: Refusal): readonly NewDelivery[];
  forget(ruleId: string): void;
}

export interface RefusalsOptions {
  readonly engine: Pick<Engine, 'rulesOn' | 'factsOf'>;
  readonly clock: Clock;
  stored(ruleId: string): StoredRule | undefined;
}

export function createRefusals({ engine, clock, stored }: RefusalsOptions): Refusals {
  /** By rule: the streams that its chat was told of. */
  const told = new Map<string, Set<string>>();

  /** Whether a rule reads what the stream would bring. */
  function reads(ruleId: string, { channel, instrument }: Refusal): boolean {
    if (channel === 'trades') return true;
    return engine.factsOf(ruleId).some((key) => {
      const fact = splitFactKey(key);
      return fact.instrument === instrument && isOfBook(fact.name) === (channel === 'book');
    });
  }

  function isNews(ruleId: string, stream: string): boolean {
    const streams = told.get(ruleId) ?? new Set();
    told.set(ruleId, streams);
    if (streams.has(stream)) return false;
    streams.add(stream);
    return true;
  }

  return {
    tell(refusal) {
      const stream = `${refusal.channel} ${refusal.instrument}`;
      const byChat = new Map<string, StoredRule[]>();
      for (const id of engine.rulesOn(refusal.instrument)) {
        const rule = stored(id);
        if (rule === undefined || !reads(id, refusal) || !isNews(id, stream)) continue;
        byChat.set(rule.chatKey, [...(byChat.get(rule.chatKey) ?? []), rule]);
      }
      const now = clock.now();
      return [...byChat].map(([chatKey, rules]) => ({
        // The newest of them: after a restart they are all together, and the chat knows.
        dedupeKey: `refused ${stream} ${Math.max(...rules.map(({ id }) => Number(id)))}>${chatKey}`,
        chatKey,
        kind: 'notice',
        payload: refusalMessage(
          refusal,
          rules.map(({ number }) => number),
        ),
        ...{ priority: PRIORITY, dueAt: now, createdAt: now },
      }));
    },
    forget: (ruleId) => void told.delete(ruleId),
  };
}
