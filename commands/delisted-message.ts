import type { Message } from './message.ts';

/** The kinds of a delivery that tell of a delisting and of its end; their payload. */
export const DELISTED = 'delisted';
export const RELISTED = 'relisted';

export interface Delisted {
  readonly venue: string;
  readonly symbols: readonly string[];
  /** How many alerts of the chat are over by it, or on watch again. */
  readonly alerts: number;
}

const MOST = 20;

/** `⚠️ binance has delisted xyzusdt: 2 alerts of yours are off.` */
export function delistedMessage({ venue, symbols, alerts }: Delisted): Message {
  const off = alerts === 1 ? '1 alert of yours is off.' : `${alerts} alerts of yours are off.`;
  const later =
    alerts === 1
      ? 'It comes back by itself if that is listed again.'
      : 'They come back by themselves if that is listed again.';
  return { text: ['⚠️ ', { bold: `${venue} has delisted ${named(symbols)}` }, `: ${off}`, `\n${later}`] };
}

/** `✅ binance lists xyzusdt again: 2 alerts of yours are on watch again.` */
export function relistedMessage({ venue, symbols, alerts }: Delisted): Message {
  const on = alerts === 1 ? '1 alert of yours is on watch again.' : `${alerts} alerts of yours are on watch again.`;
  return { text: ['✅ ', { bold: `${venue} lists ${named(symbols)} again` }, `: ${on}`] };
}

function named(symbols: readonly string[]): string {
  const more = symbols.length > MOST ? ` and ${symbols.length - MOST} more` : '';
  return `${symbols.slice(0, MOST).join(', ')}${more}`;
}
