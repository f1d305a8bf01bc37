import { Engine } from '../engine.ts';
import type { PositionSide, StrategyText } from '../language/strategy-ast.ts';
import { type BarColumns, barAt } from '../market/bar-history.ts';
import type { Bar, EngineEvent, MarketEvent } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import { beginning, columnsOf, type HistoryColumns, learn, type ToldFact } from '../preflight/replay.ts';
import type { ReplayPlan } from '../preflight/replay-plan.ts';
import { tellerOf } from '../preflight/told.ts';
import { endOf, eventsOf } from '../preflight/walk.ts';
import { Account, type BacktestTrade } from './account.ts';
import { costsOf } from './costs.ts';
import type { FundingPayments } from './funding.ts';

/** What a strategy would have done. Times in ms; the equity begins with 1. */
export interface Backtest {
  /** Since when its series had values. */
  readonly from: number;
  readonly to: number;
  /** Length of a walked bar, in ms. */
  readonly walked: number;
  readonly trades: readonly BacktestTrade[];
  /** The end of each walked bar, what was owned then, and whether anything was held in it. */
  readonly times: Float64Array;
  readonly equity: Float64Array;
  readonly invested: Uint8Array;
  /** What the instruments, bought in equal parts at the beginning, were worth, after the fee of buying. */
  readonly held: Float64Array;
  /** Worth of all fills. */
  readonly traded: number;
  /** Funding that was received less what was paid, and how many times; undefined where no rates are known. */
  readonly funding: { readonly received: number; readonly times: number } | undefined;
  readonly signals: number;
  /** Signals without capital, and moments that no signal came of. */
  readonly unfunded: number;
  readonly skipped: number;
}

/**
 * Runs a strategy over bars with the engine that runs it live. A signal is filled at the next price, which is the open of the next
 * walked bar; within a bar what is bad for a position comes before what is good for it, so that a bar that touches stop and target
 * ends at the stop. What is held at the end is left at the last price.
 *
 * @returns undefined where its series never had values
 */
export function backtest(
  text: StrategyText,
  plan: ReplayPlan,
  history: readonly HistoryColumns[],
  told: readonly ToldFact[] = [],
  funding: readonly FundingPayments[] = [],
): Backtest | undefined {
  const from = beginning(plan, history);
  if (from === undefined) return undefined;
  const run = new Run(text, plan, history, funding);
  run.begin(from, told);
  return run.result();
}

const ID = 'backtest';

interface Lane {
  readonly instrument: string;
  readonly columns: BarColumns;
  at: number;
}

class Run {
  private readonly engine = new Engine();
  private readonly account: Account;
  /** What of a unit of money is left when it was spent on an instrument. */
  private readonly paid: number;
  private readonly text: StrategyText;
  private readonly plan: ReplayPlan;
  private readonly history: readonly HistoryColumns[];
  private readonly funding: (FundingPayments & { next: number })[];
  /** The side that each instrument is held on. */
  private readonly sides = new Map<string, PositionSide>();
  private readonly times: number[] = [];
  private readonly equity: number[] = [];
  private readonly invested: number[] = [];
  private readonly held: number[] = [];
  /** What each instrument cost when the strategy could have begun. */
  private readonly first = new Map<string, number>();
  private readonly last = new Map<string, number>();
  private signals = 0;
  private wasInvested = false;
  private readyFrom: number | undefined;

  constructor(
    text: StrategyText,
    plan: ReplayPlan,
    history: readonly HistoryColumns[],
    funding: readonly FundingPayments[],
  ) {
    this.text = text;
    this.plan = plan;
    this.history = history;
    this.funding = funding.filter(({ times }) => times.length > 0).map((payments) => ({ ...payments, next: 0 }));
    const costs = costsOf(text);
    this.account = new Account(costs);
    this.paid = 1 / ((1 + costs.fee) * (1 + costs.slippage));
  }

  begin(from: number, told: readonly ToldFact[]): void {
    const { plan } = this;
    this.apply({ type: 'strategy-set', ts: from, strategy: { id: ID, text: this.text } });
    for (const part of this.history) learn((event) => this.apply(event), plan, part, from);
    const tell = tellerOf(told, from, (event) => this.apply(event));
    this.awaken(from);
    this.walk(from, tell);
    tell(plan.to);
    this.fund(plan.to);
    this.apply({ type: 'clock', ts: plan.to });
    this.account.close(plan.to);
    if (this.equity.length > 0) this.equity[this.equity.length - 1] = this.account.equity;
  }

  private awaken(ts: number): void {
    if (this.readyFrom === undefined && this.engine.strategy(ID)?.ready) this.readyFrom = ts;
  }

  private apply(event: MarketEvent): void {
    const events = this.engine.apply(event);
    for (let i = 0; i < events.length; i++) this.note(events[i]!);
  }

  private note(event: EngineEvent): void {
    if (event.type === 'signal') {
      this.signals++;
      this.account.raised(event.signal);
    } else if (event.type === 'signal-event') {
      const { instrument, side, what } = event.event;
      this.account.moved(event.event);
      if (what === 'opened') this.sides.set(instrument, side);
      else this.sides.delete(instrument);
      if (this.account.isInvested) this.wasInvested = true;
    }
  }

