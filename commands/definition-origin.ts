import type { CommandContext } from './command.ts';
import type { TextSpan } from './message.ts';
import type { Definition, StoredRule } from './ports.ts';

/** Names that an alert is told to be made of; it may be of more. */
const MOST_NAMES = 3;
/** Versions of a name that are looked through. */
const MOST_VERSIONS = 50;

/** ` (tight)`: the names that an alert was written with, for a list. Empty where it was written with none. */
export function namesWords({ definitions }: StoredRule): string {
  if (definitions.length === 0) return '';
  const more = definitions.length > MOST_NAMES ? ', …' : '';
  return ` (${definitions.slice(0, MOST_NAMES).join(', ')}${more})`;
}

/** A line for each name that an alert was written with: what it meant then, and whether it still does. */
export async function originLines(
  context: Pick<CommandContext, 'definitions'>,
  stored: StoredRule,
): Promise<readonly TextSpan[]> {
  const lines = await Promise.all(
    stored.definitions.slice(0, MOST_NAMES).map(async (name) => {
      const versions = await context.definitions.versions(stored.chatKey, name, MOST_VERSIONS);
      return originLine(name, versions, stored.createdAt);
    }),
  );
  return lines.flat();
}

function originLine(name: string, versions: readonly Definition[], at: number): readonly TextSpan[] {
  const then = versions.find(({ createdAt, endedAt }) => createdAt <= at && (endedAt === undefined || endedAt >= at));
  if (then === undefined) return ['\nWritten with ', { code: name }, '.'];
  const meant: readonly TextSpan[] = [
    '\nWritten with ',
    { code: name },
    ', which meant ',
    { code: then.text },
    ' then',
  ];
  const now = versions.find(({ endedAt }) => endedAt === undefined);
  if (now === undefined) return [...meant, ' and is deleted now.'];
  return now.text === then.text ? [...meant, '.'] : [...meant, ' and means ', { code: now.text }, ' now.'];
}
