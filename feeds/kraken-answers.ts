import type { Ack, Frame } from './venue.ts';

const ALIVE: Frame = { kind: 'alive' };
const UNKNOWN: Frame = { kind: 'unknown' };
/** What a refusal is about, where it says so in its text alone: `Currency pair not supported ASDF/USD`. */
const PAIR = /[^\s/]+\/[^\s/]+/;
const CHANNELS = ['trade', 'book'] as const;

/** The name of a topic: `book:BTC/USD`. */
export function topicName(channel: (typeof CHANNELS)[number], wire: string): string {
  return `${channel}:${wire}`;
}

/** What is neither trades nor books. */
export function parseAnswer(value: Record<string, unknown>): Frame {
  const { channel, method } = value;
  if (channel === 'heartbeat' || method === 'pong') return ALIVE;
  if (channel === 'status') return statusOf(value.data);
  if (method === 'subscribe' || method === 'unsubscribe' || value.success === false) return acksOf(value);
  return UNKNOWN;
}

/** In the other states than maintenance (post_only, cancel_only) the market data goes on. */
function statusOf(data: unknown): Frame {
  const isDown = Array.isArray(data) && data.some((one: unknown) => isRecord(one) && one.system === 'maintenance');
  return isDown ? { kind: 'leave', reason: 'the venue goes into maintenance' } : ALIVE;
}

function acksOf(value: Record<string, unknown>): Frame {
  const { result, success, error } = value;
  // Without an id it could not tell which request it answers: no request has the number -1.
  const id = Number.isSafeInteger(value.req_id) ? (value.req_id as number) : -1;
  if (success === true) {
    const named = isRecord(result) && CHANNELS.find((one) => one === result.channel);
    if (!isRecord(result) || !named || typeof result.symbol !== 'string') return UNKNOWN;
    const names = [topicName(named, result.symbol)];
    return acks(id < 0 ? { names } : { id, names });
  }
  if (success !== false) return UNKNOWN;
  const refusal = typeof error === 'string' ? error : 'refused without a reason';
  const symbol = typeof value.symbol === 'string' ? value.symbol : PAIR.exec(refusal)?.[0];
  // A refusal does not tell the channel, but its request was for one channel only.
  const names = symbol === undefined ? {} : { names: CHANNELS.map((one) => topicName(one, symbol)) };
  const about = id < 0 && symbol !== undefined ? names : { id, ...names };
  // Asked for a second time it runs already, which is what was wanted.
  return acks(/already subscribed/i.test(refusal) ? about : { ...about, refusal });
}

function acks(ack: Ack): Frame {
  return { kind: 'acks', acks: [ack] };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
