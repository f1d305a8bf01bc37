import type { Person } from '../commands/ports.ts';
import type { PingStore } from '../db/pings.ts';
import type { StoredRule } from '../db/rules.ts';
import type { UserStore } from '../db/users.ts';

interface AudienceOptions {
  readonly pings: Pick<PingStore, 'of'>;
  readonly users: Pick<UserStore, 'get'>;
}

/**
 * Whom a message on these rules calls: everybody who asked for it. Where they say the same and the message is for several, their
 * owners come first. One owner alone is not called: who set the alert reads the chat.
 */
export async function audienceOf(
  { pings, users }: AudienceOptions,
  rules: readonly StoredRule[],
  areSame: boolean,
): Promise<readonly Person[]> {
  const asked = await pings.of(rules.map(({ id }) => id));
  if (!areSame) return asked;
  const owners = [...new Set(rules.map(({ ownerId }) => ownerId))];
  const isForSeveral = owners.length > 1 || asked.some(({ userId }) => userId !== owners[0]);
  const people = new Map<string, Person>();
  for (const userId of isForSeveral ? owners : []) {
    const user = await users.get(userId);
    if (user !== undefined) people.set(userId, { userId, name: user.name });
  }
  for (const person of asked) people.set(person.userId, person);
  return [...people.values()];
}
