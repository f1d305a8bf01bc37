import { type OutageKind, outageMessage, outageOverMessage } from '../commands/outage-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { Outage, OutageStore } from '../db/outages.ts';
import type { StoredRule } from '../db/rules.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, FeedEvent, RuleStateChanged } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { HOUR, MINUTE, parseInterval, SECOND } from '../engine/market/interval.ts';
import type { Firing } from '../engine/rules/rule.ts';
import type { FiringWriter } from './firing-writer.ts';
import { createGapSpans, type GapSpans } from './gap-spans.ts';
import type { Refusal } from './stream-watch.ts';

const LOOK_MS = 5 * SECOND;
/** A rule is told to be blind after this share of its interval, within bounds: two minutes where it looks at bars of five. */
const PATIENCE_SHARE = 0.4;
const [LEAST_PATIENCE_MS, MOST_PATIENCE_MS] = [MINUTE, 10 * MINUTE];
/** Data are back when they have been there for so long, in ms. */
const SETTLE_MS = 30 * SECOND;
/** An outage so soon after the one before belongs to a venue that comes and goes: both waits are twice as long as for that. */
const AGAIN_MS = 15 * MINUTE;
const MOST_DOUBLINGS = 4;
const LONGEST_PATIENCE_MS = 20 * MINUTE;
/** As urgent as an alert: the rules it speaks of say nothing. */
const PRIORITY = 10;

/** Tells chats once of an outage that blinds their rules, and once that it is over. */
export interface OutageWatch extends GapSpans {
  /** Takes up what an earlier run told chats of; to be called before the rules run. */
  load(): Promise<void>;
  /** A rule fired in a time in which it was blind. */
  found(firing: Firing, kind: 'fired' | 'missed'): void;
  start(): void;
  stop(): void;
}

export interface OutageWatchOptions {
  readonly engine: Pick<Engine, 'view' | 'stateOf' | 'known'>;
  readonly market: {
    onEvent(listener: (event: FeedEvent | EngineEvent) => void): void;
    onRefused(listener: (refusal: Pick<Refusal, 'instrument'>) => void): void;
    now(): number;
  };
  readonly rules: {
    stored(id: string): StoredRule | undefined;
    /** Instruments that it looks at. */
    markets(id: string): readonly string[];
  };
  readonly writer: Pick<FiringWriter, 'add'>;
  readonly store: Pick<OutageStore, 'open'>;
  readonly clock: Clock;
  /** Failed tries of a venue to connect since it was last there. */
  tries(venue: string): number;
}

/** One chat's blindness by one cause, from its first sign until it has been over for a while. */
interface Group {
  readonly key: string;
  readonly chatKey: string;
  readonly venue: string;
  readonly what: OutageKind;
  readonly startedAt: number;
  /** Rules that are blind now, and all that were. */
  readonly blind: Set<string>;
  readonly seen: Set<string>;
  /** How often it began. */
  stops: number;
  /** How many outages came shortly after one another before it. */
  readonly doublings: number;
  dueAt: number;
  /** Since when nothing is blind. */
  clearAt: number | undefined;
  told: number | undefined;
  /** What alone was missing when it was told, where others of the venue were heard. */
  symbols: readonly string[];
  fired: number;
  missed: number;
}

