import { TransportError } from '../engine/errors.ts';

const DEFAULT_PAUSE_MS: Readonly<Record<number, number>> = { 403: 60_000, 418: 120_000, 429: 10_000 };
const TIMEOUT_MS = 10_000;

export interface JsonAnswer {
  readonly body: unknown;
  readonly headers: Headers;
}

/**
 * Gets one JSON document. `pauses`: how long the venue wants to be left alone after a status, in ms, where it does not say.
 * @throws TransportError: `rate-limited` with its wait on 429, 418 and 403; `refused` on other 4xx; `unreachable` on the rest
 */
export async function fetchJson(
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
  pauses: Readonly<Record<number, number>> = {},
): Promise<JsonAnswer> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    if (response.ok) return { body: await response.json(), headers: response.headers };
  } catch (cause) {
    throw new TransportError(`${place(url)} cannot be asked`, { retryable: true, reason: 'unreachable', cause });
  }
  const detail = (await response.text().catch(() => '')).slice(0, 200);
  const message = `${place(url)} answered ${response.status} ${detail}`.trim();
  const pause = pauses[response.status] ?? DEFAULT_PAUSE_MS[response.status];
  if (pause !== undefined) {
    const retryAfterMs = retryAfter(response.headers) ?? pause;
    throw new TransportError(message, { retryable: true, reason: 'rate-limited', retryAfterMs });
  }
  const retryable = response.status >= 500;
  throw new TransportError(message, { retryable, reason: retryable ? 'unreachable' : 'refused' });
}

/** Only seconds: no venue sends a date there. */
function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function place(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
