import { UserError } from '../engine/errors.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { printStrategy } from '../engine/language/strategy-print.ts';
import type { CommandContext } from './command.ts';
import { offerButton } from './error-message.ts';
import type { Button, Message, TextSpan } from './message.ts';
import type { StoredStrategy } from './ports.ts';
import { templateOf } from './strategy-find.ts';

/** Strategies that one chat may have. */
export const MOST_STRATEGIES = 50;

/**
 * Keeps a strategy of the chat, as a new version where there is one of its name, and says so.
 * @throws UserError where the name is a template's or somebody else's, or the chat has too many
 */
export async function saveStrategy(context: CommandContext, strategy: StrategyText): Promise<Message> {
  const { name } = strategy;
  if (templateOf(name) !== undefined) {
    throw new UserError('strategy-name', `\`${name}\` is the name of a template.`, { hint: 'Take another name.' });
  }
  const text = printStrategy(strategy);
  const all = await context.strategies.list(context.chatKey);
  const before = all.find((each) => each.name === name);
  if (before !== undefined && !context.mayActFor(before.ownerId)) {
    throw new UserError('strategy-owned', `\`${name}\` is somebody else's.`, {
      hint: 'Only its owner and admins change it; take another name.',
    });
  }
  if (before === undefined && all.length >= MOST_STRATEGIES) {
    throw new UserError('too-many-strategies', `This chat has ${all.length} strategies, and that is the most.`, {
      hint: 'Remove one first: /strategy remove NAME',
    });
  }
  if (before?.text === text) return { text: ['That is what ', { bold: name }, ' says already.'] };
  const saved = await context.strategies.save({ chatKey: context.chatKey, name, text, authorId: context.asker.userId });
  const shown = await shownStrategy(context, saved, ['✅ ']);
  if (saved.publishedAt === undefined) return shown;
  const note = [
    '\nIt is public: this version is what every chat takes now. To end that: ',
    { code: `/strategy unpublish ${name}` },
  ];
  return { ...shown, text: [...shown.text, ...note] };
}

/** A stored strategy with what can be done with it. */
export async function shownStrategy(
  context: CommandContext,
  { id, name, version, text, ownerId }: StoredStrategy,
  before: readonly TextSpan[] = [],
): Promise<Message> {
  const buttons: Button[] = [
    await offerButton(context, 'Backtest', 'backtest', name),
    context.button('Remove', 'srm', [id], ownerId),
  ];
  return { text: [...before, { bold: name }, ` · version ${version}\n`, { code: text }], buttons: [buttons] };
}
