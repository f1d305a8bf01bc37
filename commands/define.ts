import { UserError } from '../engine/errors.ts';
import type { Condition, Expr } from '../engine/language/ast.ts';
import { checkName, parseDefinition } from '../engine/language/definitions.ts';
import { nearest } from '../engine/language/nearest.ts';
import { quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { definitionMessage } from './definition-detail.ts';
import { keptWords, kindOf, madeOf, readDefinition } from './definition-words.ts';
import type { Message, TextSpan } from './message.ts';
import type { Definition } from './ports.ts';
import { scopeOf, typedScopeOf } from './scope.ts';
import type { PressOutcome } from './service.ts';

/** Definitions that one chat may have, and characters of one. */
export const MOST_DEFINITIONS = 100;
const LONGEST_TEXT = 500;

export const define: Command = {
  name: 'define',
  summary: 'Name a series or a condition',
  usage: '/define NAME [= EXPR]',
  permission: 'members',
  examples: [
    '/define tight = bbw(20) < 5%',
    '/define gap = btcusdt - 20*ethusdt',
    '/define pace = ema(9) - ema(21)',
    '/define tight',
  ],
  details:
    'A name can be written wherever what it stands for can: /alert eth tight and rsi < 30, tight@1h, ethusdt.pace. ' +
    'Without = it shows what the name means and meant before.',
  args: [{ name: 'definition', kind: 'text', description: 'For example: tight = bbw(20) < 5%', required: true }],
  slow: false,
  private: false,
  async run(context, text) {
    if (text === '') {
      throw new UserError('definition-missing', 'What shall I call what?', {
        hint: 'For example /define tight = bbw(20) < 5%; /defines lists what there is.',
      });
    }
    const [, name, equals] = /^([^\s=:(]*)(\s*:?=)(?!=)/.exec(text) ?? [];
    if (name === undefined) return show(context, text);
    return save(context, text, name, name.length + equals.length);
  },
  actions: { dfd: { permission: 'own', run: remove } },
};

/** @throws UserError for what is neither a name nor a definition */
async function show(context: CommandContext, text: string): Promise<Message> {
  const [, written, rest] = /^([^\s(]*)\s*([\s\S]*)$/.exec(text) ?? [];
  if (rest.startsWith('(') && rest.includes('=')) {
    throw new UserError('definition-parameters', 'a definition takes no parameters', {
      span: [written.length, text.indexOf('=')],
      hint: 'write the numbers out, for example tight = bbw(20) < 5%',
    });
  }
  if (rest !== '') {
    throw new UserError('definition-equals', 'a = belongs behind the name', {
      span: [written.length, text.length - rest.length],
      suggestions: [`${written} = ${rest}`],
    });
  }
  const found = await definitionMessage(context, written.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(written.toLowerCase(), context.defined.keys());
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(', ')}?`
      : `To define it: /define ${written} = bbw(20) < 5%, for example.`;
  throw new UserError('definition-unknown', `Nothing is called ${quoted(written)} here.`, {
    hint,
    ...(near.length > 0 ? { span: [0, text.length] as const, suggestions: near } : {}),
  });
}

async function save(context: CommandContext, text: string, written: string, bodyAt: number): Promise<Message> {
  const name = checkName(written, [0, written.length], scopeOf(context));
  const body = text.slice(bodyAt).trim().replace(/\s+/g, ' ');
  const defined = new Map(context.defined).set(name, body);
  const meaning = readTyped(context, name, text, bodyAt, defined);
  const all = await context.definitions.list(context.chatKey);
  const before = all.find((each) => each.name === name);
  requireLeave(context, before);
  requireRoom(body, before === undefined ? all.length : 0, text, bodyAt);
  if (before?.text === body) return { text: ['That is what ', { code: name }, ' means already.'] };
  if (before !== undefined) requireReadable(context, name, defined);
  const alerts = before === undefined ? 0 : await context.definitions.alertsWith(context.chatKey, name);
  const saved = await context.definitions.save({
    ...{ chatKey: context.chatKey, name, text: body },
    authorId: context.asker.userId,
  });
  return savedMessage({ ...context, defined }, saved, meaning, before, alerts);
}

/** Reads what was typed behind the `=`. @throws UserError with places and offers of the whole text */
function readTyped(
  context: CommandContext,
  name: string,
  text: string,
  bodyAt: number,
  defined: ReadonlyMap<string, string>,
): Expr | Condition {
  try {
    const blanked = ' '.repeat(bodyAt) + text.slice(bodyAt);
    return parseDefinition(name, blanked, { ...typedScopeOf(context), definitions: defined });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint, span } = error;
    const suggestions = error.suggestions.map((offer) => text.slice(0, bodyAt) + offer.slice(bodyAt));
    throw new UserError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(span === undefined ? {} : { span: [Math.max(span[0], bodyAt), span[1]] as const }),
      suggestions,
      cause: error,
    });
  }
}

/** @throws UserError where a name is somebody else's */
function requireLeave(context: CommandContext, before: Definition | undefined): void {
  if (before === undefined || context.mayActFor(before.ownerId)) return;
  throw new UserError('definition-owned', `\`${before.name}\` is somebody else's: \`${before.text}\`.`, {
    hint: 'Only its owner and admins change it; take another name.',
  });
}

function requireRoom(body: string, others: number, text: string, bodyAt: number): void {
  if (body.length > LONGEST_TEXT) {
    const span = [bodyAt, text.length] as const;
    throw new UserError('too-big', `this is ${body.length} characters long, the limit is ${LONGEST_TEXT}`, { span });
  }
  if (others < MOST_DEFINITIONS) return;
  throw new UserError('too-many-definitions', `This chat has ${others} definitions, and that is the most.`, {
    hint: 'Delete one first: /define NAME shows it with a button.',
  });
}

/** @throws UserError where something that is made of the name could no longer be read */
function requireReadable(context: CommandContext, name: string, defined: ReadonlyMap<string, string>): void {
  for (const each of madeOf(context, name)) {
    const { meaning } = readDefinition(context, each, defined);
    if (!(meaning instanceof UserError)) continue;
    throw new UserError(
      'definition-used',
      `\`${each}\` is made of it and could no longer be read: ${meaning.message}.`,
      {
        hint: 'Change that first, or take another name.',
      },
    );
  }
}

const EXAMPLES = {
  condition: (name: string) => `/alert btcusdt ${name} once`,
  number: (name: string) => `/alert btcusdt ${name} crosses 0`,
  'fixed number': (name: string) => `/alert btcusdt price > ${name}`,
} as const;

function savedMessage(
  context: CommandContext,
  saved: Definition,
  meaning: Expr | Condition,
  before: Definition | undefined,
  alerts: number,
): Message {
  const { name, text, id, ownerId } = saved;
  const kind = kindOf(meaning);
  const spans: TextSpan[] = ['✅ ', { bold: name }, ' = ', { code: text }];
  if (before === undefined) {
    spans.push(`\nA ${kind}, to be written where one belongs: `, { code: EXAMPLES[kind](name) });
  } else {
    spans.push('\nBefore: ', { code: before.text }, keptWords(alerts));
  }
  const users = before === undefined ? [] : madeOf(context, name);
  if (users.length > 0) spans.push(`\nMade of it, and changed with it: ${users.join(', ')}.`);
  return { text: spans, buttons: [[context.button('Delete', 'dfd', [id], ownerId)]] };
}

async function remove(context: CommandContext, [id]: readonly string[]): Promise<PressOutcome> {
  const found = await context.definitions.get(id);
  if (found === undefined || found.chatKey !== context.chatKey || found.endedAt !== undefined)
    return { toast: 'This definition no longer holds.' };
  if (!context.mayActFor(found.ownerId)) return { toast: 'Only its owner or an admin may do that.' };
  const users = madeOf(context, found.name);
  if (users.length > 0)
    return { toast: `${users.join(', ')} is made of it. Change or delete that first.`.slice(0, 200) };
  const alerts = await context.definitions.alertsWith(context.chatKey, found.name);
  if (!(await context.definitions.remove(id))) return { toast: 'This definition no longer holds.' };
  const text = ['🗑 ', { bold: found.name }, ' = ', { code: found.text }, ' is deleted.', keptWords(alerts)];
  return { toast: `${found.name} is deleted.`, edit: { text } };
}
