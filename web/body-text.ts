import type { IncomingMessage } from 'node:http';
import { UserError } from '../engine/errors.ts';

/**
 * The body as text, of which no more is read than it may be long. Hono's own limit makes a Request anew of what has no known length, which
 * Node's refuses to do with the server's.
 * @throws UserError where it is longer, or cut off
 */
export async function bodyText(incoming: IncomingMessage, mostBytes: number): Promise<string> {
  const tooLarge = () => new UserError('too-large', `The body is larger than ${mostBytes / 1024} KiB.`);
  if (Number(incoming.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Whose body is too long is still to be answered.
    for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError('bad-request', 'The body was cut off.', { cause });
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
