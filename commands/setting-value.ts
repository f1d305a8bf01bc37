import { IANAZone } from 'luxon';
import { UserError } from '../engine/errors.ts';
import { nearest } from '../engine/language/nearest.ts';
import { parseInterval } from '../engine/market/interval.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { readHeartbeat, USUAL_HEARTBEAT } from './heartbeat.ts';
import { unlistedWords } from './known-symbols.ts';
import type { ChatSettings } from './ports.ts';
import { readQuietHours } from './quiet-hours.ts';
import { MOST_VOTES, readPolicy } from './rule-policy.ts';

export const WHAT = ['venue', 'interval', 'quote', 'zone', 'heartbeat', 'quiet', 'resolve', 'rules'] as const;
export type What = (typeof WHAT)[number];

const OFFERED = 3;
const MOST_QUOTES = 8;

/**
 * One setting from what was typed for it.
 * @param at where it begins in `whole`, the text that is offered with another value
 * @throws UserError that says what would be right
 */
export function readSetting(
  context: CommandContext,
  what: What,
  typed: string,
  at: number,
  whole: string,
): Partial<ChatSettings> {
  const refuse = (problem: string, hint: string, values: readonly string[] = []): never => {
    const suggestions = values.map((value) => whole.slice(0, at) + value);
    throw new UserError(`${what}-unknown`, problem, { hint, span: [0, whole.length], suggestions });
  };
  switch (what) {
    case 'venue':
      return readVenue(context, typed, refuse);
    case 'interval': {
      const interval = parseInterval(typed.replace(/^(\d+)\s*([smhdw])[a-z]*$/i, '$1$2'));
      if (interval !== undefined) return { interval };
      const meant = /^\d+$/.test(typed) ? [`${typed}m`, `${typed}h`].filter((text) => parseInterval(text)) : [];
      return refuse(`${quoted(typed)} is no interval.`, 'Write 1m, 5m, 15m, 1h, 4h or 1d; the longest is 7d.', meant);
    }
    case 'quote':
      return readQuote(context, typed, refuse);
    case 'zone':
      return readZone(typed, refuse);
    case 'rules': {
      const rulePolicy = readPolicy(typed);
      if (rulePolicy !== undefined) return { rulePolicy };
      const hint = `Write everyone, admins, or vote and how many: vote 3, up to vote ${MOST_VOTES}.`;
      return refuse(`${quoted(typed)} does not say who may set alerts.`, hint, ['everyone', 'admins', 'vote 3']);
    }
    case 'heartbeat': {
      const heartbeat = readHeartbeat(typed);
      if (heartbeat !== undefined) return { heartbeat };
      const hint = 'Write daily 09:00, by the chat’s clock, hourly, or off.';
      return refuse(
        `${quoted(typed)} is no heartbeat.`,
        hint,
        nearest(typed.toLowerCase(), [USUAL_HEARTBEAT, 'hourly']),
      );
    }
    case 'quiet': {
      const quiet = readQuietHours(typed);
      if (quiet !== undefined) return { quiet };
      return refuse(`${quoted(typed)} are no quiet hours.`, 'Write when they begin and end: 22:00-07:00, or off.');
    }
    case 'resolve': {
      if (/^(on|yes)$/i.test(typed)) return { resolve: true };
      return refuse(`${quoted(typed)} is neither on nor off.`, 'Write on or off.', ['on', 'off']);
    }
  }
}

/** The settings that a text could be a value of: `15m` is an interval. */
export function settingsFor(context: CommandContext, typed: string): readonly What[] {
  return WHAT.filter((what) => {
    if (what === 'resolve' || (what === 'rules' && context.chat.kind !== 'group')) return false;
    try {
      readSetting(context, what, typed, 0, typed);
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  });
}

type Refuse = (problem: string, hint: string, values?: readonly string[]) => never;

function readVenue({ market }: CommandContext, typed: string, refuse: Refuse): Partial<ChatSettings> {
  const venues = market.feeds().map((feed) => feed.name);
  const venue = venues.find((name) => name === typed.toLowerCase());
  if (venue !== undefined) return { venue };
  const hint = `I have ${venues.join(', ')}; any is the first of them that knows a symbol.`;
  return refuse(`I have no prices from ${quoted(typed)}.`, hint, nearest(typed.toLowerCase(), venues));
}

function readQuote({ market }: CommandContext, typed: string, refuse: Refuse): Partial<ChatSettings> {
  const quote = typed.toLowerCase();
  const counts = new Map<string, number>();
  for (const info of market.symbols.all()) counts.set(info.quote, (counts.get(info.quote) ?? 0) + 1);
  if (counts.has(quote)) return { quote };
  const unlisted = market.unlisted();
  if (unlisted.length > 0)
    throw new UserError('venue-down', `${unlistedWords(unlisted)}.`, { hint: 'I keep trying; see /status.' });
  const common = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return refuse(`No symbol is quoted in ${quoted(typed)}.`, `There are ${common.slice(0, MOST_QUOTES).join(', ')}.`);
}

function readZone(typed: string, refuse: Refuse): Partial<ChatSettings> {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const wanted = typed.toLowerCase().replaceAll(' ', '_');
  const cities = zones.filter((name) => cityOf(name) === wanted);
  const zone = zones.find((name) => name.toLowerCase() === wanted) ?? (cities.length === 1 ? cities[0] : typed);
  if (IANAZone.isValidZone(zone)) return { timeZone: zone };
  const near = zonesNear(zones, wanted);
  const hint =
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Write a city’s: Europe/Berlin, America/New_York, or UTC.';
  return refuse(`${quoted(typed)} is no time zone.`, hint, near);
}

const cityOf = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1).toLowerCase();

/** By the name as a whole, by how a city begins, by the city alone. */
function zonesNear(zones: readonly string[], wanted: string): readonly string[] {
  const byName = new Map(zones.map((zone) => [zone.toLowerCase(), zone]));
  const byCity = new Map(zones.map((zone) => [cityOf(zone), zone]));
  const begun = wanted.length < 3 ? [] : zones.filter((zone) => cityOf(zone).startsWith(wanted));
  const near = (names: ReadonlyMap<string, string>) =>
    nearest(wanted, names.keys(), OFFERED).map((name) => names.get(name) ?? name);
  return [...new Set([...near(byName), ...begun, ...near(byCity)])].slice(0, OFFERED);
}
