import { createChatStore } from '../db/chats.ts';
import { insertRows } from '../db/insert-rows.ts';
import type { Database } from '../db/open.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { scope, T0 } from './rules.ts';

const CHATS = 2_000;
const AT_ONCE = 500;

/**
 * Chats and armed rules, as a run before has left them.
 * @param textOf what rule `k` says
 * @param platform whose chats they are in
 */
export async function storeRules(
  database: Database,
  count: number,
  textOf: (k: number) => string,
  platform = 'console',
): Promise<void> {
  const chats = createChatStore(database);
  for (let c = 0; c < CHATS; c++) {
    const settings = { venue: undefined, interval: scope.interval, quote: 'usdt', timeZone: 'UTC', locale: 'en' };
    await chats.ensure({ key: `${platform}:${c + 1}`, title: '', kind: 'private', ...settings });
  }
  const saved = JSON.stringify({ state: 'armed', since: T0, truth: false, watchesFrom: T0, firings: 0 });
  for (let k = 0; k < count; k += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, (_, i) => {
      const rule = parseRule(textOf(k + i), scope);
      const [number, chat] = [Math.floor((k + i) / CHATS) + 1, `${platform}:${((k + i) % CHATS) + 1}`];
      return [number, chat, `${platform}:1`, printRule(rule), rule.instrument, 'armed', saved, T0];
    });
    const into = 'rules (number, chat_key, owner_id, text, instrument, state, saved, created_at)';
    await database.client.batch([...insertRows(into, rows, '')], 'write');
  }
}
