import { type HeldReason, packHeld } from '../commands/held-words.ts';
import type { Chat, DeliveryView } from '../commands/ports.ts';
import { quietUntil } from '../commands/quiet-hours.ts';
import { RESOLVED } from '../commands/resolved-message.ts';
import { readSignalPayload, SIGNAL, SIGNAL_MOVED } from '../commands/signal-message.ts';
import type { Delivery } from '../db/delivery-rows.ts';
import type { MuteStore } from '../db/mutes.ts';
import type { StoredRule } from '../db/rules.ts';
import { splitInstrument } from '../engine/market/instrument.ts';

interface HoldsOptions {
  readonly chats: { get(key: string): Promise<Chat | undefined> };
  readonly mutes: Pick<MuteStore, 'list'>;
  /** Whether the alerts of a chat may have to wait at all. */
  mayWait(chatKey: string): boolean;
  /** The rule that runs. */
  stored(ruleId: string): StoredRule | undefined;
  /** What is owed for a firing. */
  deliveries(firingId: string): Promise<readonly DeliveryView[]>;
}

interface Hold {
  readonly until: number;
  readonly held: string;
}

const NOTHING: ReadonlyMap<string, Hold> = new Map();

/** A firing's id begins with its rule's. */
export const ruleOfFiring = (firingId: string | undefined): string => (firingId ?? '').split('.', 1)[0];

/** How long a change of a message waits at least for that message, in ms. */
const LOOK_AGAIN_MS = 5_000;

/**
 * What makes the alerts and signals of one chat wait: its quiet hours, and what it has muted. Where several do, the one that ends last. What changes an
 * alert's message waits for that.
 */
export function createHolds({ chats, mutes, mayWait, stored, deliveries: owed }: HoldsOptions) {
  async function afterItsAlert({ id, firingId, kind }: Delivery, now: number): Promise<ReadonlyMap<string, Hold>> {
    const itself = kind === RESOLVED ? 'alert' : SIGNAL;
    const alert = (await owed(firingId ?? '')).find((each) => each.kind === itself);
    if (alert?.state !== 'pending' && alert?.state !== 'claimed') return NOTHING;
    const until = Math.max(alert.dueAt, now + LOOK_AGAIN_MS);
    return new Map([[id, { until, held: packHeld({ kind: 'alert' }) }]]);
  }

  return async (deliveries: readonly Delivery[], now: number): Promise<ReadonlyMap<string, Hold>> => {
    const [first] = deliveries;
    if (first?.kind === RESOLVED || first?.kind === SIGNAL_MOVED) return await afterItsAlert(first, now);
    const alerts = deliveries.filter(({ kind }) => kind === 'alert' || kind === SIGNAL);
    if (alerts.length === 0) return NOTHING;
    const [{ chatKey }] = alerts;
    if (!mayWait(chatKey)) return NOTHING;
    const [chat, muted] = await Promise.all([chats.get(chatKey), mutes.list(chatKey)]);
    const quietEnd = chat && quietUntil(chat.quiet, chat.timeZone, now);
    if (quietEnd === undefined && muted.length === 0) return NOTHING;
    const holds = new Map<string, Hold>();
    for (const { id, firingId, kind, payload } of alerts) {
      const instrument =
        kind === SIGNAL ? readSignalPayload(payload)?.instrument : stored(ruleOfFiring(firingId))?.instrument;
      const symbol = splitInstrument(instrument ?? ':')[1];
      let last: { readonly until: number; readonly reason: HeldReason } | undefined;
      if (quietEnd !== undefined) last = { until: quietEnd, reason: { kind: 'quiet' } };
      for (const mute of muted) {
        const isMine = mute.until > now && (mute.symbol === '' || mute.symbol === symbol);
        if (isMine && mute.until > (last?.until ?? 0))
          last = { until: mute.until, reason: { kind: 'mute', symbol: mute.symbol } };
      }
      if (last !== undefined) holds.set(id, { until: last.until, held: packHeld(last.reason) });
    }
    return holds;
  };
}
