import { z } from 'zod';
import type { TransportReason } from '../engine/errors.ts';
import type { Market } from './venue.ts';

/** What happened at a venue, as one line of a raw tape; `at`: when, in ms by our clock. Replayed in order it gives what the feed gave. */
export type RawLine = { readonly venue: string; readonly at: number } & RawBody;

export type RawBody =
  | RawText
  /** A feed was made, which knows nothing of those before it; what it draws by lot follows from the seed. */
  | { readonly what: 'made'; readonly seed: number }
  | { readonly what: 'start' | 'stop' }
  /** Something ran that had waited until `due` (ms). */
  | { readonly what: 'ran'; readonly due: number }
  /** The list of markets, as it was read: what frames and symbols mean depends on it. */
  | { readonly what: 'markets'; readonly markets: readonly Market[] }
  | { readonly what: WatchedBy; readonly symbols: readonly string[] }
  | {
      readonly what: 'resume';
      readonly symbol: string;
      readonly from: number;
      readonly lastTradeId?: string | undefined;
    }
  /** The venue confirmed these topics on a socket. */
  | { readonly what: 'subscribed'; readonly route: string; readonly socket: number; readonly names: readonly string[] }
  /** A socket is gone; its last sign of life came at `heardAt` (ms). */
  | { readonly what: 'lost'; readonly route: string; readonly socket: number; readonly heardAt: number }
  /** A socket took over from another. */
  | { readonly what: 'switched'; readonly route: string; readonly socket: number; readonly old: number }
  /** A request by REST, its answer or its failure; `id` is that of the request. */
  | { readonly what: 'asked'; readonly id: number; readonly path: string; readonly query: Query }
  | { readonly what: 'answered'; readonly id: number; readonly body?: unknown }
  | ({ readonly what: 'failed'; readonly id: number } & Failure)
  /** Facts that no stream brings were about to be asked for. */
  | { readonly what: 'polled'; readonly symbol: string };

/** A text frame as the venue sent it. Tapes of earlier versions hold nothing else, and no `socket`. */
export interface RawText {
  readonly what?: undefined;
  readonly route: string;
  /** Counts up on each route. */
  readonly socket?: number | undefined;
  readonly text: string;
}

export type WatchedBy = 'watch' | 'unwatch' | 'watchBook' | 'unwatchBook';
export type Query = Readonly<Record<string, string | number>>;

export interface Failure {
  readonly message: string;
  readonly reason: TransportReason;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
}

const socket = { route: z.string(), socket: z.number() };
const names = z.array(z.string());
const market = z.looseObject({
  instrument: z.string(),
  venue: z.string(),
  symbol: z.string(),
  base: z.string(),
  quote: z.string(),
  kind: z.enum(['spot', 'perpetual', 'stock']),
  tick: z.number().optional(),
  lot: z.number().optional(),
  active: z.boolean(),
  wire: z.string(),
  route: z.string().optional(),
  restName: z.string().optional(),
  unit: z.number().optional(),
  digits: z.object({ price: z.number(), size: z.number() }).optional(),
});
const body = z.discriminatedUnion('what', [
  z.object({ what: z.literal('made'), seed: z.number() }),
  z.object({ what: z.enum(['start', 'stop']) }),
  z.object({ what: z.literal('ran'), due: z.number() }),
  z.object({ what: z.literal('markets'), markets: z.array(market) }),
  z.object({ what: z.enum(['watch', 'unwatch', 'watchBook', 'unwatchBook']), symbols: names }),
  z.object({ what: z.literal('resume'), symbol: z.string(), from: z.number(), lastTradeId: z.string().optional() }),
  z.object({ what: z.literal('subscribed'), ...socket, names }),
  z.object({ what: z.literal('lost'), ...socket, heardAt: z.number() }),
  z.object({ what: z.literal('switched'), ...socket, old: z.number() }),
  z.object({
    what: z.literal('asked'),
    id: z.number(),
    path: z.string(),
    query: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.object({ what: z.literal('answered'), id: z.number(), body: z.unknown() }),
  z.object({
    what: z.literal('failed'),
    id: z.number(),
    message: z.string(),
    reason: z.enum(['rate-limited', 'blocked', 'moved', 'refused', 'unreachable', 'storage']),
    retryable: z.boolean(),
    retryAfterMs: z.number().optional(),
  }),
  z.object({ what: z.literal('polled'), symbol: z.string() }),
]);

// Hot path: nearly all lines are frames.
/** A parsed line as one of a raw tape; undefined where it is none. */
export function rawLineOf(value: object): RawLine | undefined {
  const { venue, at, what, route, socket: on, text } = value as Readonly<Record<string, unknown>>;
  if (typeof venue !== 'string' || typeof at !== 'number' || !Number.isFinite(at)) return undefined;
  if (what !== undefined) {
    const { data } = body.safeParse(value);
    return data && { venue, at, ...(data as RawBody) };
  }
  if (typeof route !== 'string' || typeof text !== 'string') return undefined;
  return { venue, at, route, text, socket: typeof on === 'number' ? on : undefined };
}