export function createOutageWatch(options: OutageWatchOptions): OutageWatch {
  const { engine, market, rules, writer, clock } = options;
  const groups = new Map<string, Group>();
  /** The group of a rule that is or was blind in it. */
  const groupOf = new Map<string, Group>();
  /** Outages that were told and ended, by group: when, and after how many others. */
  const ended = new Map<string, { at: number; doublings: number }>();
  const spans = createGapSpans(engine);
  /** What a venue does not give at all: its rules' chats are told of that by itself. */
  const refused = new Set<string>();
  let cancel: (() => void) | undefined;

  market.onRefused(({ instrument }) => refused.add(instrument));
  market.onEvent((event) => {
    if (event.type !== 'rule-state') return;
    if (event.to === 'stale' && event.from !== 'stale') blinded(event);
    else if (event.from === 'stale' && event.to !== 'stale') sees(event);
  });

  function blinded({ ruleId, ts }: RuleStateChanged): void {
    const stored = rules.stored(ruleId);
    if (stored === undefined) return;
    const markets = rules.markets(ruleId);
    spans.look(markets, ts);
    const missing = markets.find((each) => engine.view(each)?.gapSince !== undefined);
    const [venue] = splitInstrument(missing ?? markets[0] ?? stored.instrument);
    const since = missing === undefined ? undefined : engine.view(missing)?.gapSince;
    const group = open(stored.chatKey, venue, missing === undefined ? 'facts' : 'trades', since);
    if (group.blind.size === 0) group.stops++;
    group.blind.add(ruleId);
    group.seen.add(ruleId);
    group.clearAt = undefined;
    group.dueAt = Math.min(group.dueAt, group.startedAt + patienceOf(stored, group.doublings));
    groupOf.set(ruleId, group);
  }

  function sees({ ruleId, ts }: RuleStateChanged): void {
    const markets = rules.markets(ruleId);
    spans.look(markets, ts);
    for (const instrument of markets) refused.delete(instrument);
    const group = groupOf.get(ruleId);
    if (group === undefined || !group.blind.delete(ruleId)) return;
    if (group.blind.size === 0) group.clearAt = market.now();
  }

  function open(chatKey: string, venue: string, what: OutageKind, since = market.now()): Group {
    const key = `${chatKey} ${venue} ${what}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const before = ended.get(key);
    const isAgain = before !== undefined && market.now() - before.at < AGAIN_MS * 2 ** before.doublings;
    const doublings = isAgain ? Math.min(before.doublings + 1, MOST_DOUBLINGS) : 0;
    return add({ key, chatKey, venue, what, doublings, startedAt: since });
  }

  function add(begun: Pick<Group, 'key' | 'chatKey' | 'venue' | 'what' | 'doublings' | 'startedAt'>): Group {
    const counts = { stops: 0, fired: 0, missed: 0, told: undefined, clearAt: undefined, symbols: [] };
    const group: Group = { ...begun, ...counts, blind: new Set(), seen: new Set(), dueAt: Number.POSITIVE_INFINITY };
    groups.set(group.key, group);
    return group;
  }

  function look(): void {
    cancel = clock.after(LOOK_MS, look);
    const now = market.now();
    const deliveries: NewDelivery[] = [];
    const outages: Outage[] = [];
    for (const group of groups.values()) {
      dropGone(group);
      const message = group.clearAt === undefined ? begin(group, now) : end(group, now, group.clearAt);
      if (message !== undefined) deliveries.push(message);
      if (message !== undefined || (group.told !== undefined && !groups.has(group.key))) outages.push(row(group));
    }
    if (outages.length > 0) writer.add({ deliveries, outages });
    for (const [key, { at }] of ended) if (now - at > 24 * HOUR) ended.delete(key);
  }

  /** Rules that were removed while they were blind. */
  function dropGone(group: Group): void {
    for (const id of group.blind) {
      if (rules.stored(id) !== undefined && engine.stateOf(id) === 'stale') break;
      group.blind.delete(id);
    }
    if (group.blind.size === 0) group.clearAt ??= market.now();
  }

  function begin(group: Group, now: number): NewDelivery | undefined {
    if (group.told !== undefined || now < group.dueAt) return undefined;
    const { venue, what, stops, startedAt, blind } = group;
    const untold = [...blind].filter((id) => !rules.markets(id).some((each) => refused.has(each)));
    if (untold.length === 0) return undefined;
    group.told = now;
    group.symbols = missingAlone(venue, untold);
    const facts = { venue, what, stops, symbols: group.symbols, tries: options.tries(venue) };
    return owed(group, 'outage', outageMessage({ ...facts, alerts: untold.length, ms: now - startedAt }));
  }

  /** The symbols that blind these rules; none where nothing of the venue is heard. */
  function missingAlone(venue: string, ids: readonly string[]): readonly string[] {
    const mine = engine.known().filter((each) => splitInstrument(each)[0] === venue);
    const isMissing = (each: string): boolean => engine.view(each)?.gapSince !== undefined;
    if (mine.every(isMissing)) return [];
    const missing = new Set(ids.flatMap((id) => rules.markets(id).filter(isMissing)));
    return [...missing].map((each) => splitInstrument(each)[1]);
  }

  function end(group: Group, now: number, clearAt: number): NewDelivery | undefined {
    if (now - clearAt < SETTLE_MS * 2 ** group.doublings) return undefined;
    groups.delete(group.key);
    for (const id of group.seen) if (groupOf.get(id) === group) groupOf.delete(id);
    if (group.told === undefined) return undefined;
    ended.set(group.key, { at: now, doublings: group.doublings });
    // Nobody is left who would want to know.
    if (![...group.seen].some((id) => rules.stored(id) !== undefined)) return undefined;
    return owed(group, 'outage-over', outageOverMessage({ ...group, ms: clearAt - group.startedAt }));
  }

  /** Where its rules are by now: the chat may have moved. */
  function chatOf({ chatKey, seen }: Group): string {
    for (const id of seen) return rules.stored(id)?.chatKey ?? chatKey;
    return chatKey;
  }

  function owed(group: Group, kind: string, payload: unknown): NewDelivery {
    const [chatKey, created] = [chatOf(group), clock.now()];
    const dedupeKey = `${kind} ${group.venue} ${group.what} ${group.startedAt}>${chatKey}`;
    return { dedupeKey, chatKey, kind: 'notice', payload, priority: PRIORITY, dueAt: created, createdAt: created };
  }

  function row(group: Group): Outage {
    const { venue, what, startedAt, seen, fired, missed, clearAt } = group;
    const endedAt = groups.has(group.key) ? undefined : clearAt;
    const cause = what === 'trades' ? venue : `${venue} ${what}`;
    return { chatKey: chatOf(group), cause, alerts: seen.size, startedAt, endedAt, fired, missed };
  }

  return {
    ...spans,
    async load() {
      for (const { chatKey, cause, startedAt, fired, missed } of await options.store.open()) {
        const [venue, kind] = cause.split(' ');
        const what = kind === 'facts' ? 'facts' : 'trades';
        const group = add({ key: `${chatKey} ${venue} ${what}`, chatKey, venue, what, doublings: 0, startedAt });
        Object.assign(group, { told: startedAt, fired, missed });
      }
    },
    found(firing, kind) {
      const group = groupOf.get(firing.ruleId);
      if (group === undefined) return;
      group[kind]++;
      // With the firing: whoever ends the outage after a crash must know of it.
      if (group.told !== undefined) writer.add({ outages: [row(group)] });
    },
    start: () => look(),
    stop: () => cancel?.(),
  };
}

/** The second word of a canonical text is the rule's interval: nothing else of it has to be read. */
function patienceOf({ text }: StoredRule, doublings: number): number {
  const interval = parseInterval(text.split(' ', 2)[1] ?? '') ?? MINUTE;
  const patience = Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, interval * PATIENCE_SHARE));
  return Math.min(LONGEST_PATIENCE_MS, patience * 2 ** doublings);
}
