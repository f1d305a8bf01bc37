import type { Clock } from '../engine/clock.ts';
import { TransportError, type TransportReason } from '../engine/errors.ts';
import { fetchJson } from './http.ts';

/** What a venue allows on its REST interface. */
export interface RestRules {
  /** Weight that may be spent in each window of `perMs`, windows being counted from the epoch; a tenth is left to others. */
  readonly budget?: { readonly weight: number; readonly perMs: number };
  /** Least time between two requests, in ms. */
  readonly spacingMs?: number;
  /** Requests at the same time; default 4. */
  readonly parallel?: number;
  /** The header that tells the weight spent in this window. */
  readonly usedHeader?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the venue wants to be left alone after a status, in ms, where it does not say and it is not the usual. */
  readonly pauses?: Readonly<Record<number, number>>;
  /** What is wrong with an answer of status 200, for venues that say it in the body. */
  refusal?(body: unknown): Refusal | undefined;
}

export interface Refusal {
  readonly message: string;
  readonly reason: Extract<TransportReason, 'rate-limited' | 'refused' | 'unreachable'>;
  /** Default for `rate-limited`: 10 s. */
  readonly retryAfterMs?: number;
}

/** Paced GETs that heed what the venue allows. */
export interface Rest {
  /** `path` begins with a slash. @throws TransportError, `rate-limited` without asking where the venue wants a pause */
  get(path: string, query: Readonly<Record<string, string | number>>, weight?: number): Promise<unknown>;
  /** Gives up what is under way. */
  abort(): void;
}

/** A pause up to so long is waited out; a longer one is the caller's business. */
const WAIT_MS = 5_000;
const PAUSE_MS = 10_000;

export function createRest(options: { readonly url: string; readonly clock: Clock; readonly rules: RestRules }): Rest {
  const { clock, rules } = options;
  const parallel = rules.parallel ?? 4;
  const queue: (() => void)[] = [];
  let aborter = new AbortController();
  let blockedUntil = 0;
  let window = 0;
  let used = 0;
  let nextAt = 0;
  let running = 0;

  async function get(path: string, query: Readonly<Record<string, string | number>>, weight = 1): Promise<unknown> {
    const { signal } = aborter;
    if (running >= parallel) await new Promise<void>((resolve) => queue.push(resolve));
    running++;
    try {
      for (let wait = admit(weight); wait > 0; wait = admit(weight)) await pause(wait);
      const url = new URL(`${options.url}${path}`);
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
      const { body, headers } = await fetchJson(url.href, signal, rules.headers, rules.pauses);
      const told = rules.usedHeader === undefined ? Number.NaN : Number(headers.get(rules.usedHeader) ?? Number.NaN);
      if (Number.isFinite(told)) used = Math.max(used, told);
      const refusal = rules.refusal?.(body);
      if (refusal) throw errorOf(path, refusal);
      return body;
    } catch (error) {
      if (error instanceof TransportError && error.retryAfterMs !== undefined) {
        blockedUntil = Math.max(blockedUntil, clock.now() + error.retryAfterMs);
      }
      throw error;
    } finally {
      running--;
      queue.shift()?.();
    }
  }

  /** Takes the weight and returns 0, or returns how long to wait. @throws TransportError where that is long */
  function admit(weight: number): number {
    const now = clock.now();
    let until = Math.max(blockedUntil, nextAt);
    const { budget } = rules;
    if (budget) {
      const start = Math.floor(now / budget.perMs) * budget.perMs;
      if (start !== window) [window, used] = [start, 0];
      if (used > 0 && used + weight > budget.weight * 0.9) until = Math.max(until, start + budget.perMs);
    }
    if (until > now) {
      if (until - now <= WAIT_MS && blockedUntil <= now) return until - now;
      throw pauseError(until - now);
    }
    used += weight;
    nextAt = now + (rules.spacingMs ?? 0);
    return 0;
  }

  function pause(ms: number): Promise<void> {
    const { signal } = aborter;
    return new Promise((resolve, reject) => {
      const cancel = clock.after(ms, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      const stop = () => {
        cancel();
        reject(new TransportError('given up', { retryable: true, reason: 'unreachable' }));
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  return {
    get,
    abort() {
      aborter.abort();
      aborter = new AbortController();
    },
  };
}

function pauseError(retryAfterMs: number): TransportError {
  return new TransportError('the venue wants a pause', { retryable: true, reason: 'rate-limited', retryAfterMs });
}

function errorOf(path: string, { message, reason, retryAfterMs }: Refusal): TransportError {
  const pause = retryAfterMs ?? (reason === 'rate-limited' ? PAUSE_MS : undefined);
  return new TransportError(`${path} answered ${message.slice(0, 200)}`, {
    retryable: reason !== 'refused',
    reason,
    ...(pause !== undefined && { retryAfterMs: pause }),
  });
}
