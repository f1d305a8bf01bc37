import { UserError } from '../engine/errors.ts';
import { nearest } from '../engine/language/nearest.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { needsOther, type StrategyTemplate, TEMPLATES, templateText } from '../engine/strategies/templates.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import type { StoredStrategy } from './ports.ts';
import { storedScope } from './scope.ts';

/** What a stored strategy says. */
export function readStored({ text }: StoredStrategy): StrategyText {
  return parseStrategy(text, storedScope({ instrument: '', interval: 60_000 }));
}

export const templateOf = (name: string): StrategyTemplate | undefined => TEMPLATES.find((each) => each.name === name);

/**
 * The clauses of a template.
 * @param other the symbol that its own are held against, where somebody named one
 * @throws UserError where it needs one
 */
export function clausesOf(template: StrategyTemplate, other: string | undefined, command: string): string {
  if (needsOther(template) && other === undefined) {
    throw new UserError('other-symbol', `${template.name} holds its symbol against another one, and none is named.`, {
      hint: `For example ${command} vs btcusdt`,
    });
  }
  return templateText(template, other ?? '');
}

/**
 * @param at where the name stands in what was typed, where that is to be marked
 * @throws UserError for a name that is neither a strategy of the chat nor a template
 */
export async function failName(context: CommandContext, name: string, at?: number): Promise<never> {
  const stored = await context.strategies.list(context.chatKey);
  const near = nearest(
    name,
    [...stored, ...TEMPLATES].map((each) => each.name),
  );
  const hint =
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : '/strategy list and /strategy templates show what there is.';
  throw new UserError('strategy-unknown', `No strategy is called ${quoted(name)} here.`, {
    hint,
    ...(near.length > 0 && at !== undefined ? { span: [at, at + name.length] as const } : {}),
  });
}

/** What is done with strategies of the chat alone, as it is said of them. */
const DONE = {
  publish: 'can be published',
  unpublish: 'can be taken back',
  remove: 'can be removed',
  versions: 'has versions',
} as const;

/**
 * Says why nothing of this name can be published, removed and so on: a template is no strategy of the chat.
 * @param at where the name stands in what was typed
 * @throws UserError always
 */
export async function failOwn(
  context: CommandContext,
  verb: keyof typeof DONE,
  name: string,
  at: number,
): Promise<never> {
  if (name === '') {
    throw new UserError('strategy-missing', 'Which strategy?', { hint: `For example /strategy ${verb} dips` });
  }
  const template = templateOf(name);
  if (template === undefined) return failName(context, name, at);
  throw new UserError(
    'strategy-template',
    `\`${name}\` is a template, and only a strategy made from it ${DONE[verb]}.`,
    {
      hint: `Make one: /strategy new my-${name} on btc 1h like ${name}${needsOther(template) ? ' vs ethusdt' : ''}`,
      span: [at, at + name.length],
    },
  );
}
