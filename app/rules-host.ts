import type { RulesPort } from '../commands/ports.ts';
import { breathe } from '../db/breathe.ts';
import type { FiringStore } from '../db/firings.ts';
import type { OutboxStore } from '../db/outbox.ts';
import type { RuleStore, StoredRule } from '../db/rules.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import { UserError } from '../engine/errors.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { parseRule } from '../engine/language/parse.ts';
import { instrumentsOf } from '../engine/language/references.ts';
import { ANY_FACT, type Scope } from '../engine/language/scope.ts';
import type { EngineEvent, RuleSetEvent } from '../engine/market/events.ts';
import { HOUR } from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import { type Firing, isAtRest, type SavedRule } from '../engine/rules/rule.ts';
import { createDelistings, type Delistings } from './delistings.ts';
import type { FiringWriter } from './firing-writer.ts';
import { gateDeliveries } from './gate-notices.ts';
import { alertDelivery, type Lateness } from './lateness.ts';
import type { MarketHost } from './market-host.ts';
import type { Logger } from './part-logger.ts';
import { createRefusals } from './refusals.ts';

/** How long a new rule waits for its history before its chat is answered, in ms: the answer comes at once, what it says later. */
const HISTORY_PATIENCE_MS = 150;
/** Rules that are set running before others get their turn: some 2 ms where each brings a series of its own. */
const SLICE = 10;
/** Rules whose instruments are watched before others get their turn. */
const NEEDS_SLICE = 2_000;

export interface RulesHost extends RulesPort, Delistings {
  /** Sets all stored rules running. */
  load(): Promise<void>;
  /** The stored form of a rule that runs. */
  stored(id: string): StoredRule | undefined;
  /** Instruments that a rule looks at while it runs. */
  markets(id: string): readonly string[];
  /** Stores all that is known of the rules by now. @returns false where the database does not take it for now */
  store(): Promise<boolean>;
  /** Every chat's rules now belong to its new key. */
  moved(oldKey: string, newKey: string): void;
  count(): number;
}

export interface RulesHostOptions {
  readonly engine: Engine;
  readonly market: MarketHost;
  readonly rules: RuleStore;
  readonly firings: FiringStore;
  readonly outbox: OutboxStore;
  readonly writer: FiringWriter;
  readonly clock: Clock;
  /** How a firing is told that was found late; without it, as every other. */
  readonly lateness?: Pick<Lateness, 'deliver'>;
  readonly log: Logger;
}

/** Its text is read again where somebody asks for it: the parsed form weighs as much as all else of a rule. */
interface Running {
  stored: StoredRule;
  /** What is watched for it. */
  readonly markets: readonly string[];
}

/** Nobody saw whether a hold held while the rule was away: it begins anew. */
function withoutHold(saved: SavedRule): SavedRule {
  const { pendingSince, ...rest } = saved;
  return pendingSince === undefined ? saved : { ...rest, state: 'armed', truth: false };
}

/** What can be watched: what stands for all markets of a venue cannot. */
const marketsOf = (text: RuleText): readonly string[] => instrumentsOf(text).filter(isMarket);

/** A stored text names everything in full; it is read without any chat's settings. */
export const STORED_SCOPE: Scope = {
  resolve: (name) => (name.includes(':') ? name.toLowerCase() : undefined),
  suggest: () => [],
  facts: ANY_FACT,
  instrument: undefined,
  interval: HOUR,
  now: Number.NEGATIVE_INFINITY,
  wallTime: (year, month, day, hour, minute) => Date.UTC(year, month - 1, day, hour, minute),
};
const read = (text: string): RuleText => parseRule(text, STORED_SCOPE);

