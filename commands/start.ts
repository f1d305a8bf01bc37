import type { Command } from './command.ts';
import { unlistedWords } from './known-symbols.ts';

export const start: Command = {
  name: 'start',
  summary: 'Hello, and the first things to type',
  usage: '/start',
  permission: 'members',
  examples: ['/start'],
  args: [],
  slow: false,
  private: false,
  async run({ demonstration, market }) {
    const venues = market
      .feeds()
      .map((feed) => feed.name)
      .join(', ');
    const unlisted = market.unlisted();
    const down = unlisted.length === 0 ? '' : `\n⚠️ ${unlistedWords(unlisted)}. I keep trying; see /status.`;
    return {
      text: [
        { bold: 'I watch markets and tell you when something happens.' },
        demonstration ? '\nThis is a demonstration on simulated prices.' : `\nMy prices come from ${venues}.`,
        `${down}\nTry one of these:\n`,
        { code: '/price btcusdt' },
        '\n',
        { code: '/chart ethusdt 5m rsi' },
        '\n',
        { code: '/alert btcusdt z > 2' },
        '\n',
        { code: '/alerts' },
        '\n',
        { code: '/help' },
      ],
    };
  },
};
