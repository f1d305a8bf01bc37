import { UserError } from '../engine/errors.ts';
import { clipped, quoted } from './clean-text.ts';
import type { Command, CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { Message, TextSpan } from './message.ts';
import type { WebhookPort } from './ports.ts';

/** Webhooks that one chat may have, and characters of a template. */
const MOST_WEBHOOKS = 20;
const LONGEST_TEMPLATE = 500;
const SHOWN_TEMPLATE = 100;

const ACTIONS = ['new', 'list', 'remove'] as const;

export const webhook: Command = {
  name: 'webhook',
  summary: 'Let other programs post here',
  usage: '/webhook [new [TEMPLATE]|list|remove NUMBER]',
  permission: 'admins',
  restricted: 'see and change its webhooks',
  examples: ['/webhook new', '/webhook new {ticker} {strategy.order.action} at {close}', '/webhook list'],
  details:
    'What is posted to the address, a text or JSON, becomes a message here; its numbers become facts that alerts can use. ' +
    'In a template, {ticker} stands for that field of the JSON, {strategy.order.action} for one within another.',
  args: [
    { name: 'action', kind: 'choice', description: 'What to do', required: false, choices: ACTIONS },
    { name: 'text', kind: 'text', description: 'The template, or the number of the one to remove', required: false },
  ],
  slow: false,
  private: true,
  async run(context, text) {
    const [, action = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text.trim()) ?? [];
    const webhooks = context.webhooks;
    if (webhooks === undefined) throw new UserError('no-webhooks', 'There are no webhooks here.');
    switch (action.toLowerCase()) {
      case 'new':
        return create(context, webhooks, rest);
      case '':
      case 'list':
        return list(context, webhooks);
      case 'remove':
      case 'delete':
        return remove(context, webhooks, rest);
      default:
        throw new UserError('webhook-unknown', `I cannot ${quoted(action)} a webhook.`, {
          hint: `There are ${ACTIONS.join(', ')}.`,
        });
    }
  },
};

async function create(context: CommandContext, webhooks: WebhookPort, written: string): Promise<Message> {
  // In quotes or not: both are meant.
  const template = /^(["“'])([\s\S]*)["”']$/.exec(written)?.[2] ?? written;
  if (template.length > LONGEST_TEMPLATE) {
    throw new UserError('too-big', `this is ${template.length} characters long, the limit is ${LONGEST_TEMPLATE}`);
  }
  if ((await webhooks.count(context.chatKey)) >= MOST_WEBHOOKS) {
    throw new UserError('too-many-webhooks', `This chat has ${MOST_WEBHOOKS} webhooks, and that is the most.`, {
      hint: 'Remove one first: /webhook list.',
    });
  }
  const { hook, token } = await webhooks.create({
    ...{ chatKey: context.chatKey, ownerId: context.asker.userId },
    template: template === '' ? undefined : template,
  });
  const spans: TextSpan[] = [
    '✅ ',
    { bold: `Webhook ${hook.id}` },
    '\nPost a text or JSON to ',
    { code: `/hooks/${token}` },
  ];
  spans.push(' of the address at which this bot’s status page is reached.');
  if (hook.template !== undefined) spans.push('\nIt is shown as ', { code: hook.template });
  spans.push(
    '\nI show this once. Whoever has it can write here: keep it to yourself, and delete this message in a group.',
  );
  return { text: spans };
}

async function list(context: CommandContext, webhooks: WebhookPort): Promise<Message> {
  const all = await webhooks.list(context.chatKey);
  if (all.length === 0) return { text: ['There are no webhooks yet. Make one with ', { code: '/webhook new' }, '.'] };
  const now = context.clock.now();
  const spans: TextSpan[] = [{ bold: 'Webhooks' }, ` ${all.length} of ${MOST_WEBHOOKS}`];
  for (const { id, template, createdAt } of all) {
    spans.push('\n', { code: id }, ' · ');
    spans.push(template === undefined ? 'as it comes' : { code: clipped(template, SHOWN_TEMPLATE) });
    spans.push(` · since ${formatMinute(createdAt, context.chat.timeZone, now)}`);
  }
  spans.push('\nRemove one with ', { code: `/webhook remove ${all[0].id}` }, '.');
  return { text: spans };
}

async function remove(context: CommandContext, webhooks: WebhookPort, written: string): Promise<Message> {
  const id = written.trim().replace(/^#/, '');
  if (await webhooks.remove(context.chatKey, id)) return { text: ['🗑 Webhook ', { bold: id }, ' is removed.'] };
  throw new UserError('webhook-unknown', id === '' ? 'Which webhook?' : `There is no webhook ${quoted(id)} here.`, {
    hint: '/webhook list shows their numbers.',
  });
}
