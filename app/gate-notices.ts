import { GATE, type GateMoved } from '../commands/gate-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { StoredRule } from '../db/rules.ts';
import type { RuleStateChanged } from '../engine/market/events.ts';
import { GATE_CLOSED, GATE_OPEN } from '../engine/rules/rule.ts';

/** Behind alerts, before what nobody waits for. */
const PRIORITY = 5;

/** What a chat is told where the gate of one of its rules has closed or opened; nothing for every other change. */
export function gateDeliveries(
  rule: StoredRule | undefined,
  { ruleId, ts, cause }: Pick<RuleStateChanged, 'ruleId' | 'ts' | 'cause'>,
  now: number,
): readonly NewDelivery[] {
  if (rule === undefined || (cause !== GATE_CLOSED && cause !== GATE_OPEN)) return [];
  const payload: GateMoved = { ruleId, isOpen: cause === GATE_OPEN, ts };
  const { chatKey } = rule;
  const base = { chatKey, kind: GATE, payload, priority: PRIORITY, dueAt: now, createdAt: now };
  return [{ ...base, dedupeKey: `${GATE} ${ruleId} ${ts} ${cause}` }];
}
