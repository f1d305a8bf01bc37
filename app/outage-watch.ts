import { type OutageKind, outageMessage, outageOverMessage } from '../commands/outage-message.ts';
import type { NewDelivery } from '../db/delivery-rows.ts';
import type { Outage, OutageStore } from '../db/outages.ts';
import type { StoredRule } from '../db/rules.ts';
import type { Clock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent, FeedEvent } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { HOUR, MINUTE, parseInterval, SECOND } from '../engine/market/interval.ts';
import type { Firing } from '../engine/rules/rule.ts';
import type { FiringWriter } from './firing-writer.ts';
import { createGapSpans, type GapSpans } from './gap-spans.ts';
import type { Refusal } from './stream-watch.ts';

const LOOK_MS = 5 * SECOND;
/** Chats that are told in one go: some 10 ms. The others follow soon. */
const MOST_AT_ONCE = 200;
const SOON_MS = 50;
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

/** Tells chats once of an outage that blinds their rules and feeds, and once that it is over. */
export interface OutageWatch extends GapSpans {
  /** Takes up what an earlier run told chats of; to be called before the rules run. */
  load(): Promise<void>;
  /** A rule fired in a time in which it was blind. */
  found(firing: Firing, kind: 'fired' | 'missed'): void;
  start(): void;
  stop(): void;
}

export interface OutageWatchOptions {
  readonly engine: Pick<Engine, 'gapSince' | 'known'>;
  readonly market: {
    onEvent(listener: (event: FeedEvent | EngineEvent) => void): void;
    onRefused(listener: (refusal: Pick<Refusal, 'instrument'>) => void): void;
    now(): number;
  };
  readonly watchers: {
    get(id: string): Watcher | undefined;
    /** Instruments that it looks at. */
    markets(id: string): readonly string[];
    isBlind(id: string): boolean;
  };
  readonly writer: Pick<FiringWriter, 'add'>;
  readonly store: Pick<OutageStore, 'open'>;
  readonly clock: Clock;
  /** Failed tries of a venue to connect since it was last there. */
  tries(venue: string): number;
}

/** A rule, or a feed of signals by its strategy's id: what can be blind. */
export type Watcher = Pick<StoredRule, 'chatKey' | 'instrument' | 'text'> & { readonly isFeed?: boolean };

/** One chat's blindness by one cause, from its first sign until it has been over for a while. */
interface Group {
  readonly key: string;
  readonly chatKey: string;
  readonly venue: string;
  readonly what: OutageKind;
  readonly startedAt: number;
  /** Rules and feeds that are blind now, and the feeds among them. */
  readonly blind: Set<string>;
  readonly blindFeeds: Set<string>;
  /** How many were at once, at most. */
  alerts: number;
  feeds: number;
  /** One that sees again. */
  seeing: string | undefined;
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
  signals: number;
}

const keyOf = (chatKey: string, venue: string, what: OutageKind): string => `${chatKey} ${venue} ${what}`;

