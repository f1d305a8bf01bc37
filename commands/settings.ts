import { UserError } from '../engine/errors.ts';
import { nearest } from '../engine/language/nearest.ts';
import { formatInterval, STANDARD_INTERVALS } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { Message } from './message.ts';
import type { Chat, ChatSettings } from './ports.ts';
import { readSetting, settingsFor, WHAT, type What } from './setting-value.ts';

export const settings: Command = {
  name: 'settings',
  summary: 'Venue, zone, quiet hours and more',
  usage: '/settings [venue|interval|quote|zone|heartbeat|quiet|resolve|rules VALUE]',
  permission: (text) => (/\s/.test(text.trim()) ? 'admins' : 'members'),
  restricted: 'change its settings',
  examples: [
    '/settings',
    '/settings interval 15m',
    '/settings zone Europe/Berlin',
    '/settings quote usd',
    '/settings venue any',
    '/settings rules vote 3',
    '/settings heartbeat daily 09:00',
    '/settings quiet 22:00-07:00',
    '/settings resolve on',
  ],
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
      const meant = settingsFor(context, text);
      const near = nearest(name.toLowerCase(), WHAT).map((each) => [each, ...rest].join(' '));
      throw new UserError('setting-unknown', `There is no setting ${quoted(name)}.`, {
        hint: `There are ${WHAT.join(', ')}.`,
        span: [0, text.length],
        suggestions: [...meant.map((each) => `${each} ${text}`), ...near],
      });
    }
    if (what === 'rules') requireGroup(context.chat);
    if (rest.length === 0)
      throw new UserError('setting-empty', `What should ${what} be?`, {
        hint: `For example ${example(context, what)}`,
      });
    const value = rest.join(' ');
    const at = text.length - value.length;
    const read = RESET.has(value.toLowerCase()) ? standard(context, what) : readSetting(context, what, value, at, text);
    const changed = await context.chats.updateSettings(context.chatKey, read);
    if (what === 'quiet' || what === 'zone') await context.reconsider(context.chatKey);
    const list = show(context, changed);
    return { ...list, text: [`✅ ${what} is now `, { code: shownValue(changed, what) }, '\n', ...list.text] };
  },
  async complete(context, argument, typed) {
    if (argument !== 'value') return [];
    const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone.toLowerCase().includes(typed.toLowerCase()));
    const others = [...context.market.feeds().map((feed) => feed.name), ...STANDARD_INTERVALS.map(formatInterval)];
    const policies = ['everyone', 'admins', 'vote 3'];
    const all = [...[...others, ...policies].filter((value) => value.startsWith(typed.toLowerCase())), ...zones];
    return all.slice(0, 25).map((value) => ({ label: value, value }));
  },
};

/** @throws UserError where nobody but one sets alerts */
function requireGroup({ kind }: Chat): void {
  if (kind === 'group') return;
  throw new UserError('rules-group', 'Who may set alerts is a setting of groups, and this is none.', {
    hint: 'Say it in the group that it is for.',
  });
}

function example({ market }: CommandContext, what: What): string {
  const venue = market.feeds()[0]?.name ?? 'binance';
  return settings.examples.find((line) => line.includes(` ${what} `)) ?? `/settings ${what} ${venue}`;
}

/** Words that put a setting back to what it was. */
const RESET: ReadonlySet<string> = new Set(['any', 'off', 'none', 'no', 'default', 'reset', 'standard']);

/** What holds in a chat that has chosen nothing. */
function standard({ defaults }: CommandContext, what: What): Partial<ChatSettings> {
  const { venue, interval, quote, timeZone } = defaults;
  const none = { heartbeat: { heartbeat: undefined }, quiet: { quiet: undefined }, resolve: { resolve: false } };
  return {
    ...{ venue: { venue }, interval: { interval }, quote: { quote }, zone: { timeZone } },
    ...{ ...none, rules: { rulePolicy: 'everyone' } },
  }[what];
}

/** A setting as one would write it. */
function shownValue(chat: ChatSettings, what: What): string {
  const { venue, interval, quote, timeZone, heartbeat = 'off', quiet = 'off', resolve, rulePolicy } = chat;
  const shown = { venue: venue ?? 'any', interval: formatInterval(interval), quote, zone: timeZone };
  const others = { quiet, resolve: resolve === true ? 'on' : 'off', rules: rulePolicy ?? 'everyone' };
  return { ...shown, heartbeat, ...others }[what];
}

function show({ clock }: CommandContext, chat: Chat): Message {
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
      '\nheartbeat ',
      { code: chat.heartbeat ?? 'off' },
      '\nquiet ',
      { code: shownValue(chat, 'quiet') },
      ' (hours in which alerts wait, to come as one message at their end)',
      '\nresolve ',
      { code: shownValue(chat, 'resolve') },
      ' (whether an alert’s message says when it is over)',
      ...(chat.kind === 'group' ? ['\nrules ', { code: chat.rulePolicy ?? 'everyone' }, ' (who may set alerts)'] : []),
      '\nChange one with ',
      { code: '/settings interval 15m' },
      ', put it back with ',
      { code: '/settings interval default' },
      '.',
    ],
  };
}
