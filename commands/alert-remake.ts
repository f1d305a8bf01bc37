import type { RuleText } from '../engine/language/ast.ts';
import { printRule } from '../engine/language/print.ts';
import { changedRule } from '../engine/preflight/changes.ts';
import { withOwnRule } from './alert-actions.ts';
import { plainMessage, savedMessage } from './alert-saved.ts';
import type { Action, ActionHandler, CommandContext } from './command.ts';
import { unpackChange } from './preflight-words.ts';
import type { PressOutcome } from './service.ts';

const UNREADABLE: PressOutcome = { toast: 'I can no longer read this alert. Delete it and type it again.' };

const own = (run: ActionHandler): Action => ({ permission: 'own', run });

/** What the buttons below a saved alert do: another mode, a change that makes it quieter, or nothing. */
export const remakeActions: Readonly<Record<string, Action>> = {
  // What was said of how often it fires no longer holds.
  once: own((context, args) => remake(context, args, (rule) => withModes(rule, { once: true, every: undefined }))),
  onc: own((context, args) => remake(context, args, (rule) => withModes(rule, { onClose: true, every: undefined }))),
  pf: own(async (context, [id, ...packed]) => {
    const change = unpackChange(packed);
    if (change === undefined) return { toast: 'This button no longer works here.' };
    return remake(context, [id], (rule) => changedRule(rule, change));
  }),
  keep: own((context, [id]) =>
    withOwnRule(context, id, async (stored) => {
      const rule = context.rules.running(id);
      return rule === undefined ? UNREADABLE : { edit: plainMessage(context, stored, rule) };
    }),
  ),
};

const withModes = (rule: RuleText, modes: Partial<RuleText['modes']>): RuleText => ({
  ...rule,
  modes: { ...rule.modes, ...modes },
});

function remake(
  context: CommandContext,
  [id]: readonly string[],
  change: (rule: RuleText) => RuleText,
): Promise<PressOutcome> {
  return withOwnRule(context, id, async () => {
    const rule = context.rules.running(id);
    if (rule === undefined) return UNREADABLE;
    const changed = change(rule);
    context.spend('alerts');
    const replaced = await context.rules.replace(id, printRule(changed), changed);
    return replaced === undefined
      ? { toast: 'This alert is gone.' }
      : { edit: savedMessage(context, replaced, changed) };
  });
}
