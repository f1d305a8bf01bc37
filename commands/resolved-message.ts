import type { RuleText } from '../engine/language/ast.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { intervalOf } from './alert-words.ts';
import { clipped } from './clean-text.ts';
import { type FiringAudience, type FiringContext, firingButtonRows } from './firing-message.ts';
import { valueWords } from './firing-values.ts';
import { formatLength, formatMinute, formatTime } from './format.ts';
import type { Message } from './message.ts';
import { peopleWords } from './people-words.ts';
import type { Firing, StoredRule } from './ports.ts';
import { describeCondition } from './rule-words.ts';

/** The kind of a delivery that changes an alert's message, and its payload. */
export const RESOLVED = 'resolved';

export interface Resolved {
  /** When the rule was armed again, in ms. */
  readonly at: number;
}

const LONGEST_NAME = 200;

/** What an alert's message becomes once its rule is armed again: what fired, and how long that lasted. The picture stays. */
export function resolvedMessage(
  context: FiringContext,
  { stored, text, firing }: { readonly stored: StoredRule; readonly text: RuleText; readonly firing: Firing },
  { at }: Resolved,
  audience: FiringAudience,
): Message {
  const { chat, clock } = context;
  const now = clock.now();
  const { price, value } = valueWords(context, text, firing);
  const end = `resolved ${formatMinute(at, chat.timeZone, now)} after ${formatLength(at - firing.ts)}`;
  const facts = [formatTime(firing.ts, chat.timeZone, now), ...intervalOf(text), splitInstrument(text.instrument)[0]];
  return {
    text: [
      '✅ ',
      { bold: clipped(describeCondition(text), LONGEST_NAME) },
      ` → ${value === undefined ? price : `${value} at ${price}`} · `,
      { bold: end },
      `\n${facts.join(' · ')}`,
      ...peopleWords(audience.people),
    ],
    buttons: firingButtonRows(context, stored, text, firing, audience.isShared),
  };
}
