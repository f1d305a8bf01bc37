import { UserError } from '../engine/errors.ts';
import type { CommandContext } from './command.ts';
import { DESK_COMMANDS } from './desk-commands.ts';
import type { DeskAnswer, DeskCommand } from './desk-report.ts';
import { type FileFormat, formatTyped, oneFormat } from './file-format.ts';
import type { Message } from './message.ts';
import { type Permission, stricter } from './permission.ts';
import { reportFile } from './report-file.ts';

/** The command of the desk that goes by a name, in any case and with or without its slash. */
export function exportedCommand(name: string): DeskCommand | undefined {
  const wanted = name.toLowerCase().replace(/^\//, '');
  return DESK_COMMANDS.find((command) => command.name === wanted);
}

/** Who may have what a command answers as a file: whoever may run it, and may export. */
export function exportPermission(text: string, own: Permission): Permission {
  const [name, ...rest] = text.split(/\s+/);
  const permission = exportedCommand(name)?.permission ?? own;
  return stricter(own, typeof permission === 'function' ? permission(rest.join(' ')) : permission);
}

/**
 * What a command of the desk would answer, as a file.
 * @param text the command's name, what is typed behind it, and `csv` or `json` anywhere there
 * @throws UserError as the command does, with places in `text`
 */
export async function exportDesk(context: CommandContext, command: DeskCommand, text: string): Promise<Message> {
  const { args, format } = readText(text);
  context.spend('exports');
  const { report } = await answerOf(context, command, text, args);
  const file = await reportFile(command.name, report, format, context.clock.now());
  return { text: [{ bold: `/${command.name}${spaced(args)}` }, ` as a file: ${format.toUpperCase()}`], file };
}

/** The arguments, with blanks where something else stood, so that places in them are places in the text. */
function readText(text: string): { readonly args: string; readonly format: FileFormat } {
  const formats: FileFormat[] = [];
  const args = text
    .replace(/^\S+/, (name) => ' '.repeat(name.length))
    .replace(/(?<=\s)\S+/g, (word) => {
      const format = formatTyped(word, text);
      if (format === undefined) return word;
      formats.push(format);
      return ' '.repeat(word.length);
    });
  return { args, format: oneFormat(formats, text) ?? 'csv' };
}

const spaced = (args: string): string => args.trim().replace(/^(?=.)|\s+/g, ' ');

/** Nobody sees its picture and its buttons: they are not made. */
async function answerOf(
  context: CommandContext,
  command: DeskCommand,
  text: string,
  args: string,
): Promise<DeskAnswer> {
  const views = { ...context.views, insert: async () => '' };
  try {
    return await command.run({ ...context, views, withoutPictures: true }, args);
  } catch (error) {
    if (!(error instanceof UserError) || error.suggestions.length === 0) throw error;
    const { code, message, hint, span } = error;
    const [name] = text.split(/\s/);
    const format = /(?<=\s)(?:csv|json)(?!\S)/i.exec(text)?.[0] ?? '';
    const suggestions = error.suggestions.map((each) => `${name}${spaced(each)} ${format}`.trim());
    throw new UserError(code, message, { ...(hint && { hint }), ...(span && { span }), suggestions, cause: error });
  }
}
