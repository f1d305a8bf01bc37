import { UserError } from '../engine/errors.ts';
import { clipped, quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { TextSpan } from './message.ts';
import type { AuditEntry } from './ports.ts';

const USUAL = 10;
const MOST = 50;
/** Characters of all entries together, and of one at most: a message holds 4,096. */
const ROOM = 3_500;
const LONGEST = 240;

export const audit: Command = {
  name: 'audit',
  summary: 'Who changed what here',
  usage: '/audit [COUNT]',
  permission: 'admins',
  restricted: 'see who changed what',
  examples: ['/audit', '/audit 30'],
  details:
    'Alerts, names, settings, webhooks, feeds, blocks and proposals, the newest first. Those that ADMINS names see all chats’ changes, in a private ' +
    'chat or at the machine.',
  args: [{ name: 'count', kind: 'text', description: `How many, up to ${MOST}`, required: false }],
  slow: false,
  private: true,
  async run(context, text) {
    const count = readCount(text.trim());
    const isOfAll = seesAll(context);
    const entries = await context.audit.newest(isOfAll ? undefined : context.chatKey, count);
    if (entries.length === 0) return { text: ['Nothing was changed yet.'] };
    const longest = Math.min(LONGEST, Math.floor(ROOM / entries.length));
    const lines = entries.flatMap((entry): TextSpan[] => ['\n', ...line(context, entry, isOfAll, longest)]);
    return { text: [{ bold: isOfAll ? 'Changes in all chats' : 'Changes in this chat' }, ', newest first', ...lines] };
  },
};

/** In a group, everybody there would read what was changed elsewhere. */
const seesAll = ({ role, asker }: CommandContext): boolean => role === 'owner' && asker.chatKind === 'private';

function readCount(text: string): number {
  if (text === '') return USUAL;
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return Math.min(count, MOST);
  throw new UserError('audit-count', `${quoted(text)} is no number of changes.`, { hint: `Write 1 to ${MOST}.` });
}

/** `14:05 Ann: setting.change zone: UTC → Europe/Berlin`. */
function line(context: CommandContext, entry: AuditEntry, isOfAll: boolean, longest: number): readonly TextSpan[] {
  const at = formatMinute(entry.ts, context.chat.timeZone, context.clock.now());
  const where = isOfAll && entry.chatKey !== '' ? ` in ${entry.chatKey}` : '';
  const change = [entry.before, entry.after].filter((side) => side !== undefined).join(' → ');
  const rest = `${entry.userName} (${entry.userId})${where} · ${entry.what} ${entry.subject}${change && `: ${change}`}`;
  return [{ code: at }, ` ${clipped(rest, longest)}`];
}
