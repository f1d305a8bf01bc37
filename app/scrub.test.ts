import { describe, expect, it } from 'vitest';
import { createLogger } from './part-logger.ts';
import { createScrub, createValueScrub } from './scrub.ts';

const TOKEN = '123456:AAcanary-Token_of-the-bot';
const AUTH = 'canary/auth+token="quoted"';

/** A log whose lines are kept. */
function spied() {
  const lines: string[] = [];
  return { log: createLogger('trace', (line) => lines.push(line), createScrub([TOKEN, AUTH])), lines };
}

/** Every form in which the canaries could stand in a line. */
const TRACES = [TOKEN, TOKEN.split(':')[1], AUTH, JSON.stringify(AUTH).slice(1, -1), encodeURIComponent(AUTH)];
const CODED = [TOKEN, AUTH].map((secret) => Buffer.from(secret).toString('base64'));

function deep(value: unknown, levels: number): unknown {
  return levels === 0 ? value : { [`level${levels}`]: [deep(value, levels - 1)] };
}

const failure = (message: string, more: object = {}): Error => Object.assign(new Error(message), more);

describe('the log', () => {
  it.each<readonly [string, object]>([
    ['the URL of a call', { url: `https://api.telegram.org/bot${TOKEN}/sendMessage` }],
    ['an escaped URL', { url: `https://x.example/?to=${encodeURIComponent(AUTH)}&bot=${encodeURIComponent(TOKEN)}` }],
    ['an error', { err: failure(`request to https://api.telegram.org/bot${TOKEN}/getMe failed`) }],
    ['an error’s cause’s cause', { err: new Error('a', { cause: new Error('b', { cause: new Error(AUTH) }) }) }],
    ['an error’s fields', { err: failure('x', { config: { headers: { Authorization: `Bearer ${AUTH}` } } }) }],
    ['several errors at once', { err: new AggregateError([new Error(TOKEN)], 'all failed') }],
    ['something six levels down', deep({ any: TOKEN }, 6) as object],
    ['a list of headers', { rawHeaders: ['authorization', `Basic ${Buffer.from(AUTH).toString('base64')}`] }],
    ['a stack', { err: failure('x', { stack: `Error: x\n at ${TOKEN}` }) }],
  ])('never has a known secret: in %s', (_where, details) => {
    const { log, lines } = spied();
    log.error(details, 'failed');
    log.part('web').warn(details, `failed with ${TOKEN}`);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      for (const trace of [...TRACES, ...CODED]) expect(line).not.toContain(trace);
      expect(line).toContain('[secret]');
      expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  it.each<readonly [string, object]>([
    ['a header', deep({ headers: { 'X-Api-Key': 'other-canary-1' } }, 5) as object],
    ['a header of a call', { text: 'authorization: Bearer other-canary-1' }],
    ['a webhook', { path: '/hooks/other-canary-1-other-canary-1' }],
    ['an interaction', { url: 'https://discord.com/api/v10/webhooks/1100/other-canary-1.other' }],
    ['a database’s address', { url: 'libsql://db.example?authToken=other-canary-1&tls=1' }],
    ['a password', { url: 'https://ann:other-canary-1@db.example/' }],
    ['another bot’s URL', { url: 'https://api.telegram.org/bot777:other-canary-1/getMe' }],
  ])('never has what looks like one: %s', (_where, details) => {
    const { log, lines } = spied();
    log.info(details, 'said');
    expect(lines[0]).not.toContain('other-canary-1');
    expect(() => JSON.parse(lines[0])).not.toThrow();
  });

  it('leaves everything else as it was', () => {
    const { log, lines } = spied();
    const said = {
      chat: -100,
      reason: 'Basic rules of the chat',
      feed: 'binance',
      tokens: 3,
      url: 'https://x.example/a?b=c',
    };
    log.info(said, 'bot started at http://127.0.0.1:8080');
    expect(JSON.parse(lines[0])).toMatchObject({ ...said, msg: 'bot started at http://127.0.0.1:8080' });
  });
});

it('what people read loses the known secrets, and nothing that they wrote themselves', () => {
  const scrub = createValueScrub([TOKEN]);
  expect(scrub(`bot${TOKEN} is down; Bearer abcdefgh12345 is mine`)).toBe(
    'bot[secret] is down; Bearer abcdefgh12345 is mine',
  );
});
