import type { Clock } from '../engine/clock.ts';

/** What could not be ended is tried again after this long, in ms. */
const END_RETRY_MS = 60_000;

/** Who needs what: something begins when the first needs it, and ends some time after the last did. */
export interface Needs {
  /** What a holder needs from now on, instead of all that it needed before. */
  hold(holder: string, things: Iterable<string>): void;
  /** Somebody asks for it now. */
  ask(thing: string): void;
  /** Whether it has begun and not ended. */
  has(thing: string): boolean;
  /** Nothing ends any more. */
  stop(): void;
}

export interface NeedsOptions {
  readonly clock: Clock;
  /** So long it goes on after the last holder is gone, in ms. */
  readonly heldMs: number;
  /** So long it goes on after it was asked for, in ms. */
  readonly askedMs: number;
  begin(thing: string): void;
  /** @returns false where it cannot end now */
  end(thing: string): boolean;
}

interface Need {
  holders: number;
  /** It goes on until then at least, in ms. */
  until: number;
  cancel: (() => void) | undefined;
}

const NOTHING: ReadonlySet<string> = new Set();

export function createNeeds({ clock, heldMs, askedMs, begin, end }: NeedsOptions): Needs {
  const needs = new Map<string, Need>();
  const held = new Map<string, ReadonlySet<string>>();

  function open(thing: string): Need {
    const known = needs.get(thing);
    if (known !== undefined) return known;
    const need: Need = { holders: 0, until: Number.NEGATIVE_INFINITY, cancel: undefined };
    needs.set(thing, need);
    begin(thing);
    return need;
  }

  function lasts(thing: string, need: Need, ms: number): void {
    need.until = Math.max(need.until, clock.now() + ms);
    if (need.holders === 0) look(thing, need);
  }

  /** Ends what nobody needs, or looks again when that may be. */
  function look(thing: string, need: Need): void {
    need.cancel?.();
    need.cancel = undefined;
    if (need.holders > 0) return;
    const left = need.until - clock.now();
    if (left <= 0 && end(thing)) needs.delete(thing);
    else need.cancel = clock.after(left > 0 ? left : END_RETRY_MS, () => look(thing, need));
  }

  return {
    hold(holder, things) {
      const [before, after] = [held.get(holder) ?? NOTHING, new Set(things)];
      if (after.size === 0) held.delete(holder);
      else held.set(holder, after);
      for (const thing of after) if (!before.has(thing)) open(thing).holders++;
      for (const thing of before) {
        const need = after.has(thing) ? undefined : needs.get(thing);
        if (need === undefined) continue;
        need.holders--;
        lasts(thing, need, heldMs);
      }
    },
    ask(thing) {
      lasts(thing, open(thing), askedMs);
    },
    has: (thing) => needs.has(thing),
    stop() {
      for (const need of needs.values()) need.cancel?.();
    },
  };
}
