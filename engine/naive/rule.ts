import type { RuleText } from '../language/ast.ts';
import type { Firing, RuleState } from '../rules/rule.ts';
import { type NaiveComparison, testOf } from './condition.ts';
import type { NaiveMarket } from './market.ts';

/** What is compared of a firing: all but the names of its values. */
export type NaiveFiring = Omit<Firing, 'values'> & {
  readonly values: readonly Omit<Firing['values'][number], 'series'>[];
};

/** The life of one rule, as the page on the language tells it. Times in ms. */
export interface NaiveRule {
  readonly onClose: boolean;
  readonly life: { readonly firings: number; readonly lastFiredAt: number | undefined };
  readonly state: RuleState;
  readonly truth: boolean;
  readonly suppressed: number;
  /** When time brings something about next; infinite where never. */
  readonly next: number;
  readonly instruments: ReadonlySet<string>;
  /** Asks its condition. `tradeId` of the trade at `ts`; undefined at a close. */
  look(ts: number, tradeId: string | undefined): void;
  /** Takes the truth as it is, without firing. */
  settle(): void;
  /** `next` has come. */
  due(): void;
  pause(until: number | undefined): void;
  resume(ts: number): void;
}

interface Life {
  state: RuleState;
  truth: boolean;
  ready: boolean;
  suppressed: number;
  firings: number;
  lastFiredAt: number | undefined;
  watchesFrom: number;
  pendingSince: number | undefined;
  mutedUntil: number | undefined;
}

export function createNaiveRule(
  id: string,
  text: RuleText,
  ts: number,
  market: NaiveMarket,
  inherits: NaiveRule['life'] | undefined,
  fired: (firing: NaiveFiring) => void,
): NaiveRule {
  const { modes, instrument } = text;
  const comparisons: NaiveComparison[] = [];
  const reading = { market, onClose: modes.onClose, comparisons };
  const test = testOf(text.condition, { ...reading, lasting: modes.hold !== undefined });
  const shown = comparisons.length;
  const back = modes.rearm && testOf(modes.rearm, { ...reading, lasting: true });
  const gate = modes.gate && testOf(modes.gate, { ...reading, lasting: true });
  const life: Life = {
    state: 'armed',
    truth: false,
    ready: false,
    suppressed: 0,
    firings: inherits?.firings ?? 0,
    lastFiredAt: inherits?.lastFiredAt,
    watchesFrom: ts,
    pendingSince: undefined,
    mutedUntil: undefined,
  };

  function fire(at: number, tradeId: string | undefined): void {
    const { lastFiredAt } = life;
    life.pendingSince = undefined;
    life.state = 'fired';
    if (lastFiredAt !== undefined && at <= lastFiredAt) return;
    if (modes.every !== undefined && lastFiredAt !== undefined && at - lastFiredAt < modes.every) {
      life.suppressed++;
      return;
    }
    life.firings++;
    life.lastFiredAt = at;
    const { price } = market.instrument(instrument);
    const values = comparisons.slice(0, shown).map((comparison) => comparison.named());
    const { firings, suppressed } = life;
    fired({ id: `${id}.${firings}`, ruleId: id, ts: at, instrument, price, values, tradeId, suppressed });
    life.suppressed = 0;
    if (modes.once) life.state = 'done';
  }

  /** Whether what it fired for is over, so that it may fire anew. */
  const isOver = (): boolean => (back === undefined ? !life.truth : back.ask());

  function takeAsItIs(rises: boolean): void {
    if (life.state === 'armed' && rises) life.state = 'fired';
    else if (life.state === 'pending' && !life.truth) rearm();
    if (life.state === 'fired' && isOver()) rearm();
  }

  function rearm(): void {
    life.state = 'armed';
    life.pendingSince = undefined;
  }

  function turn(truth: boolean, at: number, tradeId: string | undefined): void {
    lookAtGate();
    const rises = truth && !life.truth;
    life.truth = truth;
    if (at < life.watchesFrom) takeAsItIs(rises);
    else if (life.state === 'armed' && rises) {
      if (modes.hold === undefined) fire(at, tradeId);
      else {
        life.state = 'pending';
        life.pendingSince = at;
      }
    } else if (['muted', 'suspended'].includes(life.state) && rises) life.suppressed++;
    else if (life.state === 'pending' && !truth) rearm();
    if (life.state === 'fired' && isOver()) rearm();
  }

  function settle(): void {
    for (const comparison of comparisons) comparison.look();
    if (comparisons.some(({ holds }) => holds === undefined)) return;
    life.ready = true;
    test.rest();
    const rises = !life.truth && test.ask();
    life.truth = test.ask();
    takeAsItIs(rises);
    lookAtGate();
  }

  /** Where it opens what is true already waits for the next time; what it had fired for is forgotten. */
  function lookAtGate(): void {
    if (gate === undefined) return;
    const isOpen = gate.ask();
    if (!isOpen && ['armed', 'pending', 'fired'].includes(life.state)) leave('suspended');
    if (!isOpen || life.state !== 'suspended') return;
    leave(life.truth ? 'fired' : 'armed');
    if (life.truth && isOver()) rearm();
  }

  function look(at: number, tradeId: string | undefined): void {
    if (!life.ready) {
      settle();
      return;
    }
    for (const comparison of comparisons) comparison.look();
    turn(test.ask(), at, tradeId);
    if (test.rest()) turn(test.ask(), at, tradeId);
  }

  function leave(state: RuleState): void {
    life.state = state;
    life.pendingSince = undefined;
  }

  const isActive = (): boolean => !['paused', 'done', 'expired'].includes(life.state);
  const times = (): { hold: number; mute: number; until: number } => ({
    hold: life.state === 'pending' ? life.pendingSince! + modes.hold! : Number.POSITIVE_INFINITY,
    mute: life.state === 'muted' ? life.mutedUntil! : Number.POSITIVE_INFINITY,
    until: modes.until !== undefined && isActive() ? modes.until : Number.POSITIVE_INFINITY,
  });

  function due(): void {
    const { hold, mute, until } = times();
    const at = Math.min(hold, mute, until);
    if (hold === at) fire(hold, undefined);
    else if (mute === at) leave(life.truth ? 'fired' : 'armed');
    else leave('expired');
    if (life.state === 'fired' && isOver()) rearm();
    if (mute === at && life.ready) lookAtGate();
  }

  settle();
  return {
    onClose: modes.onClose,
    instruments: new Set([instrument, ...comparisons.flatMap((comparison) => [...comparison.instruments])]),
    get life() {
      return { firings: life.firings, lastFiredAt: life.lastFiredAt };
    },
    get state() {
      return life.state;
    },
    get truth() {
      return life.truth;
    },
    get suppressed() {
      return life.suppressed;
    },
    get next() {
      const { hold, mute, until } = times();
      return Math.min(hold, mute, until);
    },
    look,
    settle,
    due,
    pause(until) {
      if (life.state === 'done' || life.state === 'expired') return;
      life.mutedUntil = until;
      leave(until === undefined ? 'paused' : 'muted');
    },
    resume(at) {
      if (life.state === 'expired') return;
      life.watchesFrom = at;
      leave(life.truth ? 'fired' : 'armed');
      if (life.state === 'fired' && isOver()) rearm();
      if (life.ready) lookAtGate();
    },
  };
}
