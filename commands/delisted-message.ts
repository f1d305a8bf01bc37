import type { Message } from './message.ts';

/** The kind of a delivery that tells of it, and its payload. */
export const DELISTED = 'delisted';

export interface Delisted {
  readonly venue: string;
  readonly symbols: readonly string[];
  /** How many alerts of the chat are over by it. */
  readonly alerts: number;
}

const MOST = 20;

/** `⚠️ binance has delisted xyzusdt: 2 alerts of yours are off.` */
export function delistedMessage({ venue, symbols, alerts }: Delisted): Message {
  const more = symbols.length > MOST ? ` and ${symbols.length - MOST} more` : '';
  const named = `${venue} has delisted ${symbols.slice(0, MOST).join(', ')}${more}`;
  const off = alerts === 1 ? '1 alert of yours is off.' : `${alerts} alerts of yours are off.`;
  return { text: ['⚠️ ', { bold: named }, `: ${off}`, '\n/alerts lists them; they can be deleted.'] };
}
