import { formatInterval } from '../engine/market/interval.ts';
import { breathe } from './breathe.ts';
import { csvLines } from './csv.ts';
import type { DeskReport } from './desk-report.ts';
import type { Attachment } from './message.ts';
import { namesOf } from './ratio.ts';

const COLUMNS = ['field', 'row', 'column', 'value'] as const;
/** Rows that are written in one go. */
const PORTION = 1_000;
/** Symbols that stand in a file's name. */
const MOST_NAMED = 3;

type Cell = string | number | undefined;
type Row = Readonly<Record<(typeof COLUMNS)[number], Cell>>;

/**
 * A report as a file. JSON has it as it is. CSV has a line for each number: the field's name (`adf.pValue`), of many the row and, of a table,
 * the column, by their names or counted from 0. Numbers have all of their digits, times are ISO 8601 in UTC, and what is missing is empty
 * (`null` in JSON).
 *
 * @param at when it was made, in ms
 */
export async function reportFile(
  command: string,
  { symbols, interval, values }: DeskReport,
  format: 'csv' | 'json',
  at: number,
): Promise<Attachment> {
  const length = interval === undefined ? undefined : formatInterval(interval);
  const told = { command, symbols, interval: length, made: new Date(at), ...values };
  const texts = format === 'csv' ? csvLines(COLUMNS, portions(rowsOf(told))) : [`${JSON.stringify(told, plain)}\n`];
  const parts: Buffer[] = [];
  for await (const text of texts) parts.push(Buffer.from(text));
  const named = symbols.slice(0, MOST_NAMED).map((each) => namesOf(each).symbol);
  if (symbols.length > MOST_NAMED) named.push(`and-${symbols.length - MOST_NAMED}`);
  const day = new Date(at).toISOString().slice(0, 10);
  const name = [command, ...named, ...(length === undefined ? [] : [length]), day].join('-');
  return {
    name: `${name.replace(/[^\w.-]/g, '-')}.${format}`,
    bytes: Buffer.concat(parts),
    type: format === 'csv' ? 'text/csv' : 'application/json',
  };
}

/** What JSON has no form for. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Float64Array) return Array.from(value);
  return value === undefined ? null : value;
}

async function* portions(rows: Iterable<Row>): AsyncGenerator<readonly Row[]> {
  let portion: Row[] = [];
  for (const row of rows) {
    portion.push(row);
    if (portion.length < PORTION) continue;
    yield portion;
    portion = [];
    await breathe();
  }
  yield portion;
}

/** Where a value stands: the names of fields up to the first row, that row, and what comes behind it. */
interface Place {
  readonly field: string;
  readonly row?: Cell;
  readonly column?: Cell;
}

function* rowsOf(value: unknown, place: Place = { field: '' }): Generator<Row> {
  if (value instanceof Map) for (const [key, part] of value) yield* rowsOf(part, rowIn(place, key));
  else if (Array.isArray(value) || value instanceof Float64Array)
    for (const [i, part] of value.entries()) yield* rowsOf(part, rowIn(place, i));
  else if (typeof value === 'object' && value !== null && !(value instanceof Date))
    for (const [key, part] of Object.entries(value)) yield* rowsOf(part, fieldIn(place, key));
  else yield { field: place.field, row: place.row, column: place.column, value: cellOf(value) };
}

const rowIn = (place: Place, key: string | number): Place =>
  place.row === undefined ? { ...place, row: key } : columnIn(place, key);

const fieldIn = (place: Place, key: string): Place => {
  if (place.row !== undefined) return columnIn(place, key);
  return { field: place.field === '' ? key : `${place.field}.${key}` };
};

const columnIn = (place: Place, key: string | number): Place => ({
  ...place,
  column: place.column === undefined ? key : `${place.column}.${key}`,
});

function cellOf(value: unknown): Cell {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'boolean' ? String(value) : (value as string | undefined);
}
