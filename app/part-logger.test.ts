import { expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import { createLogger } from './part-logger.ts';

/** A log whose lines are kept. */
function spied() {
  const lines: string[] = [];
  return { log: createLogger('debug', (line) => lines.push(line)), lines };
}

const KEYS = ['token', 'authToken', 'apiToken', 'secret', 'password', 'authorization', 'cookie'];

it.each(KEYS)('never writes what stands under %s, wherever it stands', (key) => {
  const { log, lines } = spied();
  const hidden = { [key]: 'hush-hush' };
  log.info(hidden, 'own');
  log.part('web').warn({ request: hidden }, 'one down');
  log.error({ request: { headers: hidden } }, 'two down');
  log.debug({ list: [hidden] }, 'in a list');
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).not.toContain('hush-hush');
    expect(line).toContain('[secret]');
  }
});

it('writes everything else, with the part that says it', () => {
  const { log, lines } = spied();
  log.part('bars').info({ count: 3 }, 'stored');
  expect(JSON.parse(lines[0])).toMatchObject({ level: 30, part: 'bars', count: 3, msg: 'stored' });
});

it('tells in a line what others failed at, with what was behind it, and with a stack what is our own fault', () => {
  const { log, lines } = spied();
  const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
  const err = new TransportError('api.example.com cannot be asked', { retryable: true, reason: 'unreachable', cause });
  log.warn({ err }, 'a book cannot be fetched yet');
  log.error({ err: new RangeError('ours') }, 'it broke');
  expect(JSON.parse(lines[0]).err).toEqual({
    type: 'TransportError',
    message: 'api.example.com cannot be asked',
    reason: 'unreachable',
    cause: 'fetch failed: connect ECONNREFUSED 127.0.0.1:1',
  });
  expect(JSON.parse(lines[1]).err).toMatchObject({ type: 'RangeError', stack: expect.stringContaining('part-logger') });
});
