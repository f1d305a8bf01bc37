import type { Command } from './command.ts';
import type { TextSpan } from './message.ts';
import { requireNothing } from './no-arguments.ts';

/** What everybody who reads signals has to know. */
const DISCLAIMER: readonly TextSpan[] = [
  { bold: 'Signals are no advice.' },
  ' A rule raised them from prices alone; it knows nothing of you, and nobody has judged whether they suit you.',
  '\nWhat went well before need not go well again. Results are after the usual fees and slippage; yours may be worse. You can lose all that you',
  ' put in, and with leverage more.',
  '\nWhat came of every signal stands in ',
  { code: '/ledger' },
  '.',
];

export const disclaimer: Command = {
  name: 'disclaimer',
  summary: 'What signals are not',
  usage: '/disclaimer',
  permission: 'members',
  examples: ['/disclaimer'],
  args: [],
  slow: false,
  private: false,
  async run(_context, text) {
    requireNothing(text, 'disclaimer');
    return { text: DISCLAIMER };
  },
};
