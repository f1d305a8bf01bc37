import { UserError } from '../engine/errors.ts';
import { lookup } from '../engine/series/catalog.ts';
import type { CommandContext } from './command.ts';
import { alertsWords, kindOf, madeOf, readDefinition, writtenBy } from './definition-words.ts';
import type { Message, TextSpan } from './message.ts';
import type { Definition } from './ports.ts';

/** Older versions that are shown. */
const SHOWN_VERSIONS = 10;

/** What a name means and meant before; undefined where it never meant anything in this chat. */
export async function definitionMessage(context: CommandContext, name: string): Promise<Message | undefined> {
  const versions = await context.definitions.versions(context.chatKey, name, SHOWN_VERSIONS + 1);
  if (versions.length === 0) return undefined;
  const [newest] = versions;
  const holds = newest.endedAt === undefined;
  const older = holds ? versions.slice(1) : versions.slice(0, SHOWN_VERSIONS);
  const spans: TextSpan[] = holds
    ? await meaningWords(context, newest)
    : [{ bold: name }, ' is deleted and means nothing now.'];
  if (older.length > 0) spans.push('\nBefore:');
  for (const each of older) spans.push('\n', { code: each.text }, ` · ${await writtenBy(context, each)}`);
  const buttons = holds ? [[context.button('Delete', 'dfd', [newest.id], newest.ownerId)]] : [];
  return { text: spans, ...(buttons.length > 0 ? { buttons } : {}) };
}

async function meaningWords(context: CommandContext, definition: Definition): Promise<TextSpan[]> {
  const { name, text } = definition;
  const spans: TextSpan[] = [{ bold: name }, ' = ', { code: text }];
  const { meaning, uses } = readDefinition(context, name, context.defined);
  const kind = meaning instanceof UserError ? '⚠️ can no longer be read' : `a ${kindOf(meaning)}`;
  spans.push(`\n${kind} · ${await writtenBy(context, definition)}`);
  if (meaning instanceof UserError) spans.push(`\n${meaning.message}`);
  if (lookup(name) !== undefined) spans.push('\n⚠️ A series has this name by now, and goes before it.');
  if (uses.size > 0) spans.push(`\nMade of ${[...uses].join(', ')}.`);
  const users = madeOf(context, name);
  if (users.length > 0) spans.push(`\n${users.join(', ')} ${users.length === 1 ? 'is' : 'are'} made of it.`);
  const alerts = alertsWords(await context.definitions.alertsWith(context.chatKey, name));
  if (alerts !== undefined) spans.push(`\n${alerts}.`);
  return spans;
}