  /** Bars of several instruments go in step with one another. */
  private walk(from: number, tell: (until: number) => void): void {
    const { walked, instruments } = this.plan;
    const lanes = instruments.map((instrument): Lane => {
      const columns = columnsOf(this.history, instrument, walked)!;
      return { instrument, columns, at: columns.start.findIndex((start) => start >= from) };
    });
    for (;;) {
      let now = Number.POSITIVE_INFINITY;
      for (const { columns, at } of lanes) {
        if (at >= 0 && at < columns.length) now = Math.min(now, columns.start[at]!);
      }
      if (now === Number.POSITIVE_INFINITY) return;
      this.fund(now);
      if (lanes.length === 1 && walked === MINUTE) this.minute(lanes[0]!, tell);
      else
        this.bars(
          lanes.filter(({ columns, at }) => at >= 0 && columns.start[at] === now),
          now,
          tell,
        );
      if (this.readyFrom === undefined) this.awaken(now + walked);
      else this.sample(now + walked);
    }
  }

  /** What is due up to a time (ms), on what is held before anything is filled at it. */
  private fund(ts: number): void {
    for (const payments of this.funding) {
      const { instrument, times, rates } = payments;
      for (; payments.next < times.length && times[payments.next]! <= ts; payments.next++) {
        this.account.fund(instrument, rates[payments.next]!);
      }
    }
  }

  /** A minute of a single instrument, which is most of what is walked: as `bars`, with nothing made that is thrown away. */
  private minute(lane: Lane, tell: (until: number) => void): void {
    const { instrument } = lane;
    const bar = barAt(lane.columns, lane.at++);
    this.wasInvested = this.account.isInvested;
    if (bar.trades > 0 || bar.volume > 0) {
      tell(bar.start + MINUTE);
      this.apply({ type: 'bars', instrument, interval: MINUTE, bars: [bar] });
    } else this.apply({ type: 'clock', ts: bar.start + MINUTE });
    this.passed(instrument, bar);
  }

  private passed(instrument: string, bar: Bar): void {
    if (this.readyFrom !== undefined && !this.first.has(instrument)) this.first.set(instrument, bar.open);
    this.last.set(instrument, bar.close);
    this.account.mark(instrument, bar.close);
  }

  /** One bar of each instrument that has one. */
  private bars(due: readonly Lane[], now: number, tell: (until: number) => void): void {
    const { walked } = this.plan;
    const bars = due.map((lane) => ({ instrument: lane.instrument, bar: barAt(lane.columns, lane.at++) }));
    const traded = bars.filter(({ bar }) => bar.trades > 0 || bar.volume > 0);
    this.wasInvested = this.account.isInvested;
    const opens = traded.map(({ instrument, bar }) => eventsOf(instrument, walked, bar)[0]!);
    for (const event of opens) {
      tell(endOf(event));
      this.apply(event);
    }
    const rest = traded.map(({ instrument, bar }) => this.worstFirst(instrument, bar));
    for (let step = 1; step < (rest[0]?.length ?? 0); step++) {
      tell(endOf(rest[0]![step]!));
      for (const events of rest) this.apply(events[step]!);
    }
    if (traded.length < bars.length) this.apply({ type: 'clock', ts: now + walked });
    for (const { instrument, bar } of bars) this.passed(instrument, bar);
  }

  private worstFirst(instrument: string, bar: Bar): readonly MarketEvent[] {
    const side = this.sides.get(instrument);
    if (side === undefined) return eventsOf(instrument, this.plan.walked, bar);
    const { open, high, low, close } = bar;
    const extremes = side === 'long' ? [low, high] : [high, low];
    return eventsOf(instrument, this.plan.walked, bar, [open, ...extremes, close]);
  }

  private sample(ts: number): void {
    this.times.push(ts);
    this.equity.push(this.account.equity);
    this.invested.push(this.wasInvested ? 1 : 0);
    this.held.push(this.ofHolding());
  }

  private ofHolding(): number {
    const { instruments } = this.text;
    const { paid } = this;
    let sum = 0;
    for (let i = 0; i < instruments.length; i++) {
      const first = this.first.get(instruments[i]!);
      sum += first === undefined ? 1 : (paid * (this.last.get(instruments[i]!) ?? first)) / first;
    }
    return sum / instruments.length;
  }

  result(): Backtest | undefined {
    const { account, readyFrom: from } = this;
    const { to, walked } = this.plan;
    if (from === undefined || this.times.length === 0) return undefined;
    return {
      ...{ from, to, walked, trades: account.trades, traded: account.traded, unfunded: account.unfunded },
      times: Float64Array.from(this.times),
      equity: Float64Array.from(this.equity),
      invested: Uint8Array.from(this.invested),
      held: Float64Array.from(this.held),
      funding: this.funding.length === 0 ? undefined : { received: account.funding, times: account.fundings },
      signals: this.signals,
      skipped: this.engine.strategy(ID)?.skipped ?? 0,
    };
  }
}
