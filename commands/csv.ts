import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV with a header line and CRLF. Text that a spreadsheet would run as a formula is disarmed with an apostrophe;
 * numbers are written as they are, negative ones too.
 */
export function toCsv<Row extends object>(columns: readonly (keyof Row & string)[], rows: readonly Row[]): string {
  return stringify(
    rows.map((row) => columns.map((column) => row[column])),
    { header: true, columns: [...columns], record_delimiter: 'windows', cast: { string: disarm } },
  );
}

/** Begins with a sign of a formula, also behind what nobody sees and spreadsheets leave out, or with a blank that begins a new cell. */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20])/u;

/** The library's own guard would also prefix the minus of a negative number. */
function disarm(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The same for what does not fit into memory: the header, then the rows of each portion. */
export async function* csvLines<Row extends object>(
  columns: readonly (keyof Row & string)[],
  portions: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const rows of portions) {
    const cells = rows.map((row) => columns.map((column) => row[column]));
    yield stringify(cells, { record_delimiter: 'windows', cast: { string: disarm } });
  }
}
