import { VARIABLES } from './config.ts';
import { editDistance } from './engine/language/nearest.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What others call a bot's token. */
const KNOWN_SLIPS: Readonly<Record<string, string>> = {
  TELEGRAM_BOT_TOKEN: 'TELEGRAM_TOKEN',
  DISCORD_BOT_TOKEN: 'DISCORD_TOKEN',
};
/** Shorter names are too near to each other: a slip of two letters in them may as well be a word of its own. */
const LONG = 12;

/** Of names with fewer consonants many are words of their own. */
const SOUNDS = 5;

/**
 * One sentence for each variable that is set, means nothing here, and has nearly the name of one that is not set:
 * `SYMBOL is not a setting; did you mean SYMBOLS?` An environment holds much that is none of our business, so only a slip counts.
 */
export function nearVariables(env: Environment): readonly string[] {
  const names = Object.entries(VARIABLES).flatMap(([name, { secret }]) => (secret ? [name, `${name}_FILE`] : [name]));
  const known = new Set(names);
  const unset = names.filter((name) => isEmpty(env[name]));
  return Object.keys(env)
    .filter((name) => !known.has(name) && !isEmpty(env[name]))
    .flatMap((name) => {
      const meant = KNOWN_SLIPS[name] ?? unset.find((other) => isSlip(name, other));
      return meant === undefined || !unset.includes(meant) ? [] : [`${name} is not a setting; did you mean ${meant}?`];
    })
    .sort();
}

const isEmpty = (value: string | undefined): boolean => value === undefined || value.trim() === '';

/** What is left of a name that is written short: `LOG_LVL` of `LOG_LEVEL`. */
const sounds = (name: string): string => name.toUpperCase().replace(/[AEIOU_]/g, '');

function isSlip(name: string, meant: string): boolean {
  if (name[0].toUpperCase() === meant[0] && sounds(name) === sounds(meant) && sounds(meant).length >= SOUNDS)
    return true;
  const most = meant.length >= LONG ? 2 : 1;
  if (Math.abs(name.length - meant.length) > most) return false;
  return editDistance(name.toUpperCase(), meant) <= most;
}
