import { bookFact, isOfBook } from './market/book-facts.ts';
import type { BookEvent, EngineEvent, FactEvent, FactGapEvent, FactsEvent } from './market/events.ts';
import { Facts, factKey, splitFactKey } from './market/facts.ts';
import { lookup } from './series/catalog.ts';
import type { Plan } from './series/plan.ts';
import { factsWanted } from './series/wanted.ts';

/** A fact as it stands now; times in ms. */
export interface FactView {
  readonly name: string;
  readonly instrument: string | undefined;
  readonly value: number;
  /** When it became known. */
  readonly at: number;
  /** Values that came after a newer one and were left out. */
  readonly late: number;
}

/** What came of a fact: what is moved by it, or why it was not taken. */
export type FactOutcome = { readonly key: string } | 'late' | 'malformed';

/** Where facts come in: keeps them, says what has to be loaded, and which order books somebody looks at. */
export interface FactDesk {
  readonly facts: Facts;
  /** @param at when it becomes known, in ms */
  take(event: FactEvent, at: number): FactOutcome;
  /** @returns the key of the fact whose history changed */
  learn(event: FactsEvent): string | undefined;
  /** What a book says of the facts that somebody looks at. */
  read(book: BookEvent, at: number): readonly FactOutcome[];
  /** What these plans read of the past is kept and asked for. */
  want(plans: readonly Plan[]): void;
  /** A series of these facts begins to be computed, or is not any more. */
  use(keys: readonly string[], on: boolean): void;
  /** A fact stopped coming, or comes again. */
  gap(event: FactGapEvent): void;
  /** Since when one of the keys' facts does not come any more, in ms; undefined where all come. */
  gapSince(keys: readonly string[]): number | undefined;
  /** Nothing is kept of an instrument. */
  forget(instrument: string): void;
  view(name: string, instrument: string | undefined): FactView | undefined;
  /** Names of those of the keys' facts that never came, neither of an instrument nor of none. */
  missing(keys: readonly string[]): readonly string[];
}

/** The name that the language has for a fact. */
export function factName(name: string): string {
  const entry = lookup(name);
  return entry?.input === 'fact' ? entry.name : name.toLowerCase();
}

/** Stands for all facts of an order book. */
const BOOK = 'book';

const isName = (name: string): boolean => /^[a-z_][a-z0-9_.]{0,63}$/.test(name);

export function createFactDesk(emit: (event: EngineEvent) => void): FactDesk {
  const facts = new Facts();
  /** How far back each was asked for, in ms. */
  const asked = new Map<string, number>();
  /** How many plans look at each fact of an order book. */
  const ofBook = new Map<string, Map<string, number>>();

  /** Since when each does not come, in ms. */
  const gaps = new Map<string, number>();

  function gapOf(key: string): number | undefined {
    const { name, instrument } = splitFactKey(key);
    return gaps.get(key) ?? (isOfBook(name) ? gaps.get(factKey(BOOK, instrument)) : undefined);
  }

  function want(plan: Plan): void {
    for (const [key, ms] of factsWanted(plan)) {
      const { name, instrument } = splitFactKey(key);
      facts.open(key).widen(ms);
      if (isOfBook(name) || (asked.get(key) ?? 0) >= ms) continue;
      asked.set(key, ms);
      emit({ type: 'facts-needed', name, instrument, ms });
    }
  }

  function count(instrument: string, key: string, more: 1 | -1): void {
    const keys = ofBook.get(instrument) ?? new Map<string, number>();
    const left = (keys.get(key) ?? 0) + more;
    const wasWatched = keys.size > 0;
    if (left > 0) keys.set(key, left);
    else {
      keys.delete(key);
      // What the book said last is not what it says once nobody reads it.
      facts.drop(key);
    }
    if (keys.size > 0) ofBook.set(instrument, keys);
    else ofBook.delete(instrument);
    if (wasWatched !== keys.size > 0) emit({ type: 'book-wanted', instrument, on: keys.size > 0 });
  }

  return {
    facts,
    take(event, at) {
      const { instrument, ts, value } = event;
      const name = factName(event.name);
      if (!(Number.isFinite(value) && ts > 0 && ts < Number.POSITIVE_INFINITY && isName(name))) return 'malformed';
      const key = factKey(name, instrument);
      if (!facts.open(key).take({ ts, at, value })) return 'late';
      emit({ type: 'fact-taken', name, instrument, ts, at, value });
      return { key };
    },
    learn({ name, instrument, points }) {
      const key = factKey(factName(name), instrument);
      const sound = points.filter(({ ts, at, value }) => [ts, at, value].every(Number.isFinite));
      return facts.open(key).learn(sound) ? key : undefined;
    },
    read(book, at) {
      const keys = ofBook.get(book.instrument);
      if (keys === undefined) return [];
      return [...keys.keys()].flatMap((key): readonly FactOutcome[] => {
        const value = bookFact(splitFactKey(key).name, book);
        if (Number.isNaN(value)) return [];
        return facts.open(key).take({ ts: book.ts, at, value }) ? [{ key }] : ['late'];
      });
    },
    want: (plans) => plans.forEach(want),
    use(keys, on) {
      for (const key of keys) {
        const { name, instrument } = splitFactKey(key);
        if (instrument !== undefined && isOfBook(name)) count(instrument, key, on ? 1 : -1);
      }
    },
    gap({ name, instrument, open, from }) {
      const key = factKey(factName(name), instrument);
      if (!open) gaps.delete(key);
      else if (!gaps.has(key)) gaps.set(key, from);
    },
    gapSince: (keys) => (gaps.size === 0 ? undefined : keys.map(gapOf).find((from) => from !== undefined)),
    forget(instrument) {
      facts.dropAll(instrument);
      for (const map of [asked, gaps]) {
        for (const key of [...map.keys()]) if (key.startsWith(`${instrument} `)) map.delete(key);
      }
    },
    missing(keys) {
      const known = new Set(
        keys.filter((key) => (facts.get(key)?.length ?? 0) > 0).map((key) => splitFactKey(key).name),
      );
      return [...new Set(keys.map((key) => splitFactKey(key).name))].filter((name) => !known.has(name));
    },
    view(name, instrument) {
      const line = facts.get(factKey(factName(name), instrument));
      if (line === undefined || line.length === 0) return undefined;
      return { name: factName(name), instrument, value: line.value, at: line.newestAt, late: line.late };
    },
  };
}
