import type { FiringContext } from './firing-message.ts';
import { formatTime } from './format.ts';
import type { Message } from './message.ts';
import type { RulesPort } from './ports.ts';
import { describeFor, describeGate } from './rule-words.ts';

/** The kind of a delivery that tells that a rule's gate closed, or opened again. */
export const GATE = 'gate';

/** Its payload. */
export interface GateMoved {
  readonly ruleId: string;
  readonly isOpen: boolean;
  /** In ms. */
  readonly ts: number;
}

/**
 * `⏸ ethusdt z > 2 is suspended since 13:05 UTC: coint(…) < 0.1 does not hold any more.` Undefined where the rule is gone, or the gate has
 * moved again meanwhile: then its next message says how it stands.
 */
export async function gateMessage(
  { chat, clock, button }: FiringContext,
  { ruleId, isOpen, ts }: GateMoved,
  rules: Pick<RulesPort, 'get' | 'running' | 'view'>,
): Promise<Message | undefined> {
  const stored = await rules.get(ruleId);
  const rule = rules.running(ruleId);
  const view = rules.view(ruleId);
  if (stored === undefined || rule?.modes.gate === undefined || view === undefined) return undefined;
  if ((view.state === 'suspended') === isOpen) return undefined;
  const name = { bold: describeFor(chat, clock.now(), { ...rule, modes: { ...rule.modes, gate: undefined } }) };
  const says = { code: describeGate(rule) };
  const at = formatTime(ts, chat.timeZone, clock.now());
  const buttons = [[button('Details', 'al', [ruleId]), button('Delete', 'del', [ruleId], stored.ownerId)]];
  if (isOpen) return { text: ['▶️ ', name, ` is on watch again since ${at}: `, says, ' holds.'], buttons };
  const back = 'It comes back by itself when that holds again.';
  return { text: ['⏸ ', name, ` is suspended since ${at}: `, says, ` does not hold any more. ${back}`], buttons };
}
