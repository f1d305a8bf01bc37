import type { FactDesk, FactOutcome } from './fact-desk.ts';
import type { BookEvent, EngineEvent, FactEvent, FactsEvent } from './market/events.ts';
import type { Comparison } from './rules/condition-test.ts';
import type { LiveRule } from './rules/live-rule.ts';
import type { RuleBook } from './rules/rule-book.ts';
import type { SeriesGraph } from './series/graph.ts';

/** The way of a fact: it is kept, moves its series, and the rules on these are looked at. Times in ms. */
export class FactFlow {
  private readonly desk: FactDesk;
  private readonly graph: SeriesGraph<Comparison<LiveRule>>;
  private readonly rules: RuleBook;
  private readonly emit: (event: EngineEvent) => void;

  constructor(
    desk: FactDesk,
    graph: SeriesGraph<Comparison<LiveRule>>,
    rules: RuleBook,
    emit: (event: EngineEvent) => void,
  ) {
    this.desk = desk;
    this.graph = graph;
    this.rules = rules;
    this.emit = emit;
  }

  /** A fact becomes known: it may speak of an earlier time than `now`, but nobody knew of it then. @returns the time now */
  fact(event: FactEvent, now: number): number {
    const at = Math.max(event.ts, now);
    return this.spread([this.desk.take(event, at)], event, at) ? at : now;
  }

  book(event: BookEvent, now: number): number {
    const at = Math.max(event.ts, now);
    return this.spread(this.desk.read(event, at), event, at) ? at : now;
  }

  /** What was known before: series are computed anew, and nothing fires. */
  past(event: FactsEvent, now: number): void {
    const key = this.desk.learn(event);
    if (key === undefined) return;
    this.graph.rebuildFact(key);
    this.rules.settleFact(key, now);
  }

  /** Bars are not closed by what becomes known: their trades may be on the way. @returns whether anything was taken */
  private spread(outcomes: readonly FactOutcome[], event: FactEvent | BookEvent, at: number): boolean {
    const { instrument } = event;
    let isTaken = false;
    for (const outcome of outcomes) {
      if (typeof outcome === 'string') {
        this.emit({ type: 'refused', instrument, reason: outcome });
        continue;
      }
      if (!isTaken) this.rules.runTimers(at);
      isTaken = true;
      this.graph.factListOf(outcome.key).follow();
    }
    if (!isTaken) return false;
    this.rules.look(at, true);
    if (instrument !== undefined) this.rules.lookAtResumed(instrument, at, true);
    return true;
  }
}
