import type { InlineKeyboardMarkup } from 'grammy/types';
import type { Button } from '../../commands/message.ts';

const PER_ROW = 8;
const IN_ALL = 100;
const DATA_BYTES = 64;

/** Telegram refuses a whole message for one bad button: better to send it without that one. */
function isSendable({ label, data }: Button): boolean {
  const bytes = Buffer.byteLength(data);
  return label.trim() !== '' && bytes >= 1 && bytes <= DATA_BYTES;
}

/** The buttons under a message. Rows that are too long go on in the next one. @returns undefined where there are none */
export function keyboard(rows: readonly (readonly Button[])[] | undefined): InlineKeyboardMarkup | undefined {
  const lines: { text: string; callback_data: string }[][] = [];
  let count = 0;
  for (const row of rows ?? []) {
    const buttons = row.filter(isSendable).slice(0, IN_ALL - count);
    count += buttons.length;
    for (let at = 0; at < buttons.length; at += PER_ROW) {
      const line = buttons.slice(at, at + PER_ROW);
      lines.push(line.map(({ label, data }) => ({ text: label, callback_data: data })));
    }
  }
  return lines.length === 0 ? undefined : { inline_keyboard: lines };
}
