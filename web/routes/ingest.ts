import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { Clock } from '../../engine/clock.ts';
import { UserError } from '../../engine/errors.ts';
import { refuseIngest } from '../access.ts';
import type { WebApp, WebContext, WebEnv } from '../context.ts';
import { refusalBody } from '../errors.ts';
import { type BodyItem, itemsOf } from '../ingest/body.ts';
import { createRate, type Rate } from '../ingest/rate.ts';
import type { IngestPort } from '../ports.ts';
import { documentIngest } from './ingest-docs.ts';

/** Items that are taken before others have the thread: a few ms. */
const SLICE = 200;
const ITEMS_PER_SECOND = 40_000;
const ITEMS_AT_ONCE = 80_000;
/** Wrong tokens of one address. */
const GUESSES_PER_SECOND = 1;
const GUESSES_AT_ONCE = 30;
/** Refused items that are told one by one; more are counted. */
const MOST_TOLD = 1_000;
/** A peer that is gone without a word is noticed after about so long, in ms. */
const KEEP_ALIVE_MS = 60_000;

interface Tally {
  accepted: number;
  /** By its place in the body, from 0 on. */
  readonly rejected: { readonly index: number; readonly reason: string }[];
  /** How many more were refused. */
  more: number;
}

/** Hands what comes to the market: one object, a list, or one object a line. */
export function addIngestRoutes(app: WebApp, { ports, ingestToken, clock }: WebContext): void {
  const rate = createRate(clock, ITEMS_PER_SECOND, ITEMS_AT_ONCE);
  const guesses = createRate(clock, GUESSES_PER_SECOND, GUESSES_AT_ONCE);

  app.post('/ingest', async (c) => {
    const { incoming } = c.env;
    const address = incoming.socket.remoteAddress ?? '';
    const refusal = refuseIngest(incoming, ingestToken);
    if (refusal !== undefined) {
      const wait = refusal.status === 401 ? guesses.spend(address, 1) : 0;
      return wait > 0 ? tooMany(c, wait) : c.json(refusalBody(refusal), refusal.status);
    }
    const isLines = readsLines(c.req.header('content-type') ?? '');
    const key = ingestToken === undefined ? address : 'token';
    const wait = rate.spend(key, 0);
    if (wait > 0) return tooMany(c, wait);
    incoming.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const tally = await takeAll(incoming, isLines, { port: ports.ingest, rate, key, clock });
    const { accepted, rejected, more } = tally;
    return c.json({ accepted, rejected, ...(more > 0 ? { more } : {}) }, accepted > 0 ? 200 : 400);
  });
  documentIngest(app);
}

/** A form of another site can send neither of these without asking first. @throws UserError */
function readsLines(contentType: string): boolean {
  const type = contentType.split(';', 1)[0].trim().toLowerCase();
  if (type === 'application/json') return false;
  if (/^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)$/.test(type)) return true;
  throw new UserError('bad-media-type', 'Send application/json or application/x-ndjson.', {
    hint: 'The header content-type says what the body is.',
  });
}

interface Taking {
  readonly port: IngestPort;
  readonly rate: Rate;
  readonly key: string;
  readonly clock: Clock;
}

/** Takes items in slices; who sends them faster than they may come is read from more slowly. */
async function takeAll(body: IncomingMessage, isLines: boolean, { port, rate, key, clock }: Taking): Promise<Tally> {
  const tally: Tally = { accepted: 0, rejected: [], more: 0 };
  let index = 0;
  let inSlice = 0;
  for await (const items of itemsOf(body, isLines)) {
    for (const item of items) {
      note(tally, index++, 'fault' in item ? item.fault : reasonOf(port, item));
      if (++inSlice < SLICE) continue;
      const wait = rate.spend(key, inSlice);
      inSlice = 0;
      await port.pause();
      if (wait > 0) await new Promise<void>((resolve) => void clock.after(wait, resolve));
    }
  }
  rate.spend(key, inSlice);
  return tally;
}

const reasonOf = (port: IngestPort, item: Extract<BodyItem, { value: unknown }>): string | undefined =>
  port.post(item.value);

function note(tally: Tally, index: number, reason: string | undefined): void {
  if (reason === undefined) tally.accepted++;
  else if (tally.rejected.length < MOST_TOLD) tally.rejected.push({ index, reason });
  else tally.more++;
}

function tooMany(c: Context<WebEnv>, waitMs: number) {
  c.header('retry-after', String(Math.ceil(waitMs / 1000)));
  const refusal = { status: 429, code: 'too-many-requests', message: 'That is too much at once.' } as const;
  return c.json(refusalBody(refusal), 429);
}
