import type { InStatement, InValue } from '@libsql/client';

/** Rows in one statement: more gain nothing and would make it long. */
const ROWS = 500;

/** Inserts of many rows in as few statements as is sensible. `tail` is what follows the values, e.g. what to do on conflict. */
export function insertRows(into: string, rows: readonly (readonly InValue[])[], tail: string): readonly InStatement[] {
  const statements: InStatement[] = [];
  for (let i = 0; i < rows.length; i += ROWS) {
    const part = rows.slice(i, i + ROWS);
    const marks = `(${part[0].map(() => '?').join(',')})`;
    statements.push({
      sql: `INSERT INTO ${into} VALUES ${part.map(() => marks).join(',')} ${tail}`,
      args: part.flat(),
    });
  }
  return statements;
}
