import { UserError } from '../../engine/errors.ts';
import { bodyText } from '../body-text.ts';
import type { WebApp, WebContext } from '../context.ts';
import { createRate } from '../ingest/rate.ts';
import type { HookOutcome } from '../ports.ts';
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

  /** Each call counts as a wrong one until it is known to be none, so that no number of them at once is looked at. */
  async function call(address: string, token: string, text: string): Promise<HookOutcome> {
    const isRefused = guesses.spend(address, 1) > 0;
    const outcome = isRefused ? 'too-many' : await ports.hooks.call(token, text);
    if (isRefused || outcome !== 'unknown') guesses.spend(address, -1);
    return outcome;
  }

  app.post('/hooks/:token', async (c) => {
    const { incoming } = c.env;
    const text = await bodyText(incoming, MOST_BYTES);
    const outcome = await call(incoming.socket.remoteAddress ?? '', c.req.param('token'), text);
    switch (outcome) {
      case 'sent':
        return c.json({ ok: true }, 200);
      case 'unknown':
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
