/**
 * Rows in columns for a monospace block: the first column from the left, the others to the right. A phone shows about 36 characters.
 *
 * @param rows of the same length each; the first may be a heading
 */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
