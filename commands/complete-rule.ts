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
  const quotes = (venue: string) => quotesOf(context, venue);
  return complete(typed, typed.length, scope, { symbols, defined, quotes }).map(
    ({ from, to, text, label, summary }) => ({
      label,
      value: typed.slice(0, from) + text + typed.slice(to),
      note: summary,
    }),
  );
}

/** The commonest first. */
function quotesOf({ market }: CommandContext, venue: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const info of market.symbols.all()) {
    if (info.venue === venue && info.active) counts.set(info.quote, (counts.get(info.quote) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([quote]) => quote);
}
