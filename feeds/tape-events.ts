import { z } from 'zod';
import type { FeedEvent } from '../engine/market/events.ts';

const instrument = z.string().regex(/^[^\s:]+(:[^\s:]+)+$/);
const price = z.number().positive();
const side = z.enum(['buy', 'sell']).optional().catch(undefined);
const trade = z.object({
  type: z.literal('trade'),
  instrument,
  ts: z.number().nonnegative(),
  price,
  size: z.number().nonnegative(),
  side,
  id: z.union([z.string(), z.number().transform(String)]).optional(),
});
const bar = z.object({
  start: z.number().nonnegative(),
  open: price,
  high: price,
  low: price,
  close: price,
  volume: z.number().nonnegative(),
  trades: z.number().nonnegative(),
  bought: z.number().nonnegative().optional().catch(undefined),
});
const bookSide = z
  .object({ prices: z.array(z.number()), sizes: z.array(z.number()) })
  .transform(({ prices, sizes }) => ({ prices: Float64Array.from(prices), sizes: Float64Array.from(sizes) }));
const event = z.discriminatedUnion('type', [
  trade,
  z.object({ type: z.literal('book'), instrument, ts: z.number().nonnegative(), bids: bookSide, asks: bookSide }),
  z.object({ type: z.literal('bars'), instrument, interval: z.number().positive(), bars: z.array(bar).min(1) }),
  z.object({
    type: z.literal('fact'),
    name: z.string().min(1),
    instrument: instrument.optional(),
    ts: z.number().nonnegative(),
    value: z.number(),
  }),
  z.object({
    type: z.literal('gap'),
    instrument,
    open: z.boolean(),
    from: z.number().nonnegative(),
    ts: z.number().nonnegative(),
  }),
]);

/** A parsed line of a tape as an event; one without a type is a trade, one without an id gets `line`. Else why it is none. */
export function tapeEventOf(value: object, line: number): FeedEvent | { readonly fault: string } {
  const { data: found, error } = event.safeParse('type' in value ? value : { ...value, type: 'trade' });
  if (!found) return { fault: faultOf(error.issues[0]) };
  if (found.type === 'trade') return { ...found, side: found.side, id: found.id ?? `line-${line}` };
  if (found.type === 'fact') return { ...found, instrument: found.instrument };
  return found;
}

/** Why a line is no event, in a few words. */
function faultOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'unreadable';
  return issue.path[0] === 'type' ? 'no known type' : `${issue.path.join('.')}: ${issue.message}`;
}

/** When an event became known, in ms: what its place on the tape stands for. */
export function timeOf(found: FeedEvent): number {
  if (found.type !== 'bars') return found.ts;
  return found.bars[found.bars.length - 1].start + found.interval;
}