/** Stored rules in the engine: what the engine says of them is stored, and their firings become deliveries. */
export function createRulesHost(options: RulesHostOptions): RulesHost {
  const { engine, market, rules, firings, outbox, writer, clock, log } = options;
  const running = new Map<string, Running>();
  const delistings = createDelistings({ engine, market, rules, writer, clock, running, revive });
  const refusals = createRefusals({ engine, clock, stored: (id) => running.get(id)?.stored });
  market.onEvent((event) => {
    if (event.type === 'fired') writer.add({ firings: [event.firing], deliveries: deliveriesOf(event.firing) });
    else if (event.type === 'rule-state') {
      writer.add({
        states: [event],
        deliveries: gateDeliveries(running.get(event.ruleId)?.stored, event, clock.now()),
      });
      if (isAtRest(event.from) !== isAtRest(event.to)) need(event.ruleId);
    }
  });
  market.onRefused((refusal) => {
    const told = refusals.tell(refusal);
    if (told.length > 0) writer.add({ deliveries: told });
  });

  function deliveriesOf(firing: Firing) {
    const rule = running.get(firing.ruleId);
    if (rule === undefined) return [];
    const late = options.lateness?.deliver(rule.stored, firing, () => textOf(firing.ruleId));
    return [late ?? alertDelivery(rule.stored, firing, clock.now())];
  }

  /** Has the engine run a rule. Who calls has watched what it looks at. */
  function set(
    stored: StoredRule,
    text: RuleText,
    past: Pick<RuleSetEvent, 'saved' | 'inherits'>,
  ): readonly EngineEvent[] {
    running.set(stored.id, { stored, markets: marketsOf(text) });
    const events = market.apply({
      type: 'rule-set',
      ts: market.now(),
      rule: { id: stored.id, text },
      ...past,
    });
    return events;
  }

  /** Has watched what a rule looks at while it is not at rest. */
  function need(id: string): void {
    const markets = running.get(id)?.markets;
    const state = engine.stateOf(id);
    const isIdle = markets === undefined || state === undefined || isAtRest(state);
    market.need(`rule ${id}`, isIdle ? [] : markets);
  }

  /** The text of a rule that runs. */
  function textOf(id: string): RuleText | undefined {
    const stored = running.get(id)?.stored;
    return stored && read(stored.text);
  }

  async function historyOf(text: RuleText): Promise<void> {
    if (!isMarket(text.instrument)) return;
    let cancel: (() => void) | undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = clock.after(HISTORY_PATIENCE_MS, resolve);
    });
    await Promise.race([market.ready(text.instrument).then(() => market.idle()), patience]);
    cancel?.();
  }

  const fresh = (past: Pick<SavedRule, 'firings' | 'lastFiredAt'>): SavedRule => ({
    state: 'armed',
    since: market.now(),
    watchesFrom: market.now(),
    truth: false,
    ...past,
  });

  /** Sets a stored rule running, or says that it is broken. */
  function takeUp(stored: StoredRule): void {
    try {
      const text = read(stored.text);
      set(stored, text, { saved: stored.saved });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      log.error({ err: error, rule: stored.id }, 'a stored rule can no longer be read, it is broken');
      const saved: SavedRule = { ...stored.saved, state: 'broken' };
      const ts = market.now();
      writer.add({
        states: [{ ruleId: stored.id, ts, from: stored.saved.state, to: 'broken', cause: error.message, saved }],
      });
    }
  }

  /** Sets a rule that is over on watch again, as if it were new. */
  function revive(id: string, cause: string, isPaused: boolean): void {
    const item = running.get(id);
    if (item === undefined) return;
    const ts = market.now();
    const inherits = legacy(id);
    const saved = fresh(inherits);
    writer.add({ states: [{ ruleId: id, ts, from: 'broken', to: saved.state, cause, saved }] });
    set({ ...item.stored, saved }, read(item.stored.text), { inherits });
    if (isPaused) market.apply({ type: 'rule-pause', ts, ruleId: id });
    need(id);
  }

  /** What goes over from a rule to what it is changed into: its firings' numbers are never given twice. */
  function legacy(id: string): Pick<SavedRule, 'firings' | 'lastFiredAt'> {
    const saved = engine.rule(id)?.saved;
    return {
      firings: saved?.firings ?? 0,
      ...(saved?.lastFiredAt === undefined ? {} : { lastFiredAt: saved.lastFiredAt }),
    };
  }

  return {
    async load() {
      // What a feed tells of the time since the last run is for every rule.
      const release = market.hold();
      try {
        let inSlice = 0;
        for (const stored of await rules.active()) {
          takeUp(stored);
          if (++inSlice % SLICE === 0) await breathe();
        }
      } finally {
        release();
      }
      let inSlice = 0;
      for (const id of [...running.keys()]) {
        need(id);
        if (++inSlice % NEEDS_SLICE === 0) await breathe();
      }
    },
    store() {
      const ts = market.now();
      const states = engine.takeTurned().map(({ ruleId, saved }) => {
        return { ruleId, ts, from: saved.state, to: saved.state, cause: '', saved, isQuiet: true };
      });
      if (states.length > 0) writer.add({ states });
      return writer.tried();
    },
    stored: (id) => running.get(id)?.stored,
    markets: (id) => running.get(id)?.markets ?? [],
    moved(oldKey, newKey) {
      for (const item of running.values()) {
        if (item.stored.chatKey === oldKey) item.stored = { ...item.stored, chatKey: newKey };
      }
    },
    count: () => running.size,
    ...delistings,
    async create({ chatKey, ownerId, text, rule, definitions = [] }) {
      const saved = fresh({ firings: 0 });
      const stored = await rules.insert({
        chatKey,
        ownerId,
        text,
        instrument: rule.instrument,
        saved,
        createdAt: clock.now(),
        definitions,
      });
      set(stored, rule, {});
      need(stored.id);
      await historyOf(rule);
      return stored;
    },
    async replace(id, text, rule) {
      const inherits = legacy(id);
      // Nothing of the old life may be written over the new one.
      await writer.stored();
      const stored = await rules.replace(id, { text, instrument: rule.instrument, saved: fresh(inherits) });
      if (stored === undefined) return undefined;
      set(stored, rule, { inherits });
      need(stored.id);
      await historyOf(rule);
      return stored;
    },
    get: (id) => rules.get(id),
    byNumber: (chatKey, number) => rules.byNumber(chatKey, number),
    list: (chatKey) => rules.byChat(chatKey),
    async remove(id, cause) {
      const last = engine.rule(id)?.saved;
      running.delete(id);
      refusals.forget(id);
      writer.forget(id);
      market.apply({ type: 'rule-remove', ts: market.now(), ruleId: id });
      need(id);
      return rules.remove(id, clock.now(), cause, last);
    },
    async restore(id, cause) {
      // What was still to be written of it must not come behind what it goes on from.
      await writer.stored();
      const stored = await rules.restore(id, clock.now(), cause);
      if (stored === undefined) return undefined;
      takeUp({ ...stored, saved: withoutHold(stored.saved) });
      need(id);
      return stored;
    },
    removed: (chatKey, limit, number) => rules.removed(chatKey, limit, number),
    async pause(id, until) {
      const mute = until === undefined ? {} : { until };
      market.apply({ type: 'rule-pause', ts: market.now(), ruleId: id, ruleText: textOf(id), ...mute });
      await writer.settled();
    },
    async resume(id) {
      market.apply({ type: 'rule-resume', ts: market.now(), ruleId: id, ruleText: textOf(id) });
      await writer.settled();
    },
    view: (id) => engine.rule(id),
    running: textOf,
    firings: (id, limit) => firings.byRule(id, limit),
    firing: (id) => firings.get(id),
    firingsBetween: (instrument, from, to, chatKey) => firings.byInstrumentBetween(instrument, from, to, chatKey),
    firedBetween: (chatKey, from, to) => firings.countByChat(chatKey, from, to),
    changes: (id, limit) => rules.changes(id, limit),
    deliveries: (firingId) => outbox.byFiring(firingId),
    async told(deliveryId) {
      const rows = await outbox.carriedBy(deliveryId);
      if (rows.length === 0) return undefined;
      const ids = rows.flatMap(({ firingId }) => firingId ?? []);
      const all = await Promise.all(ids.map((id) => firings.get(id)));
      return { chatKey: rows[0].chatKey, ids, firings: all.filter((firing) => firing !== undefined) };
    },
  };
}
