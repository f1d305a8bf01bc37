import type { Command } from './command.ts';
import { endMute } from './mute.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

export const unmute: Command = {
  name: 'unmute',
  summary: 'Hear of a symbol again',
  usage: '/unmute [SYMBOL]',
  permission: 'admins',
  restricted: 'end a mute',
  examples: ['/unmute btc', '/unmute'],
  details: 'Without a symbol it ends every mute. What fired meanwhile comes at once.',
  args: [
    { name: 'symbol', kind: 'symbol', description: 'For example btcusdt; all where it is missing', required: false },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const [word] = splitWords(text);
    const isAll = word === undefined || /^(all|everything|\*)$/i.test(word);
    return endMute(context, isAll ? undefined : requireInstrument(context, word, text).symbol);
  },
};
