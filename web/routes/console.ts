import type { z } from '@hono/zod-openapi';
import { type Context, Hono } from 'hono';
import type { Message } from '../../commands/message.ts';
import type { Asker } from '../../commands/service.ts';
import { UserError } from '../../engine/errors.ts';
import { refuseConsole } from '../access.ts';
import { bodyText } from '../body-text.ts';
import { CompleteSchema, PressSchema, TypedSchema } from '../console-schemas.ts';
import type { WebApp, WebContext, WebEnv } from '../context.ts';
import { refusalBody } from '../errors.ts';
import { createRate } from '../ingest/rate.ts';
import { issueWords } from '../issue-words.ts';
import { PAGE_ADDRESS, type PageMessage } from '../page-platform.ts';
import { documentConsole } from './console-docs.ts';

const MAX_BODY_BYTES = 64 * 1024;
/** Wrong tokens of one address. */
const GUESSES_PER_SECOND = 1;
const GUESSES_AT_ONCE = 30;
const TOO_MANY = { status: 429, code: 'too-many-requests', message: 'That is too much at once.' } as const;

const OPERATOR: Asker = {
  address: PAGE_ADDRESS,
  chatTitle: 'Status page',
  chatKind: 'private',
  userId: 'console:operator',
  userName: 'operator',
  isChatAdmin: true,
};

/** `/chart@bot ethusdt 5m` -> chart, `ethusdt 5m`; the slash may be left out. What is no command is answered by the commands. */
export function splitCommand(text: string): { command: string; text: string } | undefined {
  const match = /^\/?([^\s@/][^\s@]*)(?:@\S*)?\s*([\s\S]*)$/.exec(text.trim());
  return match === null ? undefined : { command: match[1]!.toLowerCase(), text: match[2]! };
}

async function readJson<Schema extends z.ZodType>(c: Context<WebEnv>, schema: Schema): Promise<z.infer<Schema>> {
  const text = await bodyText(c.env.incoming, MAX_BODY_BYTES);
  if (text.trim() === '') throw new UserError('bad-request', 'The body is empty.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UserError('bad-request', 'The body is not JSON.', { cause: error });
  }
  return check(schema, json);
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UserError('bad-request', issueWords(parsed.error, value));
}

/** Runs the same commands as a chat does, for whoever may use the console. */
export function addConsoleRoutes(app: WebApp, { ports, page, apiToken, logger, clock }: WebContext): void {
  const guesses = createRate(clock, GUESSES_PER_SECOND, GUESSES_AT_ONCE);
  const routes = new Hono<WebEnv>();

  function say(message: Message): PageMessage {
    const shown = page.answer(message);
    showLater(shown.id, message);
    return shown;
  }

  /** Open pages hear of what a message becomes as of every other edit. */
  function showLater(id: string, message: Message | undefined): void {
    const failed = (error: unknown): void => logger.warn({ err: error }, 'a message could not be added to');
    message
      ?.later?.()
      .then((later) => {
        if (later === undefined) return;
        page.edit(id, later);
        showLater(id, later);
      })
      .catch(failed);
  }

  routes.use(async (c, next) => {
    const refusal = refuseConsole(c.env.incoming, apiToken);
    if (refusal !== undefined) {
      const address = c.env.incoming.socket.remoteAddress ?? '';
      const isGuess = refusal.status === 401 && guesses.spend(address, 1) > 0;
      return isGuess ? c.json(refusalBody(TOO_MANY), TOO_MANY.status) : c.json(refusalBody(refusal), refusal.status);
    }
    // A form of another site can only send what is not JSON; asking for JSON makes the browser ask first.
    const type = c.req.header('content-type') ?? '';
    if (c.req.method === 'POST' && !/^application\/json\s*(;|$)/i.test(type)) {
      throw new UserError('bad-media-type', 'Send application/json.');
    }
    return next();
  });

  routes.get('/', (c) => c.json({ commands: ports.service.commands, messages: page.history() }));

  routes.post('/', async (c) => {
    const { text } = await readJson(c, TypedSchema);
    const call = splitCommand(text);
    if (call === undefined) {
      throw new UserError('no-command', 'A command starts with a slash.', { hint: 'Try /help.' });
    }
    const typed = page.typed(text);
    const answer = say(await ports.service.run({ asker: OPERATOR, ...call }));
    return c.json({ typed, messages: [answer] });
  });

  routes.post('/press', async (c) => {
    const { data, message } = await readJson(c, PressSchema);
    const outcome = await ports.service.press({ asker: OPERATOR, data });
    const messages: PageMessage[] = [];
    const edited = outcome.edit === undefined || message === undefined ? undefined : page.edit(message, outcome.edit);
    if (edited !== undefined) showLater(edited.id, outcome.edit);
    // What replaces a message that is no longer there is shown as a new one.
    if (outcome.edit !== undefined && edited === undefined) messages.push(say(outcome.edit));
    if (outcome.reply !== undefined) messages.push(say(outcome.reply));
    const removed = outcome.remove === true ? message : undefined;
    if (removed !== undefined) page.remove(removed);
    return c.json({ toast: outcome.toast, edit: edited, removed, messages });
  });

  routes.get('/complete', async (c) => {
    const query = check(CompleteSchema, c.req.query());
    const suggestions = await ports.service.complete({ asker: OPERATOR, ...query });
    return c.json({ suggestions });
  });

  routes.get('/pictures/:id', (c) => {
    const png = page.picture(c.req.param('id'));
    if (png === undefined) throw new UserError('not-found', 'This picture is no longer kept.');
    c.header('cache-control', 'private, max-age=86400, immutable');
    return c.body(Uint8Array.from(png), 200, { 'content-type': 'image/png' });
  });

  routes.get('/files/:id', (c) => {
    const file = page.file(c.req.param('id'));
    if (file === undefined) throw new UserError('not-found', 'This file is no longer kept.');
    c.header('content-disposition', `attachment; filename="${file.name.replace(/[^\w.-]/g, '-')}"`);
    return c.body(Uint8Array.from(file.bytes), 200, { 'content-type': `${file.type}; charset=utf-8` });
  });

  app.route('/api/console', routes);
  documentConsole(app);
}
