import type { Clock } from '../engine/clock.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import type { Logger } from './logger.ts';
import { plainReason } from './plain-reason.ts';

/** What was traded in 24 h, in units of the quote, by symbol. */
export type Volumes = ReadonlyMap<string, number>;

export interface VolumesOptions {
  readonly venue: string;
  /** @throws TransportError; absent: the venue's list of markets says it, or nobody does */
  readonly fetch: (() => Promise<Volumes>) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const KEPT_MS = 600_000;
/** Who asks for the list waits no longer for them; what comes later is for the next one. */
const PATIENCE_MS = 2_000;

/**
 * Adds volumes to a venue's list of markets. They are good for the order of what is found, no more: where they cannot be had, the list
 * comes with the last that were, or without.
 */
export function createVolumes({ venue, fetch, clock, log }: VolumesOptions) {
  let known: Volumes = new Map();
  let askedAt = Number.NEGATIVE_INFINITY;

  async function renew(): Promise<void> {
    if (fetch === undefined || clock.now() - askedAt <= KEPT_MS) return;
    askedAt = clock.now();
    try {
      known = await fetch();
    } catch (error) {
      askedAt = Number.NEGATIVE_INFINITY;
      log.debug({ venue, reason: plainReason(error) }, 'the volumes of the markets cannot be had');
    }
  }

  /** Resolves when they are there, or the patience is over. */
  async function patiently(): Promise<void> {
    let cancel: (() => void) | undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = clock.after(PATIENCE_MS, resolve);
    });
    await Promise.race([renew(), patience]);
    cancel?.();
  }

  return async (list: readonly InstrumentInfo[]): Promise<readonly InstrumentInfo[]> => {
    await patiently();
    return list.map((info) => {
      const volume = known.get(info.symbol);
      return volume === undefined ? info : { ...info, volume };
    });
  };
}

/**
 * Reads rows of 24 h. `read` gives the symbol and the volume of a row, undefined where it is of no market of ours, NaN where it should
 * be and cannot be read.
 */
export function volumesOf<R>(
  rows: readonly R[],
  read: (row: R) => readonly [symbol: string, volume: number] | undefined,
  malformed: (reason: string) => void,
): Volumes {
  const volumes = new Map<string, number>();
  for (const row of rows) {
    const one = read(row);
    if (one === undefined) continue;
    if (one[1] >= 0) volumes.set(one[0], one[1]);
    else malformed('a bad volume in an answer');
  }
  return volumes;
}
