import type { LateCause } from '../commands/late-cause.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { StoredRule } from '../db/rules.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import type { Firing } from '../engine/rules/rule.ts';
import type { Downtime } from './downtime.ts';

/** What was found too late to be told by itself; all of a chat goes out in one message. */
export const MISSED = 'missed';

/** How long after its moment a firing is told by itself where its rule does not say, in ms. */
const TOLERANCE_MS = HOUR;
/** A firing that is found so long after its moment was missed before it was found, in ms. */
const FOUND_LATE_MS = 2_000;
/** The program's last note lies up to so long before its end, and what it missed is read so long after its start, in ms. */
const SLACK_MS = 30_000;
/** What was missed is listed when all that was missed has been read, or after so long, in ms. */
const LONGEST_WAIT_MS = MINUTE;
const LOOK_MS = 1_000;
/** As urgent as an alert. */
const PRIORITY = 10;

/** Decides how a firing is told: at once, late and why, or in a list of what was missed. */
export interface Lateness {
  /** @param text the rule as it runs; asked for where the firing is late alone */
  deliver(stored: StoredRule, firing: Firing, text: () => RuleText | undefined): NewDelivery;
  /** Told of every firing that was found late. */
  onLate(listener: (firing: Firing, kind: 'fired' | 'missed') => void): void;
  /**
   * What an earlier run owed and is too old by now goes into the list, too. To be called when the rules are there and before
   * anything is sent.
   */
  takeUp(
    outbox: Pick<OutboxStore, 'owedOf' | 'turnInto'>,
    textOf: (ruleId: string) => RuleText | undefined,
  ): Promise<void>;
  stop(): void;
}

export interface LatenessOptions {
  readonly engine: Pick<Engine, 'view' | 'known'>;
  readonly downtime: Pick<Downtime, 'around' | 'startedAt'>;
  readonly clock: Clock;
  /** Market time in ms. */
  now(): number;
  /** When an instrument was not heard of late, as far as it is known. */
  gapAround(instrument: string, ts: number): { readonly from: number; readonly to: number } | undefined;
  /** All that was missed has been read: what waits to be listed is due. Must not reject. */
  release(): Promise<void>;
}

/** The message that is owed for a firing as a rule. @param now in ms */
export function alertDelivery({ chatKey }: StoredRule, { id }: Firing, now: number): NewDelivery {
  const base = { chatKey, firingId: id, kind: 'alert', payload: null, priority: PRIORITY };
  return { ...base, dedupeKey: `${id}>${chatKey}`, dueAt: now, createdAt: now };
}

const toleranceOf = (text: RuleText | undefined): number => text?.modes.late ?? TOLERANCE_MS;

export function createLateness(options: LatenessOptions): Lateness {
  const { engine, downtime, clock, now } = options;
  const listeners: ((firing: Firing, kind: 'fired' | 'missed') => void)[] = [];
  /** When what was missed is listed at the latest: the same time for all of it, so that it goes out together. */
  let listedAt: number | undefined;
  let cancel: (() => void) | undefined;

  function causeOf({ instrument, ts }: Firing): LateCause | undefined {
    const span = downtime.around(ts, SLACK_MS);
    if (span !== undefined) return { why: 'down', ...span };
    const gap = options.gapAround(instrument, ts);
    return gap && { why: 'gap', venue: splitInstrument(instrument)[0], ...gap };
  }

  /** Waits until no data are missing any more. */
  function awaitRest(): number {
    if (listedAt !== undefined) return listedAt;
    listedAt = clock.now() + LONGEST_WAIT_MS;
    cancel = clock.after(LOOK_MS, look);
    return listedAt;
  }

  function look(): void {
    if (listedAt === undefined) return;
    const isBlind = engine.known().some((instrument) => engine.view(instrument)?.gapSince !== undefined);
    if (isBlind && clock.now() < listedAt) {
      cancel = clock.after(LOOK_MS, look);
      return;
    }
    listedAt = undefined;
    void options.release();
  }

  return {
    deliver(stored, firing, text) {
      const alert = alertDelivery(stored, firing, clock.now());
      const lateMs = now() - firing.ts;
      const cause = lateMs > FOUND_LATE_MS ? causeOf(firing) : undefined;
      if (cause === undefined && lateMs <= SLACK_MS) return alert;
      const isMissed = lateMs > toleranceOf(text());
      for (const listener of listeners) listener(firing, isMissed ? 'missed' : 'fired');
      const payload = cause ?? null;
      return isMissed ? { ...alert, payload, kind: MISSED, dueAt: awaitRest() } : { ...alert, payload };
    },
    async takeUp(outbox, textOf) {
      const last = downtime.around(downtime.startedAt, 0);
      const owed = await outbox.owedOf('alert', now() - SLACK_MS, clock.now());
      const old = owed.filter(({ ruleId, ts }) => now() - ts > toleranceOf(textOf(ruleId)));
      if (old.length === 0) return;
      const cause: LateCause | undefined = last && { why: 'down', ...last };
      const ids = old.map(({ id }) => id);
      await outbox.turnInto(MISSED, ids, cause, awaitRest());
    },
    onLate: (listener) => listeners.push(listener),
    stop() {
      cancel?.();
    },
  };
}
