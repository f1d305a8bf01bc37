import { UserError } from '../engine/errors.ts';
import { checkStrategyName, parseStrategy } from '../engine/language/strategy.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { TEMPLATES } from '../engine/strategies/templates.ts';
import { clipped } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import type { Message, TextSpan } from './message.ts';
import { typedScopeOf } from './scope.ts';
import type { PressOutcome } from './service.ts';
import { clausesOf, failName, failOwn, readStored, templateOf } from './strategy-find.ts';
import { listPublic, publish, take, versions } from './strategy-public.ts';
import { requireUsableRanges } from './strategy-ranges.ts';
import { MOST_STRATEGIES, saveStrategy, shownStrategy } from './strategy-save.ts';
import { suggest } from './strategy-suggest.ts';
import { startStrategyWizard, strategyWizardActions } from './strategy-wizard.ts';

/** A longer one is cut in a list. */
const LONGEST_LISTED = 160;
const LIKE = /\s+like\s+([a-z][a-z0-9_-]*)(?:\s+vs\s+(\S+))?\s*$/i;

export const strategy: Command = {
  name: 'strategy',
  summary: 'Strategies of this chat',
  usage:
    '/strategy [new NAME on SYMBOLS INTERVAL RULES | list | show NAME | versions NAME | templates | suggest SYMBOL [INTERVAL] | remove NAME | publish NAME | unpublish NAME | public | take NUMBER [NAME]]',
  permission: 'members',
  examples: [
    '/strategy new dips on btc eth 1h long when rsi(14) crosses above 30 exit when rsi(14) > 60 stop 2*atr(14) target 3*atr(14) size 10%',
    '/strategy new cross on btc 1h like ma-cross',
    '/strategy new spread on eth 1h like pairs vs btcusdt',
    '/strategy templates',
    '/strategy show dips',
    '/strategy suggest btc 1h',
    '/strategy publish dips',
    '/strategy public',
  ],
  details:
    '/strategy new alone leads to one by buttons. Behind the symbols stand, in any order: long when, exit when, short when, exit short when, stop, target (a distance, a percentage, or at a price), ' +
    'expire 12h, size 10%, fee 0.1%, slippage 0.05%, and param fast = 12 [5..30] for numbers with a name. Entries and exits are looked at when a bar closes. ' +
    'suggest tries the templates on a symbol, and proposes one only where it held up on bars that it was not chosen on. ' +
    'What is published every chat of this bot can take a copy of, until unpublish takes it back.',
  args: [
    {
      name: 'what',
      kind: 'text',
      description: 'new, list, show, versions, templates, suggest, remove, publish, unpublish, public or take',
      required: false,
    },
  ],
  slow: false,
  private: false,
  async run(context, text) {
    const [, verb = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
    const at = text.length - rest.length;
    switch (verb.toLowerCase()) {
      case '':
      case 'list':
        return list(context);
      case 'templates':
        return templates();
      case 'show':
        return show(context, rest.trim().toLowerCase(), at);
      case 'remove':
        return remove(context, rest.trim().toLowerCase(), at);
      case 'suggest':
        return suggest(context, rest, text.slice(0, at));
      case 'publish':
      case 'unpublish':
        return publish(context, rest.trim().toLowerCase(), verb.toLowerCase() === 'publish', at);
      case 'public':
        return listPublic(context);
      case 'take':
        return take(context, rest, at);
      case 'versions':
        return versions(context, rest.trim().toLowerCase(), at);
      case 'new':
        return create(context, rest, at);
      default:
        throw new UserError('strategy-what', 'I can make, list, show, suggest, publish, take and remove strategies.', {
          hint: '/strategy new, list, show NAME, versions NAME, templates, suggest SYMBOL, remove NAME, publish NAME, unpublish NAME, public or take NUMBER',
          span: [0, verb.length],
        });
    }
  },
  actions: { srm: { permission: 'own', run: (context, [id]) => removeById(context, id) }, ...strategyWizardActions },
};

async function list(context: CommandContext): Promise<Message> {
  const all = await context.strategies.list(context.chatKey);
  if (all.length === 0) {
    return {
      text: [
        'No strategies yet. Try ',
        { code: '/strategy new cross on btc 1h like ma-cross' },
        ', or /strategy templates.',
      ],
    };
  }
  const spans: TextSpan[] = [{ bold: 'Strategies' }, ` ${all.length} of ${MOST_STRATEGIES}`];
  for (const { name, version, text } of all) {
    const body = text.slice(name.length).trim();
    spans.push('\n', { bold: name }, `${version > 1 ? ` (version ${version})` : ''} `, {
      code: clipped(body, LONGEST_LISTED),
    });
  }
  return { text: spans };
}

function templates(): Message {
  const spans: TextSpan[] = [{ bold: 'Templates' }];
  for (const { name, summary, interval } of TEMPLATES) {
    spans.push('\n', { bold: name }, ` · ${formatInterval(interval)} · ${summary}`);
  }
  spans.push('\nTry one with ', { code: '/backtest ma-cross btc 1h 90d' }, ', take one with ');
  spans.push(
    { code: '/strategy new cross on btc 1h like ma-cross' },
    ', read one with ',
    { code: '/strategy show ma-cross' },
    '.',
  );
  return { text: spans };
}

async function show(context: CommandContext, name: string, at: number): Promise<Message> {
  if (name === '') {
    throw new UserError('strategy-missing', 'Which strategy?', { hint: 'For example /strategy show ma-cross' });
  }
  const stored = await context.strategies.find(context.chatKey, name);
  if (stored !== undefined) return shownStrategy(context, stored);
  const template = templateOf(name);
  if (template === undefined) return failName(context, name, at);
  const { summary, interval, text } = template;
  return { text: [{ bold: name }, ` · a template for ${formatInterval(interval)}: ${summary}\n`, { code: text }] };
}

/** `new` with places and offers of the whole text. */
function readTyped(context: CommandContext, typed: string, at: number) {
  const full = ' '.repeat(at) + typed;
  const like = LIKE.exec(typed);
  const template = like === null ? undefined : templateOf(like[1].toLowerCase());
  if (like !== null && template === undefined) return undefined;
  const head = like === null ? full : full.slice(0, at + like.index);
  const clauses = template && clausesOf(template, like?.[2], `/strategy new ${typed.trim()}`);
  try {
    return parseStrategy(clauses === undefined ? head : `${head} ${clauses}`, typedScopeOf(context));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint, span } = error;
    const isInside = span === undefined || span[1] <= full.length;
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(span !== undefined && isInside ? { span: [Math.max(span[0], at), span[1]] as const } : {}),
      suggestions: clauses === undefined ? error.suggestions.map((offer) => `new ${offer.slice(at)}`) : [],
      cause: error,
    });
  }
}

