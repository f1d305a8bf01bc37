/** A line of a body; `undefined` is one that is longer than it may be. */
export type Line = string | undefined;

const NEWLINE = 0x0a;

/** The lines of a stream of bytes, those of one chunk at a time. Blank lines are left out. @param longest in bytes */
export async function* linesOf(chunks: AsyncIterable<Buffer>, longest: number): AsyncGenerator<readonly Line[]> {
  let parts: Buffer[] = [];
  let length = 0;

  function add(part: Buffer): void {
    length += part.length;
    if (length <= longest) parts.push(part);
    else parts = [];
  }

  function end(lines: Line[]): void {
    if (length > longest) lines.push(undefined);
    else {
      const text = (parts.length === 1 ? parts[0] : Buffer.concat(parts)).toString('utf8').trim();
      if (text !== '') lines.push(text);
    }
    parts = [];
    length = 0;
  }

  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, at));
      end(lines);
      from = at + 1;
    }
    add(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  const last: Line[] = [];
  end(last);
  if (last.length > 0) yield last;
}
