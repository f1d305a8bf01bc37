import { UserError } from '../engine/errors.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { parseRule } from '../engine/language/parse.ts';
import type { CommandContext } from './command.ts';
import type { StoredRule } from './ports.ts';
import { storedScope } from './scope.ts';

/** A rule as it runs, or as it ran before it was deleted; undefined where it can no longer be read. */
export function ruleOf(
  { rules, chat }: { readonly rules: Pick<CommandContext['rules'], 'running'>; readonly chat: CommandContext['chat'] },
  stored: StoredRule,
): RuleText | undefined {
  const running = rules.running(stored.id);
  if (running !== undefined) return running;
  try {
    return parseRule(stored.text, storedScope({ instrument: stored.instrument, interval: chat.interval }));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
