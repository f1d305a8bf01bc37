import { bodyLimit } from 'hono/body-limit';
import { UserError } from '../../engine/errors.ts';
import type { WebApp, WebContext } from '../context.ts';
import { createRate } from '../ingest/rate.ts';
import { documentHooks } from './ingest-docs.ts';

const MOST_BYTES = 32 * 1024;
/** Calls of one address with tokens that do not exist. */
const GUESSES_PER_SECOND = 1;
const GUESSES_AT_ONCE = 30;
/** What a webhook's own limit makes one wait, in s. */
const RETRY_AFTER_S = 10;

/** `POST /hooks/<token>`: whoever knows the token may write into one chat. */
export function addHookRoutes(app: WebApp, { ports, clock }: WebContext): void {
  const guesses = createRate(clock, GUESSES_PER_SECOND, GUESSES_AT_ONCE);
  const limit = bodyLimit({
    maxSize: MOST_BYTES,
    onError: () => {
      throw new UserError('too-large', 'The body is larger than 32 KiB.');
    },
  });

  app.post('/hooks/:token', limit, async (c) => {
    const address = c.env.incoming.socket.remoteAddress ?? '';
    if (guesses.spend(address, 0) > 0) throw tooMany();
    const outcome = await ports.hooks.call(c.req.param('token'), await c.req.text());
    switch (outcome) {
      case 'sent':
        return c.json({ ok: true }, 200);
      case 'unknown':
        guesses.spend(address, 1);
        throw new UserError('not-found', 'There is no such webhook.', {
          hint: 'Make one with /webhook new in a chat.',
        });
      case 'empty':
        throw new UserError('bad-request', 'There is nothing in the body.');
      case 'too-many':
        c.header('retry-after', String(RETRY_AFTER_S));
        throw tooMany();
    }
  });
  documentHooks(app);
}

const tooMany = (): UserError =>
  new UserError('too-many-requests', 'Too many calls.', { hint: 'Send fewer, or later.' });
