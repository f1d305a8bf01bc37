import { z } from 'zod';
import { splitInstrument } from '../engine/market/instrument.ts';
import type { CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { Message } from './message.ts';
import { lastOutage } from './outage-words.ts';
import type { StoredRule } from './ports.ts';
import { statesOf, stateWords } from './rule-states.ts';

/** What a delivery with such a message is called. */
export const HEARTBEAT = 'heartbeat';

/** Since when it tells what fired, in ms. */
const Payload = z.object({ since: z.number() });
export type HeartbeatPayload = z.infer<typeof Payload>;

export type HeartbeatContext = Pick<CommandContext, 'chat' | 'chatKey' | 'clock' | 'rules' | 'outages'>;

const some = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** Two lines: what is watched and how the alerts stand, then what fired and the last outage. */
export async function heartbeatMessage(context: HeartbeatContext, payload: unknown): Promise<Message> {
  const { rules, chat, chatKey, clock } = context;
  const now = clock.now();
  const { since } = Payload.parse(payload);
  const list = await rules.list(chatKey);
  const states = statesOf(context, list);
  const blind = states.get('stale') ?? 0;
  const said =
    blind === 0 ? `Watching ${some(list.length, 'alert')}` : `${blind} of ${some(list.length, 'alert')} blind`;
  const fired = await rules.firedBetween(chatKey, since, now + 1);
  const outage = await lastOutage(context);
  const facts = [`${fired} fired since ${formatMinute(since, chat.timeZone, now)}`, outage ?? 'no outage'];
  return {
    text: [
      `${blind === 0 ? '💚' : '⚠️'} `,
      { bold: said },
      list.length === 0 ? '' : `${placesOf(list)}: ${stateWords(states)}`,
      `\n${facts.join(' · ')}`,
    ],
    silent: blind === 0,
  };
}

/** ` on 5 symbols of binance and sim`. */
function placesOf(list: readonly StoredRule[]): string {
  const instruments = new Set(list.map(({ instrument }) => instrument));
  const venues = [...new Set([...instruments].map((each) => splitInstrument(each)[0]))];
  const last = venues.pop() ?? '';
  return ` on ${some(instruments.size, 'symbol')} of ${venues.length === 0 ? last : `${venues.join(', ')} and ${last}`}`;
}
