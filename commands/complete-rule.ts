import { complete } from '../engine/language/complete.ts';
import type { CommandContext } from './command.ts';
import { scopeOf } from './scope.ts';
import type { Suggestion } from './service.ts';
import { completeSymbols } from './symbol-argument.ts';

/** What may come next in a rule that somebody types, as the whole text that it would become. */
export function completeRule(context: CommandContext, typed: string): readonly Suggestion[] {
  const symbols = (part: string) =>
    completeSymbols(context, part).map(({ label, value }) => ({ text: value, summary: label.split(' · ')[1] ?? '' }));
  const scope = scopeOf(context);
  const told = (scope.facts?.names() ?? []).map((name) => ({ name, summary: 'a fact that somebody tells' }));
  const defined = [...[...context.defined].map(([name, summary]) => ({ name, summary })), ...told];
  return complete(typed, typed.length, scope, { symbols, defined }).map(({ from, to, text, label, summary }) => ({
    label,
    value: typed.slice(0, from) + text + typed.slice(to),
    note: summary,
  }));
}
