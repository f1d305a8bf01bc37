import type { PositionSide } from '../language/strategy-ast.ts';
import { type BarColumns, barAt } from '../market/bar-history.ts';
import type { Bar, EngineEvent, MarketEvent } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';
import { columnsOf, type ToldFact } from '../preflight/replay.ts';
import { tellerOf } from '../preflight/told.ts';
import { endOf, eventsOf } from '../preflight/walk.ts';
import { Account } from './account.ts';
import type { Backtest } from './backtest.ts';
import { costsOf } from './costs.ts';
import type { FundingPayments } from './funding.ts';
import { isTraded } from './known-bars.ts';
import type { Calm } from './position.ts';
import type { StrategyRun, StrategyRunner } from './runner.ts';

/**
 * Tells a strategy's runner what the market did, and keeps the account of what came of it.
 *
 * @returns undefined where its series never had values
 */
export function walkThrough(
  run: StrategyRun,
  runner: StrategyRunner,
  told: readonly ToldFact[] = [],
  funding: readonly FundingPayments[] = [],
): Backtest | undefined {
  const walk = new Walk(run, runner, funding);
  walk.go(tellerOf(told, run.from, (event) => walk.apply(event)));
  return walk.result();
}

interface Lane {
  readonly instrument: string;
  readonly columns: BarColumns;
  at: number;
  /** Which of its bars come to nothing. */
  readonly calm: Calm;
  readonly mark: { price: number };
  /** What it cost when the strategy could have begun, and costs now; NaN before. */
  first: number;
  last: number;
}

class Walk {
  private readonly run: StrategyRun;
  private readonly runner: StrategyRunner;
  private readonly account: Account;
  /** What of a unit of money is left when it was spent on an instrument. */
  private readonly paid: number;
  private readonly lanes: readonly Lane[];
  /** The strategy's own. */
  private readonly own: readonly Lane[];
  private readonly funding: (FundingPayments & { next: number })[];
  /** The side that each instrument is held on. */
  private readonly sides = new Map<string, PositionSide | undefined>();
  /** What was noted at the ends of bars, and how many times. */
  private readonly times: Float64Array;
  private readonly equity: Float64Array;
  private readonly invested: Uint8Array;
  private readonly held: Float64Array;
  private sampled = 0;
  private signals = 0;
  private wasInvested = false;
  private readyFrom: number | undefined;

  constructor(run: StrategyRun, runner: StrategyRunner, funding: readonly FundingPayments[]) {
    this.run = run;
    this.runner = runner;
    this.funding = funding.filter(({ times }) => times.length > 0).map((payments) => ({ ...payments, next: 0 }));
    const { text, plan, history, from } = run;
    const costs = costsOf(text);
    this.account = new Account(costs);
    this.paid = 1 / ((1 + costs.fee) * (1 + costs.slippage));
    this.lanes = plan.instruments.map((instrument): Lane => {
      const columns = columnsOf(history, instrument, plan.walked)!;
      const at = columns.start.findIndex((start) => start >= from);
      const numbers = { at: at < 0 ? columns.length : at, first: Number.NaN, last: Number.NaN };
      return { instrument, columns, ...numbers, calm: noneOf(), mark: this.account.markOf(instrument) };
    });
    const most = this.lanes.reduce((sum, { columns, at }) => sum + columns.length - at, 0);
    this.times = new Float64Array(most);
    this.equity = new Float64Array(most);
    this.invested = new Uint8Array(most);
    this.held = new Float64Array(most);
    this.own = text.instruments.map((id) => this.lanes.find(({ instrument }) => instrument === id)!);
  }

  go(tell: (until: number) => void): void {
    const { from, plan } = this.run;
    this.awaken(from);
    this.walk(tell);
    tell(plan.to);
    this.fund(plan.to);
    this.apply({ type: 'clock', ts: plan.to });
    this.account.close(plan.to);
    if (this.sampled > 0) this.equity[this.sampled - 1] = this.account.equity;
  }

