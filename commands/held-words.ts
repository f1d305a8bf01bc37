import { formatMinute } from './format.ts';
import type { Chat } from './ports.ts';

/** Why a message was made to wait, as the database keeps it: `quiet`, `mute btcusdt`, `mute`, `alert`. */
export type HeldReason = { readonly kind: 'quiet' | 'alert' } | { readonly kind: 'mute'; readonly symbol: string };

export function packHeld(reason: HeldReason): string {
  return reason.kind === 'mute' ? `mute ${reason.symbol}`.trim() : reason.kind;
}

/** Undefined for what this program does not know, or where nothing was kept. */
export function readHeld(text: string | undefined): HeldReason | undefined {
  const [kind, symbol = ''] = (text ?? '').split(' ');
  if (kind === 'mute') return { kind, symbol };
  return kind === 'quiet' || kind === 'alert' ? { kind } : undefined;
}

/** `quiet hours until 07:00 CET`, `btcusdt is muted until 14:20 CET`. Undefined where it waits for no reason of that kind. */
export function heldWords(held: string | undefined, until: number, chat: Chat, now: number): string | undefined {
  const reason = readHeld(held);
  if (reason === undefined) return undefined;
  const end = `until ${formatMinute(until, chat.timeZone, now)}`;
  switch (reason.kind) {
    case 'quiet':
      return `quiet hours ${end}`;
    case 'mute':
      return reason.symbol === '' ? `all alerts are muted ${end}` : `${reason.symbol} is muted ${end}`;
    case 'alert':
      return `its alert is not sent yet`;
  }
}