async function create(context: CommandContext, typed: string, at: number): Promise<Message> {
  if (typed.trim() === '') return startStrategyWizard(context);
  const read = readTyped(context, typed, at);
  if (read === undefined) {
    const like = LIKE.exec(typed)!;
    const before = /^\s+like\s+/i.exec(like[0])![0];
    return failName(context, like[1].toLowerCase(), at + like.index + before.length);
  }
  checkStrategyName(read.name, [at, at + read.name.length]);
  requireUsableRanges(read, new Set(read.params.map(({ name }) => name)), ' '.repeat(at) + typed);
  return saveStrategy(context, read);
}

async function remove(context: CommandContext, name: string, at: number): Promise<Message> {
  const found = name === '' ? undefined : await context.strategies.find(context.chatKey, name);
  if (found === undefined) return failOwn(context, 'remove', name, at);
  if (!context.mayActFor(found.ownerId)) {
    throw new UserError('strategy-owned', `\`${name}\` is somebody else's.`, {
      hint: 'Only its owner and admins remove it.',
    });
  }
  await context.strategies.remove(found.id);
  return { text: ['🗑 ', { bold: name }, ' is removed.'] };
}

async function removeById(context: CommandContext, id: string): Promise<PressOutcome> {
  const found = await context.strategies.get(id);
  if (found === undefined || found.chatKey !== context.chatKey || found.endedAt !== undefined) {
    return { toast: 'This strategy no longer holds.' };
  }
  if (!context.mayActFor(found.ownerId)) return { toast: 'Only its owner or an admin may do that.' };
  if (!(await context.strategies.remove(id))) return { toast: 'This strategy no longer holds.' };
  const { instruments } = readStored(found);
  const text = ['🗑 ', { bold: found.name }, ` is removed. It was for ${instruments.join(', ')}.`];
  return { toast: `${found.name} is removed.`, edit: { text } };
}
