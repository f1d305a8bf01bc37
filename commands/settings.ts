import { IANAZone } from 'luxon';
import { UserError } from '../engine/errors.ts';
import { formatInterval, parseInterval, STANDARD_INTERVALS } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { Message } from './message.ts';
import type { ChatSettings } from './ports.ts';

const WHAT = ['venue', 'interval', 'quote', 'zone'] as const;
type What = (typeof WHAT)[number];

export const settings: Command = {
  name: 'settings',
  summary: 'Venue, interval, quote, time zone',
  usage: '/settings [venue|interval|quote|zone VALUE]',
  examples: ['/settings', '/settings interval 15m', '/settings zone Europe/Berlin', '/settings quote usd'],
  args: [
    { name: 'setting', kind: 'choice', description: 'What to change', required: false, choices: WHAT },
    { name: 'value', kind: 'text', description: 'For example 15m or Europe/Berlin', required: false },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const [name, ...rest] = text.trim().split(/\s+/);
    if (name === '') return show(context, context.chat);
    const what = WHAT.find((item) => item === name.toLowerCase() || (item === 'zone' && /^time_?zone$/i.test(name)));
    if (what === undefined) {
      throw new UserError('setting-unknown', `There is no setting ${quoted(name)}.`, {
        hint: `There are ${WHAT.join(', ')}.`,
      });
    }
    if (rest.length === 0)
      throw new UserError('setting-empty', `What should ${what} be?`, {
        hint: `For example ${example(context, what)}`,
      });
    requireAdmin(context);
    const changed = await context.chats.updateSettings(context.chatKey, read(context, what, rest.join(' ')));
    return show(context, changed);
  },
  async complete(context, argument, typed) {
    if (argument !== 'value') return [];
    const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.toLowerCase().includes(typed.toLowerCase()));
    const others = [...context.market.feeds().map((feed) => feed.name), ...STANDARD_INTERVALS.map(formatInterval)];
    const all = [...others.filter((value) => value.startsWith(typed.toLowerCase())), ...zones];
    return all.slice(0, 25).map((value) => ({ label: value, value }));
  },
};

function requireAdmin({ asker, admins }: CommandContext): void {
  if (asker.isChatAdmin || admins.has(asker.userId)) return;
  throw new UserError('not-allowed', 'Only this chat’s admins may change its settings.');
}

function example({ market }: CommandContext, what: What): string {
  const venue = market.feeds()[0]?.name ?? 'binance';
  return settings.examples.find((line) => line.includes(` ${what} `)) ?? `/settings ${what} ${venue}`;
}

/** One setting from its text. @throws UserError that says what would be right */
function read({ market }: CommandContext, what: What, text: string): Partial<ChatSettings> {
  switch (what) {
    case 'venue': {
      const venues = market.feeds().map((feed) => feed.name);
      const venue = venues.find((name) => name === text.toLowerCase());
      if (venue !== undefined) return { venue };
      throw new UserError('venue-unknown', `I have no prices from ${quoted(text)}.`, {
        hint: `I have ${venues.join(', ')}.`,
      });
    }
    case 'interval': {
      const interval = parseInterval(text);
      if (interval !== undefined) return { interval };
      throw new UserError('interval-unknown', `${quoted(text)} is no interval.`, {
        hint: 'Write 1m, 5m, 15m, 1h, 4h or 1d.',
      });
    }
    case 'quote': {
      const quote = text.toLowerCase();
      if (market.symbols.all().some((info) => info.quote === quote)) return { quote };
      throw new UserError('quote-unknown', `No symbol is quoted in ${quoted(text)}.`, { hint: 'Write usdt or usd.' });
    }
    case 'zone': {
      const zone = Intl.supportedValuesOf('timeZone').find((name) => name.toLowerCase() === text.toLowerCase()) ?? text;
      if (IANAZone.isValidZone(zone)) return { timeZone: zone };
      throw new UserError('zone-unknown', `${quoted(text)} is no time zone.`, {
        hint: 'Write Europe/Berlin, America/New_York or UTC.',
      });
    }
  }
}

function show({ clock }: CommandContext, chat: ChatSettings): Message {
  return {
    text: [
      { bold: 'Settings of this chat' },
      '\nvenue ',
      { code: chat.venue ?? 'any' },
      '\ninterval ',
      { code: formatInterval(chat.interval) },
      '\nquote ',
      { code: chat.quote },
      '\nzone ',
      { code: chat.timeZone },
      ` (now ${formatMinute(clock.now(), chat.timeZone, clock.now())})`,
      '\nChange one with ',
      { code: '/settings interval 15m' },
      '.',
    ],
  };
}