  private awaken(ts: number): void {
    if (this.readyFrom === undefined && this.runner.view().ready) this.readyFrom = ts;
  }

  apply(event: MarketEvent): void {
    this.noteAll(this.runner.apply(event));
  }

  private noteAll(events: readonly EngineEvent[]): void {
    for (let i = 0; i < events.length; i++) this.note(events[i]!);
  }

  private note(event: EngineEvent): void {
    if (event.type === 'signal') {
      this.signals++;
      this.account.raised(event.signal);
    } else if (event.type === 'signal-event') {
      const { instrument, side, what } = event.event;
      this.account.moved(event.event);
      this.sides.set(instrument, what === 'opened' ? side : undefined);
      if (this.account.isInvested) this.wasInvested = true;
    }
  }

  /** Bars of several instruments go in step with one another. */
  private walk(tell: (until: number) => void): void {
    const { walked } = this.run.plan;
    const { lanes } = this;
    for (let now = this.next(); now !== Number.POSITIVE_INFINITY; now = this.next()) {
      this.fund(now);
      this.wasInvested = this.account.isInvested;
      if (this.readyFrom !== undefined && this.isQuiet(now, now + walked)) this.pass(now);
      else if (lanes.length === 1 && walked === MINUTE) this.minute(lanes[0]!, tell);
      else this.bars(now, tell);
      if (this.readyFrom === undefined) this.awaken(now + walked);
      else this.sample(now + walked);
    }
  }

  /** When the next bar begins, in ms; infinity where there is none. */
  private next(): number {
    const { lanes } = this;
    let now = Number.POSITIVE_INFINITY;
    for (let i = 0; i < lanes.length; i++) {
      const { columns, at } = lanes[i]!;
      if (at < columns.length && columns.start[at]! < now) now = columns.start[at]!;
    }
    return now;
  }

  /** What is due up to a time (ms), on what is held before anything is filled at it. */
  private fund(ts: number): void {
    for (let i = 0; i < this.funding.length; i++) {
      const payments = this.funding[i]!;
      const { instrument, times, rates } = payments;
      for (; payments.next < times.length && times[payments.next]! <= ts; payments.next++) {
        this.account.fund(instrument, rates[payments.next]!);
      }
    }
  }

