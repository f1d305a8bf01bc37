import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export interface PostAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** Posts JSON to somebody outside. Rejects where that is not allowed, or nobody answers. */
export type Post = (url: string, json: string, signal: AbortSignal) => Promise<PostAnswer>;

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export interface PinnedPostOptions {
  /** Hosts that may be in a private network, as they stand in the URL. */
  readonly allowed: readonly string[];
  /** The machine's resolver where it is missing. */
  readonly resolve?: Resolve;
}

const MOST_REDIRECTS = 3;
const MOST_BYTES = 16 * 1024 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** A host as it is compared: without brackets, the root's dot, and capitals. */
export const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

const isAllowed = (host: string, allowed: readonly string[]): boolean =>
  allowed.some((each) => plainHost(each) === plainHost(host));

/**
 * A POST that goes where the URL says and nowhere else: the name is resolved once, every address that it has is looked at, and the
 * connection goes to the one that was looked at, so that no second answer of the name server can lead it into the operator's
 * own network. Where a server sends on to another address, that one is looked at in the same way.
 */
export function createPinnedPost({ allowed, resolve = resolveHost }: PinnedPostOptions): Post {
  async function pin(url: URL): Promise<string> {
    const host = plainHost(url.hostname);
    const found = isIP(host) === 0 ? (await resolve(host)).map(({ address }) => address) : [host];
    const inside = isAllowed(host, allowed) ? undefined : found.find((address) => !isPublicAddress(address));
    if (inside !== undefined)
      throw new Error(`${host} is at ${inside}, in a private network: PRIVATE_HOSTS does not name it`);
    if (found[0] === undefined) throw new Error(`${host} has no address`);
    return found[0];
  }

  return async (start, json, signal) => {
    let url = new URL(start);
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const answer = await send(url, await pin(url), json, signal);
      if (answer.location === undefined) return answer;
      const next = new URL(answer.location, url);
      const isWeaker = url.protocol === 'https:' && next.protocol !== 'https:';
      if (isWeaker || !/^https?:$/.test(next.protocol)) throw new Error(`${url.host} sends on to ${next.protocol}`);
      url = next;
    }
    throw new Error(`${url.host} sends on and on`);
  };
}

const resolveHost: Resolve = (host) => lookup(host, { all: true });

/** One request to exactly this address; the certificate is still the name's. */
function send(
  url: URL,
  address: string,
  json: string,
  signal: AbortSignal,
): Promise<PostAnswer & { readonly location: string | undefined }> {
  const family = isIP(address);
  const pinned: LookupFunction = (_host, { all }, done) =>
    all === true ? done(null, [{ address, family }]) : done(null, address, family);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  return new Promise((resolve, reject) => {
    const ask = url.protocol === 'https:' ? requestTls : requestPlain;
    const sent = ask(url, { method: 'POST', headers, agent: false, lookup: pinned, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) response.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const location = REDIRECTS.has(status) ? response.headers.location : undefined;
        resolve({ status, bytes: Buffer.concat(chunks), location });
      });
    });
    sent.on('error', reject);
    sent.end(json);
  });
}
