import type { Command } from './command.ts';

export const start: Command = {
  name: 'start',
  summary: 'Hello, and the first things to type',
  usage: '/start',
  examples: ['/start'],
  args: [],
  slow: false,
  private: false,
  async run({ demonstration, market }) {
    const venues = market
      .feeds()
      .map((feed) => feed.name)
      .join(', ');
    return {
      text: [
        { bold: 'I watch markets and tell you when something happens.' },
        demonstration ? '\nThis is a demonstration on simulated prices.' : `\nMy prices come from ${venues}.`,
        '\nTry one of these:\n',
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
