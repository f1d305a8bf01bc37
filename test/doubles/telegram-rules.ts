import type { UploadedFile } from './telegram-body.ts';

/** What the Bot API answers where it does not do what was asked. */
export interface ApiFailure {
  readonly error_code: number;
  readonly description: string;
  readonly parameters?: Record<string, unknown>;
}

/** Thrown by a method, answered as `{ok: false, …}`. */
export class Refused extends Error {
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure) {
    super(failure.description);
    this.failure = failure;
  }
}

export const badRequest = (what: string) => new Refused({ error_code: 400, description: `Bad Request: ${what}` });

interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
}

/** The server's checks of a text and its entities; descriptions as in tdlib's MessageEntity.cpp. */
export function checkText(text: unknown, entities: unknown, limit: number, tooLong: string): void {
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text)) throw badRequest('strings must be encoded in UTF-8');
  if (text.length > limit) throw badRequest(tooLong);
  for (const { offset, length } of (entities ?? []) as Entity[]) {
    const end = offset + length;
    if (!Number.isInteger(offset) || offset < 0) throw badRequest('receive an entity with incorrect offset');
    if (!Number.isInteger(length) || length <= 0) throw badRequest('receive an entity with incorrect length');
    const begins = `entity beginning at UTF-16 offset ${offset}`;
    if (end > text.length) {
      throw badRequest(`${begins} ends after the end of the text at UTF-16 offset ${end}`);
    }
    if ([offset, end].some((at) => isInsidePair(text, at))) {
      throw badRequest(`${begins} ends in a middle of a UTF-16 symbol at byte offset ${end}`);
    }
  }
}

function isInsidePair(text: string, at: number): boolean {
  return at > 0 && at < text.length && /[\ud800-\udbff]/.test(text[at - 1]) && /[\udc00-\udfff]/.test(text[at]);
}

export interface Keyboard {
  readonly inline_keyboard: readonly (readonly { readonly text: string; readonly callback_data?: string }[])[];
}

export function checkKeyboard(markup: unknown): void {
  const rows = (markup as Keyboard | undefined)?.inline_keyboard ?? [];
  const buttons = rows.flat();
  if (buttons.length > 100 || rows.some((row) => row.length > 8)) throw badRequest('reply markup is too long');
  for (const { text, callback_data: data } of buttons) {
    if (typeof text !== 'string' || text.trim() === '' || data === undefined) {
      throw badRequest('text buttons are unallowed in the inline keyboard');
    }
    const bytes = Buffer.byteLength(data);
    if (bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
  }
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The server's checks of a photo: a real picture, of a size that it takes. */
export function checkPhoto({ bytes }: UploadedFile): void {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > 10 * 1024 * 1024) throw badRequest('file is too big');
  const data = Buffer.from(bytes);
  const isJpeg = data[0] === 0xff && data[1] === 0xd8;
  if (isJpeg) return;
  if (data.length < 24 || !data.subarray(0, 8).equals(PNG)) throw badRequest('IMAGE_PROCESS_FAILED');
  const [width, height] = [data.readUInt32BE(16), data.readUInt32BE(20)];
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (width + height > 10_000 || !(ratio <= 20)) throw badRequest('PHOTO_INVALID_DIMENSIONS');
}

/** The server's checks of any other file: bots may upload 50 MB. */
export function checkDocument({ bytes }: UploadedFile): void {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > 50 * 1024 * 1024) throw badRequest('file is too big');
}
