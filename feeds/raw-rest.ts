import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import type { Query, RawLine } from './raw-lines.ts';
import type { Rest } from './rest.ts';

/** The answers of a raw tape, each to whoever asks the same as the live feed did. */
export interface RawRest extends Rest {
  take(line: RawLine & { readonly what: 'asked' | 'answered' | 'failed' }): void;
}

/** Thrown where the tape does not have what is asked for. */
export class NotOnTape extends TransportError {
  constructor(path: string) {
    super(`${path} was not asked for when the tape was recorded`, { retryable: true, reason: 'unreachable' });
  }
}

interface Asked {
  readonly key: string;
  readonly at: number;
  readonly path: string;
  /** What the tape says to it. */
  outcome?: RawLine & { readonly what: 'answered' | 'failed' };
  /** Whoever asks for the same now. */
  claim?: (outcome: RawLine & { readonly what: 'answered' | 'failed' }) => void;
}

/** Timers of a replay are more exact than those of a live feed: it may ask so much earlier. */
const EARLY_MS = 2_000;
/** For so long an answer is kept that nobody has asked for (waits between tries are drawn by lot), and one is waited for. */
const KEPT_MS = 60_000;

/** @param answered somebody was just answered, and is about to go on */
export function createRawRest(clock: Clock, answered: () => void): RawRest {
  const asked = new Map<number, Asked>();
  const waiting = new Set<{ readonly key: string; claim(one: Asked): void }>();
  const keyOf = (path: string, query: Query): string => `${path} ${JSON.stringify(Object.entries(query).sort())}`;

  function settle(one: Asked): void {
    const { claim, outcome } = one;
    if (!claim || !outcome) return;
    claim(outcome);
    answered();
  }

  function expire(): void {
    for (const [id, { at }] of asked) if (clock.now() - at > KEPT_MS) asked.delete(id);
  }

  return {
    get(path, query) {
      const key = keyOf(path, query);
      return new Promise((resolve, reject) => {
        let cancel: () => void;
        const giveUp = (ms: number, forget: () => void) => {
          cancel = clock.after(ms, () => {
            forget();
            reject(new NotOnTape(path));
          });
        };
        const claim = (one: Asked): void => {
          one.claim = (outcome) => {
            cancel();
            if (outcome.what === 'answered') resolve(outcome.body);
            else reject(errorOf(outcome));
          };
          settle(one);
        };
        for (const [id, one] of asked) {
          if (one.key !== key || one.claim) continue;
          giveUp(KEPT_MS, () => asked.delete(id));
          claim(one);
          return;
        }
        const mine = {
          key,
          claim(one: Asked) {
            waiting.delete(mine);
            cancel();
            giveUp(KEPT_MS, () => delete one.claim);
            claim(one);
          },
        };
        waiting.add(mine);
        giveUp(EARLY_MS, () => waiting.delete(mine));
      });
    },
    take(line) {
      if (line.what === 'asked') {
        expire();
        const one: Asked = { key: keyOf(line.path, line.query), at: clock.now(), path: line.path };
        asked.set(line.id, one);
        for (const other of waiting) {
          if (other.key !== one.key) continue;
          other.claim(one);
          break;
        }
        return;
      }
      const one = asked.get(line.id);
      if (!one) return;
      one.outcome = line;
      settle(one);
    },
    abort() {
      waiting.clear();
      asked.clear();
    },
  };
}

function errorOf(line: RawLine & { readonly what: 'failed' }): TransportError {
  const { message, reason, retryable, retryAfterMs } = line;
  return new TransportError(message, { reason, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
