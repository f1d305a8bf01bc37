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

/** @throws UserError for a name that is neither a strategy of the chat nor a template */
export async function failName(context: CommandContext, name: string): Promise<never> {
  const stored = await context.strategies.list(context.chatKey);
  const near = nearest(
    name,
    [...stored, ...TEMPLATES].map((each) => each.name),
  );
  const hint =
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : '/strategy list and /strategy templates show what there is.';
  throw new UserError('strategy-unknown', `No strategy is called ${quoted(name)} here.`, {
    hint,
    ...(near.length > 0 ? { span: [0, name.length] as const } : {}),
  });
}
