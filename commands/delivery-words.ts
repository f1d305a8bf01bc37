import { clipped } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { formatLength } from './format.ts';
import { heldWords } from './held-words.ts';
import type { DeliveryView, Firing } from './ports.ts';

const LONGEST_REASON = 100;
/** What fired too long ago to be told by itself. */
const LISTED = 'missed';

/** ` Sent 63ms after it.`: what became of the message of a firing, and why. Empty where none was ever owed. */
export async function deliveryWords(context: CommandContext, firing: Firing): Promise<string> {
  const all = await context.rules.deliveries(firing.id);
  const delivery = all.find(({ kind }) => kind === 'alert' || kind === LISTED);
  if (delivery === undefined) return '';
  const after = delivery.finishedAt === undefined ? '' : ` ${formatLength(delivery.finishedAt - firing.ts)} after it`;
  switch (delivery.state) {
    case 'sent':
    case 'merged': {
      const words = await toldWords(context, delivery);
      return ` ${words}${after}${waited(context, delivery)}.`;
    }
    case 'expired':
      return ` Its message was not sent: ${reasonOf(delivery)}${waited(context, delivery)}.`;
    case 'failed':
      return ` Its message could not be sent: ${reasonOf(delivery)}.`;
    default:
      return waiting(context, delivery);
  }
}

const reasonOf = ({ error }: DeliveryView): string => clipped(error ?? 'for an unknown reason', LONGEST_REASON);

async function toldWords({ rules }: CommandContext, { id, kind, carrierId }: DeliveryView): Promise<string> {
  if (kind === LISTED) return 'Told in the list of what was missed,';
  const told = await rules.told(carrierId ?? id);
  const others = (told?.firings.length ?? 1) - 1;
  if (carrierId === undefined && others < 1) return 'Sent';
  return `Sent in one message with ${others === 1 ? 'another' : `${others} others`}`;
}

/** `; it waited: quiet hours until 07:00 CET`. */
function waited({ chat, clock }: CommandContext, { held, dueAt }: DeliveryView): string {
  const words = heldWords(held, dueAt, chat, clock.now());
  return words === undefined ? '' : `; it waited: ${words}`;
}

function waiting({ chat, clock }: CommandContext, { held, dueAt, error }: DeliveryView): string {
  const now = clock.now();
  const words = dueAt > now && error === undefined ? heldWords(held, dueAt, chat, now) : undefined;
  if (words !== undefined) return ` Its message waits: ${words}.`;
  const reason = error === undefined ? '' : `: ${clipped(error, LONGEST_REASON)}`;
  return ` Its message waits to be sent${reason}.`;
}
