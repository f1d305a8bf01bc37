import { UserError } from '../engine/errors.ts';
import type { Condition, Expr } from '../engine/language/ast.ts';
import { parseDefinition } from '../engine/language/definitions.ts';
import { constantOf } from '../engine/language/scale.ts';
import type { CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { Definition } from './ports.ts';
import { scopeOf } from './scope.ts';

/** What a chat has defined, by name. */
export type Defined = ReadonlyMap<string, string>;

type ReadContext = Pick<CommandContext, 'chat' | 'market' | 'clock' | 'defined'>;

/** How a definition reads where `defined` holds; the error where it cannot be read. `uses` names what it is made of. */
export function readDefinition(
  context: ReadContext,
  name: string,
  defined: Defined,
): { readonly meaning: Expr | Condition | UserError; readonly uses: ReadonlySet<string> } {
  const uses = new Set<string>();
  const scope = { ...scopeOf(context), definitions: defined, onDefinition: (each: string) => uses.add(each) };
  try {
    return { meaning: parseDefinition(name, defined.get(name) ?? '', scope), uses };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { meaning: error, uses };
  }
}

/** The names that are made of `name`, through others too. */
export function madeOf(context: ReadContext, name: string, defined: Defined = context.defined): readonly string[] {
  return [...defined.keys()].filter((each) => each !== name && readDefinition(context, each, defined).uses.has(name));
}

/** What kind of thing it is, in a word. */
export function kindOf(meaning: Expr | Condition): 'condition' | 'number' | 'fixed number' {
  switch (meaning.kind) {
    case 'compare':
    case 'cross':
    case 'range':
    case 'not':
    case 'and':
    case 'or':
      return 'condition';
    default:
      return constantOf(meaning) === undefined ? 'number' : 'fixed number';
  }
}

/** `Ada, 15 Jan 12:00 UTC`: who wrote a version, and when. */
export async function writtenBy(
  { users, chat, clock }: Pick<CommandContext, 'users' | 'chat' | 'clock'>,
  { authorId, createdAt }: Definition,
): Promise<string> {
  const name = (await users.get(authorId))?.name ?? authorId;
  return `${name}, ${formatMinute(createdAt, chat.timeZone, clock.now())}`;
}

/** `2 alerts of this chat were written with it`; undefined where there are none. */
export function alertsWords(alerts: number): string | undefined {
  if (alerts === 0) return undefined;
  return alerts === 1
    ? '1 alert of this chat was written with it'
    : `${alerts} alerts of this chat were written with it`;
}

/** What becomes of the alerts of a definition that no longer holds: a line of its own, or nothing. */
export function keptWords(alerts: number): string {
  const words = alertsWords(alerts);
  return words === undefined ? '' : `\n${words} and ${alerts === 1 ? 'keeps' : 'keep'} what it meant then.`;
}
