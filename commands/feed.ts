import type { FeedLook } from '../db/signal-feeds.ts';
import { UserError } from '../engine/errors.ts';
import { percentNumber, plainNumber } from '../engine/language/numbers.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { TooFewBars } from '../engine/strategies/backtest-plan.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { type FeedArguments, feedArguments, feedNumber, saysOtherwise } from './feed-arguments.ts';
import { checkLook, isSameLook, lookWords, type SaidLook } from './feed-look.ts';
import { twiceError, twinsOf } from './feed-twins.ts';
import { formatMinute } from './format.ts';
import { ledger } from './ledger.ts';
import type { Message, TextSpan } from './message.ts';
import type { Place } from './platform.ts';
import type { StoredStrategy } from './ports.ts';
import { type ChatAddress, chatKey, type PressOutcome } from './service.ts';
import type { RemovedFeed, SignalFeedView } from './strategy-ports.ts';
import { comeSoon, soonWords, tooFewError } from './too-few-words.ts';

/** Feeds that one chat may have. */
const MOST_FEEDS = 20;
const ACTIONS = ['add', 'list', 'remove'] as const;

export const feed: Command = {
  name: 'feed',
  summary: 'Signals of a strategy, as they are raised',
  usage: '/feed [add STRATEGY [SYMBOLS] [INTERVAL] [to CHANNEL] [as webhook] [publish] | list | remove NUMBER]',
  permission: (text) => (/^\s*(list\b.*)?$/i.test(text) ? 'members' : 'admins'),
  restricted: 'decide what its feed carries',
  examples: [
    '/feed add ma-cross btc eth 1h',
    '/feed add dips to #signals',
    '/feed add pairs eth vs btcusdt to topic 45',
    '/feed add ma-cross btc to #news as webhook publish',
    '/feed list',
    '/feed remove 1',
  ],
  details:
    'A strategy of this chat or a template runs live on the symbols; each signal comes with its chart, entry, stop and target, and its message tells what came of it. ' +
    'All of them stand in /ledger. A feed carries the version that the strategy had when it was added: add it again to take a newer one. ' +
    'It goes to where this is said, or with `to` to a channel of this server, a Telegram channel (@name or its id), or a topic of this group by its number. ' +
    'In Discord `as webhook` has its messages stand under the strategy’s name, and `publish` hands strong signals of an announcement channel on to those who follow it; ' +
    '`as bot` and `no publish` take that back.',
  args: [
    { name: 'action', kind: 'choice', description: 'What to do', required: false, choices: ACTIONS },
    {
      name: 'what',
      kind: 'text',
      description: 'For example ma-cross btc eth 1h, or the number of the one to remove',
      required: false,
    },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const [, action = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
    switch (action.toLowerCase()) {
      case 'add':
        return add(context, rest, text);
      case '':
      case 'list':
        return list(context);
      case 'remove':
      case 'delete':
        return remove(context, feedNumber(rest));
      default:
        throw new UserError('feed-what', `I cannot ${quoted(action)} a feed.`, {
          hint: `There are ${ACTIONS.join(', ')}.`,
        });
    }
  },
  actions: {
    frm: { permission: 'admins', run: (context, [id = '']) => removeById(context, id) },
    flg: { permission: 'members', run: (context, [id = '']) => showLedger(context, id) },
  },
};

const symbolsOf = ({ text }: SignalFeedView): string =>
  text.instruments.map((instrument) => splitInstrument(instrument)[1]).join(', ');

/** Where a feed goes: here, or the place that is named. */
async function placeFor(context: CommandContext, { to, look }: FeedArguments): Promise<Place> {
  const { asker, chat } = context;
  // What kind of channel this is, its platform alone knows.
  if (to === undefined && look.publishes === true && asker.address.platform === 'discord') {
    return context.place(asker.address.chat, asker, context.role === 'owner');
  }
  const here: Place = { address: asker.address, title: chat.title, kind: chat.kind };
  if (to === undefined || /^here$/i.test(to)) return here;
  const topic = /^(?:topic\s+)?(\d{1,12})$/i.exec(to)?.[1];
  if (topic !== undefined && asker.address.platform === 'telegram' && chat.kind === 'group') {
    const address: ChatAddress = { platform: 'telegram', chat: asker.address.chat, thread: topic };
    return { address, title: `${chat.title}, topic ${topic}`, kind: 'group' };
  }
  return context.place(to, asker, context.role === 'owner');
}

async function add(context: CommandContext, text: string, whole: string): Promise<Message> {
  const wanted = await feedArguments(context, text, whole);
  const place = await placeFor(context, wanted);
  const targetKey = chatKey(place.address);
  const all = context.feeds.list(context.chatKey);
  const { same, older } = twinsOf(context, wanted, targetKey);
  const look = lookFor(wanted.look, (same ?? older.at(-1))?.feed);
  checkLook(look, place);
  if (same !== undefined) return dress(context, same, look, wanted);
  if (older.length === 0 && all.length >= MOST_FEEDS) {
    throw new UserError('too-many-feeds', `This chat has ${all.length} feeds, and that is the most.`, {
      hint: 'Remove one first: /feed list.',
    });
  }
  const { name, strategy, version } = wanted;
  const few = await context.feeds.tooFew(strategy);
  if (few !== undefined && !comeSoon(few)) throw tooFewError(strategy, few);
  const { venue, interval, quote, timeZone, locale } = context.chat;
  const { title, kind } = place;
  if (targetKey !== context.chatKey)
    await context.chats.ensure({ key: targetKey, title, kind, venue, interval, quote, timeZone, locale });
  const replaced = await removeAll(context, older);
  const owner = { chatKey: context.chatKey, targetKey, ownerId: context.asker.userId };
  const made = await context.feeds.add({ ...owner, ...look, name, strategy, version });
  return addedMessage(context, made, place, { replaced, few });
}

/** Whatever was removed, with how many signals were given up. */
async function removeAll(context: CommandContext, older: readonly SignalFeedView[]): Promise<readonly RemovedFeed[]> {
  const removed: RemovedFeed[] = [];
  for (const { feed: each } of older) {
    const done = await context.feeds.remove(each.id);
    if (done !== undefined) removed.push(done);
  }
  return removed;
}

/** As it was said, else as of the feed that was there before. */
const lookFor = (said: SaidLook, before: FeedLook | undefined): FeedLook => ({
  byWebhook: said.byWebhook ?? before?.byWebhook ?? false,
  publishes: said.publishes ?? before?.publishes ?? false,
});

/** A feed that runs already is posted otherwise from now on. @throws UserError where that is as it was, or not this chat's to say */
async function dress(
  context: CommandContext,
  same: SignalFeedView,
  look: FeedLook,
  wanted: FeedArguments,
): Promise<Message> {
  if (same.feed.chatKey === context.chatKey && !isSameLook(look, same.feed)) {
    const dressed = (await context.feeds.dress(same.feed.id, look)) ?? same;
    const words = lookWords(dressed.feed);
    const how = words.length === 0 ? 'as any other message' : words.join(' · ');
    return {
      text: ['✅ ', { bold: `Feed ${dressed.feed.number}: ${wanted.name}` }, ` is posted so from now on: ${how}.`],
    };
  }
  throw twiceError(same, wanted);
}

function addedMessage(
  context: CommandContext,
  made: SignalFeedView,
  place: Place,
  { replaced, few }: { readonly replaced: readonly RemovedFeed[]; readonly few: TooFewBars | undefined },
): Message {
  const { feed: own, text, isReady } = made;
  const isHere = own.targetKey === context.chatKey;
  return {
    text: [
      '✅ ',
      { bold: `Feed ${own.number}: ${own.name}` },
      [
        ` on ${symbolsOf(made)}`,
        `${formatInterval(text.interval)}${isHere ? '' : ` → ${place.title}`}`,
        ...paramWords(text),
        ...lookWords(own),
      ].join(' · '),
      `\n${beginWords(isReady, few)}`,
      replacedWords(replaced),
    ],
    buttons: [[context.button('Remove', 'frm', [own.id])]],
  };
}

function replacedWords(replaced: readonly RemovedFeed[]): string {
  if (replaced.length === 0) return '';
  const numbers = replaced.map(({ feed: each }) => each.number).join(', ');
  const open = replaced.reduce((sum, { closed }) => sum + closed, 0);
  const signals = open === 1 ? 'One open signal was' : `${open} open signals were`;
  const rest = open === 0 ? '' : ` ${signals} given up at the last price.`;
  return `\nIt replaces feed ${numbers}, which carried an older text or other parameters.${rest}`;
}

/** `fast=9 slow=20`, as it is typed. */
const paramWords = ({ params }: SignalFeedView['text']): readonly string[] =>
  params.length === 0
    ? []
    : [params.map(({ name, value, percent }) => `${name}=${(percent ? percentNumber : plainNumber)(value)}`).join(' ')];

function beginWords(isReady: boolean, few: TooFewBars | undefined): string {
  if (isReady) return 'It watches from now on.';
  if (few !== undefined) return soonWords(few);
  return 'It watches as soon as its series have enough bars: what is missing is being fetched.';
}

async function list(context: CommandContext): Promise<Message> {
  const all = context.feeds.list(context.chatKey);
  if (all.length === 0)
    return { text: ['No feed yet. Try ', { code: '/feed add ma-cross btc eth 1h' }, ', or /strategy templates.'] };
  const spans: TextSpan[] = [{ bold: 'Feeds' }, ` ${all.length} of ${MOST_FEEDS}`];
  for (const each of all) spans.push('\n', ...(await lineOf(context, each)));
  return { text: spans };
}

async function lineOf(context: CommandContext, view: SignalFeedView): Promise<readonly TextSpan[]> {
  const { feed: own, text, isReady, blindSince, open } = view;
  const { timeZone } = context.chat;
  const target = own.targetKey === context.chatKey ? undefined : await context.chats.get(own.targetKey);
  const stored = await context.strategies.find(own.chatKey, own.name);
  const facts = [
    `on ${symbolsOf(view)}`,
    formatInterval(text.interval),
    ...paramWords(text),
    `version ${own.version}${stored === undefined ? '' : newerWords(context, stored, view)}`,
    ...(target === undefined ? [] : [`→ ${target.title}`]),
    ...lookWords(own),
    ...(own.chatKey === context.chatKey ? [] : ['managed elsewhere']),
    ...(isReady ? [] : ['waits for bars']),
    ...(blindSince === undefined ? [] : [`stale since ${formatMinute(blindSince, timeZone, context.clock.now())}`]),
    ...(open === 0 ? [] : [`${open} open`]),
  ];
  return [{ code: String(own.number) }, ' ', { bold: own.name }, ` ${facts.join(' · ')}`];
}

/** Another interval has a number of its own, so numbers alone do not tell which is newer. */
function newerWords(context: CommandContext, stored: StoredStrategy, { feed: own, text }: SignalFeedView): string {
  if (stored.version > own.version) return ` (there is ${stored.version}: add it again)`;
  return saysOtherwise(context, stored, text) ? ' (there is a newer text: add it again)' : '';
}

async function remove(context: CommandContext, number: number): Promise<Message> {
  const found = context.feeds
    .list(context.chatKey)
    .find(({ feed: each }) => each.number === number && each.chatKey === context.chatKey);
  if (found === undefined) {
    throw new UserError('feed-unknown', `There is no feed ${number} here.`, { hint: '/feed list shows them.' });
  }
  return (await end(context, found.feed.id)) ?? { text: ['It is removed already.'] };
}

async function end(context: CommandContext, id: string): Promise<Message | undefined> {
  const removed = await context.feeds.remove(id);
  if (removed === undefined) return undefined;
  const { feed: own, closed } = removed;
  const whose = closed === 1 ? 'Its open signal was' : `Its ${closed} open signals were`;
  const rest = closed === 0 ? '' : ` ${whose} given up at the last price, and that stands in the ledger.`;
  return { text: ['🗑 ', { bold: `Feed ${own.number}: ${own.name}` }, ` is removed.${rest}`] };
}

async function removeById(context: CommandContext, id: string): Promise<PressOutcome> {
  if (context.feeds.get(id)?.feed.chatKey !== context.chatKey) return { toast: 'This feed is removed already.' };
  const edit = await end(context, id);
  return edit === undefined ? { toast: 'This feed is removed already.' } : { toast: 'Removed.', edit };
}

/** What its signals came to. */
async function showLedger(context: CommandContext, id: string): Promise<PressOutcome> {
  const own = context.feeds.get(id)?.feed;
  const isOurs = own !== undefined && [own.chatKey, own.targetKey].includes(context.chatKey);
  return { reply: await ledger.run(context, isOurs ? own.name : '') };
}
