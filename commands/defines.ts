import { lookup } from '../engine/series/catalog.ts';
import { clipped } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { MOST_DEFINITIONS } from './define.ts';
import { writtenBy } from './definition-words.ts';
import type { Button, Message, TextSpan } from './message.ts';

const PAGE = 15;
/** A longer one is cut: a list is for scanning. */
const LONGEST_TEXT = 100;

export const defines: Command = {
  name: 'defines',
  summary: 'Names this chat has given',
  usage: '/defines',
  permission: 'members',
  examples: ['/defines'],
  args: [],
  slow: false,
  private: false,
  run: (context) => listMessage(context, 0),
  actions: {
    dfs: {
      permission: 'members',
      run: async (context, [page]) => ({ edit: await listMessage(context, Number(page)) }),
    },
  },
};

/** The chat's definitions by name, fifteen a page. */
async function listMessage(context: CommandContext, page: number): Promise<Message> {
  const all = await context.definitions.list(context.chatKey);
  if (all.length === 0) {
    return { text: ['Nothing is defined yet. Try ', { code: '/define tight = bbw(20) < 5%' }, '.'] };
  }
  const pages = Math.ceil(all.length / PAGE);
  const at = Math.min(Math.max(0, Math.floor(page) || 0), pages - 1);
  const spans: TextSpan[] = [{ bold: 'Definitions' }, ` ${all.length} of ${MOST_DEFINITIONS}`];
  for (const each of all.slice(at * PAGE, (at + 1) * PAGE)) {
    const hidden = lookup(each.name) === undefined ? '' : ' · ⚠️ hidden by the series of that name';
    spans.push('\n', { bold: each.name }, ' = ', { code: clipped(each.text, LONGEST_TEXT) });
    spans.push(` · ${await writtenBy(context, each)}${hidden}`);
  }
  const buttons: Button[] = [];
  if (at > 0) buttons.push(context.button('◀', 'dfs', [String(at - 1)]));
  if (at < pages - 1) buttons.push(context.button('▶', 'dfs', [String(at + 1)]));
  return { text: spans, ...(buttons.length > 0 ? { buttons: [buttons] } : {}) };
}
