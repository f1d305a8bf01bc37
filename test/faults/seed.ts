import { createStores } from '../../app/stores.ts';
import { openDatabase } from '../../db/open.ts';
import { quietLog } from '../../db/temp-database.ts';
import { parseRule } from '../../engine/language/parse.ts';
import { printRule } from '../../engine/language/print.ts';
import { MINUTE } from '../../engine/market/interval.ts';

/** A rule that a run before this one has left armed. */
export interface PlannedRule {
  /** `telegram:1001`; a group's number is negative. */
  readonly chat: string;
  /** With the instrument in full: `binance:btcusdt 5m > 60100 once`. */
  readonly text: string;
}

export interface SeedOptions {
  readonly now: number;
  /** Of all the chats; UTC where it is missing. */
  readonly timeZone?: string;
}

const SCOPE = {
  resolve: (name: string) => name.toLowerCase(),
  suggest: () => [],
  instrument: undefined,
  interval: 5 * MINUTE,
  wallTime: (year: number, month: number, day: number, hour: number, minute: number) =>
    Date.UTC(year, month - 1, day, hour, minute),
};

const kindOf = (chat: string): 'private' | 'group' => (chat.startsWith('telegram:-') ? 'group' : 'private');

/** Writes chats and rules as the program itself does: a hundred of them by command would take longer than the faults. */
export async function seed(
  path: string,
  rules: readonly PlannedRule[],
  { now, timeZone = 'UTC' }: SeedOptions,
): Promise<void> {
  const database = await openDatabase({ url: `file:${path}`, log: quietLog, now: () => now });
  const stores = createStores(database);
  for (const key of new Set(rules.map(({ chat }) => chat))) {
    const settings = { venue: undefined, interval: 5 * MINUTE, quote: 'usdt', timeZone, locale: 'en' };
    await stores.chats.ensure({ key, title: key, kind: kindOf(key), ...settings });
  }
  for (const { chat, text } of rules) {
    const rule = parseRule(text, { ...SCOPE, now });
    const saved = { state: 'armed' as const, since: now, watchesFrom: now, truth: false, firings: 0 };
    const ownerId = chat.startsWith('telegram:') ? 'telegram:1001' : 'discord:1100000000000000005';
    await stores.rules.insert({
      ...{ chatKey: chat, ownerId, text: printRule(rule), instrument: rule.instrument, saved, createdAt: now },
    });
  }
  await database.close();
}

/** As it stands in the database. */
export const canonical = (text: string, now: number): string => printRule(parseRule(text, { ...SCOPE, now }));
