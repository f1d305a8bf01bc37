import type { Message } from '../../commands/message.ts';
import type { ChatPlatform } from '../../commands/platform.ts';
import { parseChatKey } from '../../commands/service.ts';
import type { Clock } from '../../engine/clock.ts';
import { TransportError } from '../../engine/errors.ts';
import type { Delivery } from './outbox-port.ts';
import { judge, type Outcome } from './outcome.ts';

/** A message, or with `edits` what becomes of one that stands in the chat: its id. */
export type Composed = Message & { readonly edits?: string };

export interface TryOptions {
  readonly platform: ChatPlatform;
  /** Undefined where there is nothing left to say. */
  compose(deliveries: readonly Delivery[]): Promise<Composed | undefined>;
  /** Called just before the message goes out. @returns false where it must not any more: there is nobody left to note it */
  onSending(): boolean;
  readonly clock: Clock;
  readonly random: () => number;
  platformWorks(now: number): boolean;
  /** Deliveries older than this are not worth sending any more, in ms. */
  readonly maxAgeMs: number;
}

/** Nothing may hold a lane for ever. */
const LONGEST_MS = 60_000;

async function within<T>(work: Promise<T>, clock: Clock, what: string): Promise<T> {
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(LONGEST_MS, () => {
      reject(new TransportError(`${what} took too long`, { retryable: true, reason: 'unreachable' }));
    });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

/** Equal for every try of the same message: a digest that has grown since is another one. */
function nonceOf(deliveries: readonly Delivery[]): string {
  const [first] = deliveries;
  return deliveries.length === 1 ? first.id : `${first.id}-${deliveries[deliveries.length - 1].id}`;
}

async function tryToEdit(
  { chatKey }: Delivery,
  message: Message,
  messageId: string,
  { platform, clock, onSending }: TryOptions,
): Promise<Outcome | undefined> {
  if (platform.amend === undefined) return { type: 'expired', reason: 'messages cannot be changed there' };
  if (!onSending()) return undefined;
  const isDone = await within(platform.amend(parseChatKey(chatKey), messageId, message), clock, 'changing');
  return isDone ? { type: 'sent', messageId } : { type: 'expired', reason: 'the message can no longer be changed' };
}

/** Composes and sends one message for `deliveries`, the first of which stands for all. Never rejects; undefined: it was not tried. */
export async function tryToSend(deliveries: readonly Delivery[], options: TryOptions): Promise<Outcome | undefined> {
  const { platform, clock, random } = options;
  const [first] = deliveries;
  if (clock.now() - first.createdAt > options.maxAgeMs) return { type: 'expired', reason: 'too old' };
  try {
    const message = await within(options.compose(deliveries), clock, 'composing');
    if (message === undefined) return { type: 'expired', reason: 'nothing left to say' };
    if (message.edits !== undefined) return await tryToEdit(first, message, message.edits, options);
    if (!options.onSending()) return undefined;
    const sending = platform.send(parseChatKey(first.chatKey), message, nonceOf(deliveries));
    return { type: 'sent', messageId: await within(sending, clock, 'sending') };
  } catch (error) {
    const now = clock.now();
    return judge(error, first, { now, random, platformWorks: options.platformWorks(now) });
  }
}
