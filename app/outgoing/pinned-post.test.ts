import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPinnedPost, type Resolve } from './pinned-post.ts';

let server: Server;
let port: number;
let seen: { host: string | undefined; path: string | undefined; body: string }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      seen.push({ host: request.headers.host, path: request.url, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(() => {
  seen = [];
  answer = (_request, response) => response.end('drawn');
});

/** A name server of the test's own: each question gets the next answer. */
function names(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve: Resolve = async (host) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(host);
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { asked, resolve };
}

const never = new AbortController().signal;
const post = (url: string, allowed: readonly string[], resolve: Resolve) =>
  createPinnedPost({ allowed, resolve })(url, '{"a":1}', never);

describe('a post', () => {
  it('goes to the address that was looked at, under its name', async () => {
    const { asked, resolve } = names(['127.0.0.1']);
    const { status, bytes } = await post(`http://charts.example:${port}/chart`, ['charts.example'], resolve);
    expect([status, Buffer.from(bytes).toString()]).toEqual([200, 'drawn']);
    expect(seen).toEqual([{ host: `charts.example:${port}`, path: '/chart', body: '{"a":1}' }]);
    expect(asked).toEqual(['charts.example']);
  });

  it('goes nowhere where any of a name’s addresses is private', async () => {
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['::ffff:127.0.0.1'], ['fd00::1']]) {
      const refused = post(`http://charts.example:${port}/chart`, [], names(addresses).resolve);
      await expect(refused).rejects.toThrow('in a private network: PRIVATE_HOSTS does not name it');
    }
    expect(seen).toEqual([]);
  });

  it('goes by one answer of the name server: a second one changes nothing', async () => {
    const { asked, resolve } = names(['127.0.0.1'], ['10.0.0.1']);
    await post(`http://charts.example:${port}/chart`, ['charts.example'], resolve);
    expect([asked.length, seen.length]).toEqual([1, 1]);
  });

  it.each(['127.0.0.1', '2130706433', '0x7f000001', '017700000001', '127.1', '[::1]', '[::ffff:127.0.0.1]', '0'])(
    'goes nowhere where the URL says %s',
    async (host) => {
      const { asked, resolve } = names(['8.8.8.8']);
      await expect(post(`http://${host}:${port}/chart`, [], resolve)).rejects.toThrow('in a private network');
      expect([asked, seen]).toEqual([[], []]);
    },
  );

  it('goes to an address that is named, in whichever form the URL has it', async () => {
    for (const host of ['127.0.0.1', '2130706433'])
      await post(`http://${host}:${port}/chart`, ['127.0.0.1'], names([]).resolve);
    await post(`http://Charts.Example.:${port}/chart`, ['charts.example'], names(['127.0.0.1']).resolve);
    expect(seen).toHaveLength(3);
  });
});

describe('a server that sends on', () => {
  const sendOn = (location: string) => {
    answer = (request, response) => {
      if (request.url === '/chart') response.writeHead(307, { location }).end();
      else response.end('drawn');
    };
  };

  it('is followed to where one may go', async () => {
    sendOn('/v4/chart');
    const { status } = await post(
      `http://charts.example:${port}/chart`,
      ['charts.example'],
      names(['127.0.0.1']).resolve,
    );
    expect([status, seen.map(({ path }) => path)]).toEqual([200, ['/chart', '/v4/chart']]);
    expect(seen[1].body).toBe('{"a":1}');
  });

  it.each([
    ['an address of the machine', () => `http://127.0.0.1:${port}/secret`, 'in a private network'],
    ['another name that leads there', () => `http://other.example:${port}/secret`, 'in a private network'],
    ['a file', () => 'file:///etc/passwd', 'sends on to file:'],
    ['itself, for ever', () => '/chart', 'sends on and on'],
  ])('is not followed to %s', async (_where, location, reason) => {
    sendOn(location());
    const { resolve } = names(['127.0.0.1']);
    await expect(post(`http://charts.example:${port}/chart`, ['charts.example'], resolve)).rejects.toThrow(reason);
    expect(seen.some(({ path }) => path === '/secret')).toBe(false);
  });
});
