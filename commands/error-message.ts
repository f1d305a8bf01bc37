import { TransportError, UserError } from '../engine/errors.ts';
import { markError } from '../engine/language/error-message.ts';
import type { CommandContext } from './command.ts';
import type { Button, Message, TextSpan } from './message.ts';

const MOST_OFFERS = 3;

/** What somebody gets to read when their command failed. Only a UserError speaks for itself. */
export async function errorMessage(
  context: CommandContext,
  asked: { readonly command: string; readonly text: string },
  error: unknown,
): Promise<Message> {
  if (error instanceof UserError) return explained(context, asked, error);
  const reference = context.reference();
  context.log.error({ err: error, reference, command: asked.command }, 'a command failed');
  if (error instanceof TransportError && error.retryable) {
    return {
      text: [`I cannot reach the venue just now. Try again in a minute (reference ${reference}).`],
      private: true,
    };
  }
  return { text: [`Something went wrong, reference ${reference}.`], private: true };
}

async function explained(
  context: CommandContext,
  asked: { command: string; text: string },
  error: UserError,
): Promise<Message> {
  const spans: TextSpan[] = [];
  if (error.span !== undefined && asked.text !== '' && error.span[1] <= asked.text.length) {
    spans.push('I can’t read that:\n', { pre: markError(asked.text, error) }, '\n');
  }
  spans.push(sentence(error));
  const buttons = await offers(context, asked, error);
  return { text: spans, private: true, ...(buttons.length > 0 ? { buttons: buttons.map((button) => [button]) } : {}) };
}

/** Corrected texts as buttons. */
async function offers(
  context: CommandContext,
  { command }: { command: string },
  error: UserError,
): Promise<readonly Button[]> {
  if (error.span === undefined) return [];
  const { views, chatKey, asker } = context;
  const texts = error.suggestions.slice(0, MOST_OFFERS);
  return Promise.all(
    texts.map(async (text) => {
      const id = await views.insert({ chatKey, state: { kind: 'retry', command, text } });
      return context.button(text.slice(0, 60), 'run', [id], asker.userId);
    }),
  );
}

/** What was wrong, and what would be right. */
export function sentence({ message, hint }: UserError): string {
  if (hint === undefined) return message;
  return `${message}${/[.!?]$/.test(message) ? ' ' : '; '}${hint}`;
}
