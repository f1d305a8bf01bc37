import { type Config, isSecret, type Name, rawValue, VARIABLES } from './config.ts';

/**
 * Every secret that the environment holds, also in files and within addresses, read without a look at whether it is well formed:
 * for what must never be shown.
 */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const found = (Object.keys(VARIABLES) as Name[]).flatMap((name) => {
    try {
      const value = rawValue(env, name);
      return value === undefined ? [] : isSecret(name) ? [value] : secretsOfAddress(value);
    } catch {
      return [];
    }
  });
  return [...new Set(found)].filter((secret) => secret.length >= SHORTEST_SECRET);
}

/** The same of what was read. */
export function secretsOf(config: Config): readonly string[] {
  const texts = Object.entries(config).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  return secretsIn(Object.fromEntries(texts) as Readonly<Record<string, string>>);
}

/** A shorter one would be found in harmless words. */
const SHORTEST_SECRET = 6;

/** What stands for a password or a key in an address. */
function secretsOfAddress(text: string): readonly string[] {
  if (!/^[a-z]+:\/\//i.test(text) || !URL.canParse(text)) return [];
  const { password, searchParams } = new URL(text);
  return [password, decodeURIComponent(password), ...searchParams.values()];
}