  /** Whether nothing comes of the bars from `now` to `end` (ms). */
  private isQuiet(now: number, end: number): boolean {
    const { lanes } = this;
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i]!;
      if (!(lane.calm.until > end) || (lane.columns.start[lane.at] === now && !isWithin(lane, lane.at))) return false;
    }
    return true;
  }

  /** What happened may have changed what is to come. */
  private listen(): void {
    const { lanes, runner } = this;
    for (let i = 0; i < lanes.length; i++) {
      const { instrument, calm } = lanes[i]!;
      calm.until = Number.POSITIVE_INFINITY;
      calm.floor = Number.NEGATIVE_INFINITY;
      calm.ceiling = Number.POSITIVE_INFINITY;
      runner.narrow(instrument, calm);
    }
  }

  /** Bars that come to nothing: all that is asked of them is what holding is worth. */
  private pass(now: number): void {
    const { lanes } = this;
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i]!;
      const { columns, at } = lane;
      if (columns.start[at] !== now) continue;
      this.passed(lane, columns.open[at]!, columns.close[at]!);
      lane.at++;
    }
  }

  /** A minute of a single instrument, which is most of what is walked: as `bars`, with nothing made that is thrown away. */
  private minute(lane: Lane, tell: (until: number) => void): void {
    const { instrument, columns } = lane;
    const i = lane.at++;
    const end = columns.start[i]! + MINUTE;
    if (isTraded(columns, i)) {
      tell(end);
      this.noteAll(this.runner.minute(instrument, columns, i));
    } else this.apply({ type: 'clock', ts: end });
    this.passed(lane, columns.open[i]!, columns.close[i]!);
    this.listen();
  }

  private passed(lane: Lane, open: number, close: number): void {
    lane.mark.price = close;
    if (this.readyFrom === undefined) return;
    if (Number.isNaN(lane.first)) lane.first = open;
    lane.last = close;
  }

  /** One bar of each instrument that has one. */
  private bars(now: number, tell: (until: number) => void): void {
    const { walked } = this.run.plan;
    const due = this.lanes.filter(({ columns, at }) => columns.start[at] === now);
    const bars = due.map((lane) => ({ lane, instrument: lane.instrument, bar: barAt(lane.columns, lane.at++) }));
    const traded = bars.filter(({ bar }) => bar.trades > 0 || bar.volume > 0);
    const isCalm = (lane: Lane): boolean => lane.calm.until > now + walked && isWithin(lane, lane.at - 1);
    const told = this.readyFrom === undefined ? traded : traded.filter(({ lane }) => !isCalm(lane));
    const opens = told.map(({ instrument, bar }) => eventsOf(instrument, walked, bar)[0]!);
    for (const event of opens) {
      tell(endOf(event));
      this.apply(event);
    }
    const rest = told.map(({ instrument, bar }) => this.worstFirst(instrument, bar));
    for (let step = 1; step < (rest[0]?.length ?? 0); step++) {
      tell(endOf(rest[0]![step]!));
      for (const events of rest) this.apply(events[step]!);
    }
    if (traded.length < bars.length) this.apply({ type: 'clock', ts: now + walked });
    for (const { lane, bar } of bars) this.passed(lane, bar.open, bar.close);
    this.listen();
  }

  private worstFirst(instrument: string, bar: Bar): readonly MarketEvent[] {
    const { walked } = this.run.plan;
    const side = this.sides.get(instrument);
    if (side === undefined) return eventsOf(instrument, walked, bar);
    const { open, high, low, close } = bar;
    const extremes = side === 'long' ? [low, high] : [high, low];
    return eventsOf(instrument, walked, bar, [open, ...extremes, close]);
  }

  private sample(ts: number): void {
    const i = this.sampled++;
    this.times[i] = ts;
    this.equity[i] = this.account.equity;
    this.invested[i] = this.wasInvested ? 1 : 0;
    this.held[i] = this.ofHolding();
  }

  private ofHolding(): number {
    const { own, paid } = this;
    let sum = 0;
    for (let i = 0; i < own.length; i++) {
      const { first, last } = own[i]!;
      sum += Number.isNaN(first) ? 1 : (paid * last) / first;
    }
    return sum / own.length;
  }

  result(): Backtest | undefined {
    const { account, readyFrom: from, sampled } = this;
    const { to, walked } = this.run.plan;
    if (from === undefined || sampled === 0) return undefined;
    return {
      ...{ from, to, walked, trades: account.trades, traded: account.traded, unfunded: account.unfunded },
      times: cut(this.times, sampled),
      equity: cut(this.equity, sampled),
      invested: cut(this.invested, sampled),
      held: cut(this.held, sampled),
      funding: this.funding.length === 0 ? undefined : { received: account.funding, times: account.fundings },
      signals: this.signals,
      skipped: this.runner.view().skipped,
    };
  }
}

const noneOf = (): Calm => ({ until: Number.NEGATIVE_INFINITY, floor: Number.NaN, ceiling: Number.NaN });

/** Whether the prices of a bar come to nothing. */
const isWithin = ({ columns, calm }: Lane, i: number): boolean =>
  columns.low[i]! > calm.floor && columns.high[i]! < calm.ceiling;

/** What of an array was used; where that is all of it, it is not copied. */
function cut<A extends Float64Array | Uint8Array>(array: A, count: number): A {
  return count === array.length ? array : (array.slice(0, count) as A);
}
