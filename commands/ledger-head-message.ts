import { z } from 'zod';
import type { Message } from './message.ts';

/** What a delivery with such a message is called. */
export const LEDGER_HEAD = 'ledger-head';

/** The newest row, and the beginning of the day (UTC) that it is posted for, in ms. */
const Payload = z.object({ seq: z.number(), hash: z.string(), day: z.number() });
export type LedgerHeadPayload = z.infer<typeof Payload>;

/** The hash of the day, and what it is good for. */
export function ledgerHeadMessage(payload: unknown): Message {
  const { seq, hash, day } = Payload.parse(payload);
  const head = `${seq}:${hash}`;
  return {
    text: [
      '🔗 ',
      { bold: `Ledger on ${new Date(day).toISOString().slice(0, 10)}` },
      `: row ${seq.toLocaleString('en')}\n`,
      { code: head },
      '\nKeep it: none of the signals up to here can be changed without another hash. ',
      { code: `/ledger verify ${head.slice(0, head.indexOf(':') + 13)}` },
    ],
    silent: true,
  };
}