export function createOutageWatch(options: OutageWatchOptions): OutageWatch {
  const { engine, market, watchers, writer, clock } = options;
  const groups = new Map<string, Group>();
  /** Outages that were told and ended, by group: when, and after how many others. */
  const ended = new Map<string, { at: number; doublings: number }>();
  const spans = createGapSpans(engine);
  /** What a venue does not give at all: its rules' chats are told of that by itself. */
  const refused = new Set<string>();
  let cancel: (() => void) | undefined;

  market.onRefused(({ instrument }) => refused.add(instrument));
  market.onEvent((event) => {
    if (event.type === 'strategy-blind') (event.isBlind ? blinded : sees)(event.strategyId, event.ts);
    else if (event.type === 'signal') noted(event.signal.strategyId, 'signals');
    else if (event.type !== 'rule-state') return;
    else if (event.to === 'stale' && event.from !== 'stale') blinded(event.ruleId, event.ts);
    else if (event.from === 'stale' && event.to !== 'stale') sees(event.ruleId, event.ts);
  });

  function blinded(id: string, ts: number): void {
    const stored = watchers.get(id);
    if (stored === undefined) return;
    const markets = watchers.markets(id);
    spans.look(markets, ts);
    const missing = markets.find((each) => engine.gapSince(each) !== undefined);
    const [venue] = splitInstrument(missing ?? markets[0] ?? stored.instrument);
    const since = missing === undefined ? undefined : engine.gapSince(missing);
    const group = open(stored.chatKey, venue, missing === undefined ? 'facts' : 'trades', since);
    if (group.blind.size === 0) group.stops++;
    group.blind.add(id);
    if (stored.isFeed === true) group.blindFeeds.add(id);
    group.alerts = Math.max(group.alerts, group.blind.size - group.blindFeeds.size);
    group.feeds = Math.max(group.feeds, group.blindFeeds.size);
    group.clearAt = undefined;
    group.dueAt = Math.min(group.dueAt, group.startedAt + patienceOf(stored, group.doublings));
  }

  function sees(id: string, ts: number): void {
    const markets = watchers.markets(id);
    spans.look(markets, ts);
    for (const instrument of markets) refused.delete(instrument);
    const group = groupOf(id);
    if (group === undefined) return;
    lift(group, id);
    group.seeing = id;
    if (group.blind.size === 0) group.clearAt = market.now();
  }

  function lift(group: Group, id: string): void {
    group.blind.delete(id);
    group.blindFeeds.delete(id);
  }

  /** It came of a rule or a feed in a time in which that was blind. */
  function noted(id: string, what: 'fired' | 'missed' | 'signals'): void {
    const group = groupOf(id);
    if (group === undefined) return;
    group[what]++;
    // With the firing: whoever ends the outage after a crash must know of it.
    if (group.told !== undefined) writer.add({ outages: [row(group)] });
  }

  /** In which a rule or a feed is blind. No map of them: after a start all are blind for a moment. */
  function groupOf(id: string): Group | undefined {
    const stored = watchers.get(id);
    if (stored === undefined) return undefined;
    for (const instrument of [...watchers.markets(id), stored.instrument]) {
      const [venue] = splitInstrument(instrument);
      for (const what of ['trades', 'facts'] as const) {
        const group = groups.get(keyOf(stored.chatKey, venue, what));
        if (group?.blind.has(id)) return group;
      }
    }
    return undefined;
  }

  function open(chatKey: string, venue: string, what: OutageKind, since = market.now()): Group {
    const key = keyOf(chatKey, venue, what);
    const known = groups.get(key);
    if (known !== undefined) return known;
    const before = ended.get(key);
    const isAgain = before !== undefined && market.now() - before.at < AGAIN_MS * 2 ** before.doublings;
    const doublings = isAgain ? Math.min(before.doublings + 1, MOST_DOUBLINGS) : 0;
    return add({ key, chatKey, venue, what, doublings, startedAt: since });
  }

  function add(begun: Pick<Group, 'key' | 'chatKey' | 'venue' | 'what' | 'doublings' | 'startedAt'>): Group {
    const counts = { alerts: 0, feeds: 0, stops: 0, fired: 0, missed: 0, signals: 0, symbols: [] };
    const unknown = { seeing: undefined, told: undefined, clearAt: undefined };
    const blind = { blind: new Set<string>(), blindFeeds: new Set<string>() };
    const group: Group = { ...begun, ...counts, ...unknown, ...blind, dueAt: Number.POSITIVE_INFINITY };
    groups.set(group.key, group);
    return group;
  }

  function look(): void {
    const now = market.now();
    const deliveries: NewDelivery[] = [];
    const outages: Outage[] = [];
    for (const group of groups.values()) {
      dropGone(group);
      const message = group.clearAt === undefined ? begin(group, now) : end(group, now, group.clearAt);
      if (message !== undefined) deliveries.push(message);
      if (message !== undefined || (group.told !== undefined && !groups.has(group.key))) outages.push(row(group));
      if (outages.length === MOST_AT_ONCE) break;
    }
    cancel = clock.after(outages.length === MOST_AT_ONCE ? SOON_MS : LOOK_MS, look);
    if (outages.length > 0) writer.add({ deliveries, outages });
    for (const [key, { at }] of ended) if (now - at > 24 * HOUR) ended.delete(key);
  }

  /** Rules that were removed while they were blind. */
  function dropGone(group: Group): void {
    for (const id of group.blind) {
      const isThere = watchers.get(id) !== undefined;
      if (isThere && watchers.isBlind(id)) break;
      lift(group, id);
      // Its chat has moved meanwhile.
      if (isThere) group.seeing = id;
    }
    if (group.blind.size === 0) group.clearAt ??= market.now();
  }

  function begin(group: Group, now: number): NewDelivery | undefined {
    if (group.told !== undefined || now < group.dueAt) return undefined;
    const { venue, what, stops, startedAt, blind } = group;
    const untold = [...blind].filter((id) => !watchers.markets(id).some((each) => refused.has(each)));
    if (untold.length === 0) return undefined;
    const feeds = untold.filter((id) => group.blindFeeds.has(id)).length;
    group.told = now;
    group.symbols = missingAlone(venue, untold);
    const facts = { venue, what, stops, symbols: group.symbols, tries: options.tries(venue) };
    return owed(
      group,
      'outage',
      outageMessage({ ...facts, alerts: untold.length - feeds, feeds, ms: now - startedAt }),
    );
  }

  /** The symbols that blind these rules; none where nothing of the venue is heard. */
  function missingAlone(venue: string, ids: readonly string[]): readonly string[] {
    const mine = engine.known().filter((each) => splitInstrument(each)[0] === venue);
    const isMissing = (each: string): boolean => engine.gapSince(each) !== undefined;
    if (mine.every(isMissing)) return [];
    const missing = new Set(ids.flatMap((id) => watchers.markets(id).filter(isMissing)));
    return [...missing].map((each) => splitInstrument(each)[1]);
  }

  function end(group: Group, now: number, clearAt: number): NewDelivery | undefined {
    if (now - clearAt < SETTLE_MS * 2 ** group.doublings) return undefined;
    groups.delete(group.key);
    if (group.told === undefined) return undefined;
    ended.set(group.key, { at: now, doublings: group.doublings });
    // Nobody is left who would want to know.
    if (group.seeing === undefined || watchers.get(group.seeing) === undefined) return undefined;
    return owed(group, 'outage-over', outageOverMessage({ ...group, ms: clearAt - group.startedAt }));
  }

  /** Where its rules are by now: the chat may have moved. */
  function chatOf({ chatKey, seeing, blind }: Group): string {
    const [id = seeing] = blind;
    return (id === undefined ? undefined : watchers.get(id)?.chatKey) ?? chatKey;
  }

  function owed(group: Group, kind: string, payload: unknown): NewDelivery {
    const [chatKey, created] = [chatOf(group), clock.now()];
    const dedupeKey = `${kind} ${group.venue} ${group.what} ${group.startedAt}>${chatKey}`;
    return { dedupeKey, chatKey, kind: 'notice', payload, priority: PRIORITY, dueAt: created, createdAt: created };
  }

  function row(group: Group): Outage {
    const { venue, what, startedAt, alerts, feeds, fired, missed, signals, clearAt } = group;
    const endedAt = groups.has(group.key) ? undefined : clearAt;
    const cause = what === 'trades' ? venue : `${venue} ${what}`;
    return { chatKey: chatOf(group), cause, alerts, feeds, startedAt, endedAt, fired, missed, signals };
  }

  return {
    ...spans,
    async load() {
      for (const { chatKey, cause, startedAt, ...counts } of await options.store.open()) {
        const { alerts, feeds, fired, missed, signals } = counts;
        const [venue, kind] = cause.split(' ');
        const what = kind === 'facts' ? 'facts' : 'trades';
        const group = add({ key: keyOf(chatKey, venue, what), chatKey, venue, what, doublings: 0, startedAt });
        Object.assign(group, { told: startedAt, alerts, feeds, fired, missed, signals });
      }
    },
    found: ({ ruleId }, kind) => noted(ruleId, kind),
    start: () => look(),
    stop: () => cancel?.(),
  };
}

/** The second word of a canonical text is the rule's interval: nothing else of it has to be read. */
function patienceOf({ text }: Watcher, doublings: number): number {
  const interval = parseInterval(text.split(' ', 2)[1] ?? '') ?? MINUTE;
  const patience = Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, interval * PATIENCE_SHARE));
  return Math.min(LONGEST_PATIENCE_MS, patience * 2 ** doublings);
}
