import { neededFor, readBlock } from './block.ts';
import type { Command } from './command.ts';
import { meantUser } from './user-argument.ts';

export const unblock: Command = {
  name: 'unblock',
  summary: 'Take a block back',
  usage: '/unblock @USER|ID [everywhere]',
  permission: neededFor,
  restricted: 'take a block back',
  examples: ['/unblock @somebody', '/unblock 123456789'],
  args: [
    { name: 'user', kind: 'text', description: 'A mention or an id', required: false },
    { name: 'where', kind: 'choice', description: 'In all chats', required: false, choices: ['everywhere'] },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const { written, place, where } = readBlock(context, text, 'unblock');
    const user = await meantUser(context, written);
    const isLifted = await context.blocks.remove(place, user.id);
    if (!isLifted) return { text: [{ bold: user.name }, ` is not blocked ${where}.`] };
    return { text: ['✅ ', { bold: user.name }, ` is no longer blocked ${where}.`] };
  },
};
