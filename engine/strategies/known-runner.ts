import { type BarColumns, BarCursor } from '../market/bar-history.ts';
import type { Bar, BarsEvent, EngineEvent, MarketEvent } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import type { Comparison } from '../rules/condition-test.ts';
import type { LiveRule } from '../rules/live-rule.ts';
import { RuleBook } from '../rules/rule-book.ts';
import { KnownGraph, type KnownNode } from '../series/known-graph.ts';
import { isTraded, type WalkedBars } from './known-bars.ts';
import { type KnownMarket, knownMarket } from './known-market.ts';
import type { Calm } from './position.ts';
import { RUN_ID, type StrategyRun, type StrategyRunner } from './runner.ts';
import type { StrategyView } from './signal.ts';
import { StrategyBook } from './strategy-book.ts';

const NOTHING: readonly EngineEvent[] = [];
const NEVER = Number.POSITIVE_INFINITY;

/** An instrument that is walked, and what its closes decide. */
class Lane {
  readonly gapSince: number | undefined = undefined;
  readonly nextClose = NEVER;
  readonly instrument: string;
  /** The series whose bars are closed by this instrument: of several the last one that is walked. */
  nodes: readonly KnownNode<Comparison<LiveRule>>[] = [];
  /** When a threshold may be passed next, in ms. */
  nextPass = NEVER;
  /** Up to when its bars are closed, in ms. */
  closedUntil: number;
  private readonly bars: WalkedBars;
  private readonly walked: number;
  private at: number;
  private price: number;

  constructor(bars: WalkedBars, walked: number, from: number) {
    this.instrument = bars.instrument;
    this.bars = bars;
    this.walked = walked;
    this.closedUntil = from;
    this.at = bars.first;
    this.price = bars.columns.close[bars.first - 1]!;
  }

  /** As of the newest close. */
  get lastPrice(): number {
    const { columns } = this.bars;
    for (; this.at < columns.length && columns.start[this.at]! + this.walked <= this.closedUntil; this.at++) {
      if (isTraded(columns, this.at)) this.price = columns.close[this.at]!;
    }
    return this.price;
  }

  schedule(): void {
    let next = NEVER;
    for (const node of this.nodes) if (node.nextPass < next) next = node.nextPass;
    this.nextPass = next;
  }
}

/**
 * Runs a strategy over bars that are all known: its series are computed over all of them at once, and its rules, positions and books, which
 * are those of the live engine, are asked only where a threshold is passed or something is held.
 *
 * @returns undefined where the strategy wants more than closed bars can tell, or the bars have holes that an engine has to find its way around
 */
export function knownRunner(run: StrategyRun): StrategyRunner | undefined {
  const market = knownMarket(run);
  return market && new KnownRunner(run, market);
}

class KnownRunner implements StrategyRunner {
  private readonly rules: RuleBook;
  private readonly strategies: StrategyBook;
  private readonly lanes: readonly Lane[];
  private readonly byInstrument: ReadonlyMap<string, Lane>;
  private readonly isJoined: boolean;
  private readonly cursor = new BarCursor();
  private events: EngineEvent[] = [];

  constructor({ text, plan, from }: StrategyRun, { lanes, source, isJoined }: KnownMarket) {
    const emit = (event: EngineEvent): void => void this.events.push(event);
    const graph = new KnownGraph<Comparison<LiveRule>>(source, from);
    this.isJoined = isJoined;
    this.lanes = lanes.map((bars) => new Lane(bars, plan.walked, from));
    this.byInstrument = new Map(this.lanes.map((lane) => [lane.instrument, lane]));
    const want = (): void => undefined;
    const instrument = (id: string): Lane => this.byInstrument.get(id)!;
    const heard = (event: EngineEvent): void => void (this.strategies.takes(event) || emit(event));
    const takesChange: StrategyBook['takesChange'] = (...change) => this.strategies.takesChange(...change);
    this.rules = new RuleBook({
      graph,
      instrument,
      nameOf: (id) => id,
      want,
      factGap: () => undefined,
      takesChange,
      emit: heard,
    });
    this.strategies = new StrategyBook({ rules: this.rules, graph, want, emit });
    this.strategies.set({ type: 'strategy-set', ts: from, strategy: { id: RUN_ID, text } });
    for (const node of graph.all) node.awaitPass();
    this.lanes.forEach((lane, i) => {
      lane.nodes = graph.all.filter((node) => this.lastOf(node.instruments) === i);
      lane.schedule();
    });
  }

  private lastOf(instruments: readonly string[]): number {
    return this.lanes.findLastIndex(({ instrument }) => instruments.includes(instrument));
  }

  apply(event: MarketEvent): readonly EngineEvent[] {
    if (event.type === 'bars') this.bars(event);
    else if (event.type === 'clock') for (const lane of this.lanes) this.closeUntil(lane, event.ts);
    return this.taken();
  }

  private taken(): readonly EngineEvent[] {
    if (this.events.length === 0) return NOTHING;
    const { events } = this;
    this.events = [];
    return events;
  }

  private bars({ instrument, bars, isOnWay }: BarsEvent): void {
    const lane = this.byInstrument.get(instrument)!;
    for (const bar of bars) this.bar(lane, bar, isOnWay === true);
  }

  minute(instrument: string, columns: BarColumns, at: number): readonly EngineEvent[] {
    const lane = this.byInstrument.get(instrument)!;
    this.cursor.point(columns, at);
    this.bar(lane, this.cursor, false);
    return this.taken();
  }

  private bar(lane: Lane, bar: Bar, isOnWay: boolean): void {
    const { start } = bar;
    this.closeUntil(lane, start);
    this.strategies.minute(lane.instrument, bar, undefined, isOnWay);
    this.closeUntil(lane, start + MINUTE);
  }

  private closeUntil(lane: Lane, ts: number): void {
    while (lane.nextPass <= ts) {
      const end = lane.nextPass;
      for (const node of lane.nodes) if (node.nextPass === end) node.pass();
      lane.schedule();
      this.goTo(lane, end);
      this.rules.look(end);
      this.strategies.decide();
    }
    if (ts > lane.closedUntil) lane.closedUntil = ts;
  }

  /** The bars of an instrument that end at `end` (ms) are closed; where series join several, those of what is walked before it are, too. */
  private goTo(lane: Lane, end: number): void {
    const { lanes } = this;
    const own = lanes.indexOf(lane);
    for (let i = 0; i < lanes.length; i++) {
      const each = lanes[i]!;
      if (i !== own && !this.isJoined) continue;
      if (i <= own) each.closedUntil = Math.max(each.closedUntil, end);
      const { nodes } = each;
      for (let n = 0; n < nodes.length; n++) nodes[n]!.goTo(i <= own ? end : end - 1);
    }
  }

  view(): StrategyView {
    for (const { nodes, closedUntil } of this.lanes) for (const node of nodes) node.goTo(closedUntil);
    return this.strategies.view(RUN_ID)!;
  }

  narrow(instrument: string, calm: Calm): void {
    const { nextPass } = this.byInstrument.get(instrument)!;
    if (nextPass < calm.until) calm.until = nextPass;
    this.strategies.narrow(instrument, calm);
  }
}
