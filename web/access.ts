import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Refusal } from './errors.ts';

/** A proxy that adds one of these speaks for somebody else, who need not be on this machine. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain);
}

/** Whether a `Host` header names this machine: a name that an attacker's DNS can point here is refused. */
export function isLoopbackHost(host: string | undefined): boolean {
  const match = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.exec(host ?? '');
  return match !== null;
}

/** Whether the page that sent the request is this server's own; true where no browser says otherwise. */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

const isProxied = (request: IncomingMessage): boolean =>
  PROXY_HEADERS.some((name) => request.headers[name] !== undefined);

/** Whether `Host` is an address, this machine, or a name that the operator has given: no site’s own name can be one of these. */
function isOwnHost(host: string | undefined, names: readonly string[]): boolean {
  const name = /^(\[[\da-f:.]+\]|[^:]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1].toLowerCase();
  if (name === undefined) return false;
  return isLoopbackHost(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || names.includes(name);
}

/**
 * Who may change something: whoever is no browser, and this server’s own pages. A page of another site is refused, also one
 * whose name its owner’s DNS leads here: to a browser that is this server’s own page, but for the name in `Host`.
 * @param names under which the server is reached beside its addresses
 */
export function refuseForeignPage(request: IncomingMessage, names: readonly string[]): Refusal | undefined {
  if (!isSameOrigin(request)) {
    return { status: 403, code: 'bad-origin', message: 'Another site may not do that.' };
  }
  if (request.headers.origin === undefined || isOwnHost(request.headers.host, names)) return undefined;
  return {
    status: 403,
    code: 'bad-host',
    message: 'This server is not known by that name.',
    hint: 'Its operator can add it to HTTP_NAMES.',
  };
}

/** The same for who wants to listen. Behind a proxy the name is the proxy’s business: no page can add a header to a WebSocket. */
export function refuseForeignStream(request: IncomingMessage, names: readonly string[]): Refusal | undefined {
  return isProxied(request) && isSameOrigin(request) ? undefined : refuseForeignPage(request, names);
}

function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}

/**
 * Who may use the console: whoever has the token, else somebody on this machine whose browser was not sent here by another
 * site (no rebound name in `Host`, no foreign `Origin`) and who does not come through a proxy.
 * @returns undefined where the request may pass
 */
export function refuseConsole(request: IncomingMessage, apiToken: string | undefined): Refusal | undefined {
  return refusePart(request, 'console', apiToken);
}

function refusePart(request: IncomingMessage, part: Part, apiToken: string | undefined): Refusal | undefined {
  const given = bearer(request);
  if (given !== undefined) {
    if (apiToken !== undefined && sameSecret(given, apiToken)) return undefined;
    return { status: 401, code: 'unauthorized', message: 'The bearer token is not valid.' };
  }
  return refuseElsewhere(request, part, 'API_TOKEN');
}

/** Who may read what chats were told: whoever may use the console. */
export function refuseSignals(request: IncomingMessage, apiToken: string | undefined): Refusal | undefined {
  return refusePart(request, 'list of signals', apiToken);
}

/** Who may hand in prices: whoever has the token; where there is none, somebody on this machine, as for the console. */
export function refuseIngest(request: IncomingMessage, ingestToken: string | undefined): Refusal | undefined {
  if (ingestToken === undefined) return refuseElsewhere(request, 'ingest', 'INGEST_TOKEN');
  const given = bearer(request);
  if (given !== undefined && sameSecret(given, ingestToken)) return undefined;
  return {
    status: 401,
    code: 'unauthorized',
    message: given === undefined ? 'A bearer token is needed.' : 'The bearer token is not valid.',
    hint: 'Send the header authorization: Bearer, followed by INGEST_TOKEN.',
  };
}

type Part = 'console' | 'ingest' | 'list of signals';

/** @param part what is refused, and `variable` the token that would open it */
function refuseElsewhere(request: IncomingMessage, part: Part, variable: string): Refusal | undefined {
  if (isProxied(request) || !isLoopbackAddress(request.socket.remoteAddress)) {
    return {
      status: 403,
      code: 'forbidden',
      message: `The ${part} answers only on the machine itself.`,
      hint: `Set ${variable} and send it as a bearer token.`,
    };
  }
  if (!isLoopbackHost(request.headers.host)) {
    return { status: 403, code: 'bad-host', message: `Open the ${part} as localhost or 127.0.0.1.` };
  }
  if (!isSameOrigin(request)) {
    return { status: 403, code: 'bad-origin', message: `Another site may not use the ${part}.` };
  }
  return undefined;
}
