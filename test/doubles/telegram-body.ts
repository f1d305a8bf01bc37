import type { IncomingMessage } from 'node:http';

export interface UploadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ParsedBody {
  readonly params: Record<string, unknown>;
  /** By the name that `attach://` refers to. */
  readonly files: Record<string, UploadedFile>;
}

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Reads a body as the Bot API does: JSON, or multipart with JSON in the fields that are objects. */
export function parseBody(contentType: string, body: Buffer): ParsedBody {
  const boundary = /^multipart\/form-data;\s*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary !== undefined) return parseMultipart(body, boundary);
  return { params: body.length === 0 ? {} : JSON.parse(body.toString('utf8')), files: {} };
}

function parseMultipart(body: Buffer, boundary: string): ParsedBody {
  const params: Record<string, unknown> = {};
  const files: Record<string, UploadedFile> = {};
  for (const part of partsOf(body, boundary)) {
    const split = part.indexOf('\r\n\r\n');
    const header = part.subarray(0, split).toString('utf8');
    const content = part.subarray(split + 4);
    const name = parameter(header, 'name');
    const fileName = parameter(header, 'filename');
    if (name === undefined) throw new Error('a part of the form has no name');
    if (fileName === undefined) params[name] = fieldValue(name, content.toString('utf8'));
    else files[name] = { name: fileName, bytes: new Uint8Array(content) };
  }
  return { params, files };
}

function partsOf(body: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`\r\n--${boundary}`);
  // The first boundary stands at the very start, without a line break before it.
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: Buffer[] = [];
  let from = whole.indexOf(mark);
  for (let to = from; from >= 0; from = to) {
    to = whole.indexOf(mark, from + mark.length);
    if (to < 0) break;
    parts.push(whole.subarray(from + mark.length + 2, to));
  }
  if (
    !whole
      .subarray(from)
      .toString('latin1')
      .startsWith(`${mark.toString('latin1')}--`)
  ) {
    throw new Error('the form has no end');
  }
  return parts;
}

function parameter(header: string, name: string): string | undefined {
  const line = header.split('\r\n').find((text) => /^content-disposition:/i.test(text)) ?? '';
  const match = new RegExp(`[;\\s]${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(line);
  return match?.[1] ?? match?.[2];
}

const OBJECTS = /^(reply_markup|entities|caption_entities|media|reply_parameters|link_preview_options|scope|commands)$/;
const NUMBERS_AND_FLAGS = /^(chat_id|message_id|message_thread_id|disable_notification)$/;

/** A form knows only text: which field is what else, the method says. */
function fieldValue(name: string, text: string): unknown {
  if (OBJECTS.test(name)) return JSON.parse(text);
  return NUMBERS_AND_FLAGS.test(name) && /^(-?\d+|true|false)$/.test(text) ? JSON.parse(text) : text;
}
