/** The machine's clocks, all in ms. */
export interface MachineTime {
  /** Since the epoch, as the machine has it: somebody may set it. */
  wall(): number;
  /** Since some moment: nobody can set it, and it may stand still while the machine sleeps. */
  running(): number;
  /** Since some moment, the machine's sleep included; good to a second. */
  awakeOrAsleep(): number;
}

/** A clock that was set is believed when it has stood so for this long, in ms. */
const BELIEVED_AFTER_MS = 600_000;
/** As far as this a clock is put right as time servers do it, in ms. */
const SMALL_MS = 1_000;
/** Two clocks that are read one after the other differ by this much, in ms: nobody set anything. */
const NOISE_MS = 50;
/** Sleep is measured as exactly as this, in ms. */
const SLEEP_EXACT_MS = 3_000;

/** The time of day that goes on evenly, whatever is done to the machine's clock. */
export interface SteadyTime {
  /** ms since the epoch. */
  now(): number;
  /**
   * Holds it against the machine's clock; to be called every few seconds. @returns how far that was set, in ms, when it is noticed, when
   * it is believed, and 0 when it was set back before
   */
  check(): { readonly movedMs: number; readonly isBelieved: boolean } | undefined;
}

/**
 * Prices bear the venues' time. Where the machine's clock is set while the program runs, by a time server that erred or by a hand, all
 * prices would be late or of the future at once. So the time of the start goes on by the clock that nobody can set; small corrections
 * and the machine's sleep are followed at once, a new time when it has stood for ten minutes.
 */
export function createSteadyTime(machine: MachineTime): SteadyTime {
  let base = machine.wall() - machine.running();
  let asleep = machine.awakeOrAsleep() - machine.running();
  let set: { readonly movedMs: number; readonly since: number } | undefined;
  const now = (): number => base + machine.running();

  return {
    now,
    check() {
      const moved = machine.wall() - now();
      const slept = machine.awakeOrAsleep() - machine.running() - asleep;
      const isSleep = slept > SLEEP_EXACT_MS && Math.abs(moved - slept) <= SLEEP_EXACT_MS;
      asleep += slept;
      if (Math.abs(moved) <= SMALL_MS || isSleep) {
        const wasSet = set !== undefined;
        // Following noise would make the time go back, and trades of this moment late or of the future.
        if (Math.abs(moved) > NOISE_MS) base += moved;
        set = undefined;
        return wasSet ? { movedMs: 0, isBelieved: false } : undefined;
      }
      if (set === undefined || Math.abs(set.movedMs - moved) > SMALL_MS) {
        set = { movedMs: moved, since: now() };
        return { movedMs: moved, isBelieved: false };
      }
      if (now() - set.since < BELIEVED_AFTER_MS) return undefined;
      base += moved;
      set = undefined;
      return { movedMs: moved, isBelieved: true };
    },
  };
}
