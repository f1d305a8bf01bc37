import type { InStatement } from '@libsql/client';
import type { RuleStateChanged } from '../engine/market/events.ts';

/** A rule's change of state, as the engine's event says it. */
export type RuleStateChange = Omit<RuleStateChanged, 'type'> & {
  /** What is stored of the rule changed, but nothing that its history would tell. */
  readonly isQuiet?: boolean;
};

/**
 * Two statements, however many changes: the last state of each rule, and every change with its cause, but for quiet ones. Changes of rules that
 * are not stored are kept in the history alone.
 */
export function ruleChangeStatements(changes: readonly RuleStateChange[]): readonly InStatement[] {
  if (changes.length === 0) return [];
  const last = new Map<string, readonly [string, string, string]>();
  for (const { ruleId, to, saved } of changes) last.set(ruleId, [ruleId, to, JSON.stringify(saved)]);
  const told = changes.filter(({ isQuiet }) => isQuiet !== true);
  const history = told.map(({ ruleId, ts, from, to, cause }) => [ruleId, ts, from, to, cause]);
  return [
    {
      sql: `UPDATE rules SET state = value ->> 1, saved = value ->> 2 FROM json_each(?)
            WHERE rules.id = CAST(value ->> 0 AS INTEGER) AND value ->> 0 NOT GLOB '*[^0-9]*'`,
      args: [JSON.stringify([...last.values()])],
    },
    {
      sql: `INSERT INTO rule_changes (rule_id, ts, from_state, to_state, cause)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
      args: [JSON.stringify(history)],
    },
  ];
}
