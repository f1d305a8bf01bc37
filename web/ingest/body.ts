import { UserError } from '../../engine/errors.ts';
import { type Line, linesOf } from './lines.ts';

/** A body that is one JSON value, in bytes; NDJSON may go on for ever. */
const MOST_BYTES = 1_048_576;
const LONGEST_LINE = 65_536;

/** An item as it came: a value, or why there is none. */
export type BodyItem = { readonly value: unknown } | { readonly fault: string };

/**
 * The items of a body, some at a time: lines of NDJSON as they come, or one JSON value, whose list is its items.
 * What is sent as JSON but has a whole object on its first line is read as lines too.
 * @throws UserError where it is one value and none, or too large
 */
export async function* itemsOf(body: AsyncIterable<Buffer>, isLines: boolean): AsyncGenerator<readonly BodyItem[]> {
  const chunks = body[Symbol.asyncIterator]();
  const head = isLines ? [] : await headOf(chunks);
  if (!isLines && !startsWithLine(Buffer.concat(head))) {
    yield wholeItems(Buffer.concat(head));
    return;
  }
  for await (const lines of linesOf(rejoined(head, chunks), LONGEST_LINE)) yield lines.map(lineItem);
}

/** What came up to the end, or until the first line is known to be a value of its own. @throws UserError where that is too much */
async function headOf(chunks: AsyncIterator<Buffer>): Promise<readonly Buffer[]> {
  const head: Buffer[] = [];
  let size = 0;
  let isSeen = false;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    head.push(next.value);
    size += next.value.length;
    if (size > MOST_BYTES) throw tooLarge();
    if (isSeen || !next.value.includes(0x0a)) continue;
    // Looked at once: a list or an object over many lines has no value on its first.
    isSeen = true;
    if (startsWithLine(Buffer.concat(head))) return head;
  }
  return head;
}

function startsWithLine(head: Buffer): boolean {
  const end = head.indexOf(0x0a);
  const line = end < 0 ? '' : head.subarray(0, end).toString('utf8').trim();
  return line.startsWith('{') && 'value' in lineItem(line);
}

async function* rejoined(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function wholeItems(body: Buffer): readonly BodyItem[] {
  const text = body.toString('utf8');
  if (text.trim() === '') throw new UserError('bad-request', 'The body is empty.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const hint = 'Send an object, a list of objects, or one object a line.';
    throw new UserError('bad-request', 'The body is not JSON.', { hint, cause });
  }
  return Array.isArray(value) ? value.map((each: unknown) => ({ value: each })) : [{ value }];
}

function lineItem(line: Line): BodyItem {
  if (line === undefined) return { fault: 'the line is longer than 64 KiB' };
  try {
    return { value: JSON.parse(line) as unknown };
  } catch {
    return { fault: 'the line is not JSON' };
  }
}

function tooLarge(): UserError {
  const hint = 'Send one object a line (NDJSON), which may go on as long as you like.';
  return new UserError('too-large', 'The body is larger than 1 MiB.', { hint });
}
