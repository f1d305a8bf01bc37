import { TransportError, UserError } from '../engine/errors.ts';
import { markError } from '../engine/language/error-message.ts';
import { clipped } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import type { Button, Message, TextSpan } from './message.ts';

const MOST_OFFERS = 3;
const LONGEST_LABEL = 60;
/** Characters of a corrected text that are still worth a button. */
const LONGEST_OFFER = 1000;

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
    const what = error.reason === 'storage' ? 'I cannot use my database' : 'I cannot reach the venue';
    return { text: [`${what} just now. Try again in a minute (reference ${reference}).`], private: true };
  }
  return { text: [`Something went wrong, reference ${reference}.`], private: true };
}

async function explained(
  context: CommandContext,
  asked: { command: string; text: string },
  error: UserError,
): Promise<Message> {
  const spans: TextSpan[] = [];
  const isMarked = isPartOf(asked.text, error);
  const mark: TextSpan = { pre: markError(asked.text, error) };
  if (isMarked && WELL_READ.has(error.code)) spans.push(...withCode(alone(error)), '\n', mark);
  else if (isMarked) spans.push('I can’t read that:\n', mark, '\n', ...withCode(sentence(error)));
  else spans.push(...withCode(alone(error)));
  const buttons = await offers(context, asked.command, error);
  return { text: spans, private: true, ...(buttons.length > 0 ? { buttons: buttons.map((button) => [button]) } : {}) };
}

/** Refusals of what was read well: they begin with their reason. */
const WELL_READ: ReadonlySet<string> = new Set(['impossible', 'contradiction', 'chart-condition', 'of-perpetual']);

/** Where all of a text is wrong there is no place to show. */
function isPartOf(text: string, { code, span }: UserError): boolean {
  // Nothing is wrong with the text.
  if (code === 'venue-down' || code === 'two-readings') return false;
  if (span === undefined || text === '' || span[0] > text.length || span[1] > text.length) return false;
  return span[0] > 0 || span[1] < text.length;
}

/** The language sets names in backticks; a chat shows them in monospace. */
function withCode(text: string): readonly TextSpan[] {
  return text
    .split(/`([^`]*)`/)
    .map((part, i): TextSpan => (i % 2 === 0 ? part : { code: part }))
    .filter((span) => span !== '' && (typeof span === 'string' || !('code' in span) || span.code !== ''));
}

/** Corrected texts as buttons. */
async function offers(
  context: CommandContext,
  command: string,
  { span, suggestions }: UserError,
): Promise<readonly Button[]> {
  if (span === undefined) return [];
  const texts = suggestions.filter((text) => text.length <= LONGEST_OFFER).slice(0, MOST_OFFERS);
  return Promise.all(texts.map((text) => offerButton(context, text, command, text)));
}

/** A button that runs a command with a text, for the one who asked. */
export async function offerButton(
  { views, chatKey, asker, button }: CommandContext,
  label: string,
  command: string,
  text: string,
): Promise<Button> {
  const id = await views.insert({ chatKey, state: { kind: 'retry', command, text } });
  return button(clipped(label, LONGEST_LABEL), 'run', [id], asker.userId);
}

/** A sentence that nothing stands before; a venue's name stays as it is written. */
function alone(error: UserError): string {
  const text = sentence(error);
  return error.code.startsWith('venue-') ? text : capital(text);
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What was wrong, and what would be right. */
export function sentence({ message, hint }: UserError): string {
  if (hint === undefined) return message;
  return /[.!?]$/.test(message) ? `${message} ${capital(hint)}` : `${message}; ${hint}`;
}
