import type { PositionSide } from '../language/strategy-ast.ts';
import type { Costs } from './costs.ts';
import type { Signal, SignalEvent, SignalMove } from './signal.ts';

/** A position that was taken and left. Money in shares of the equity at the beginning, which is 1. */
export interface BacktestTrade {
  readonly instrument: string;
  readonly side: PositionSide;
  /** The close that gave the signal, the fill, and the fill that ended it, in ms. */
  readonly decided: number;
  readonly entered: number;
  readonly left: number;
  /** As they were paid: slippage is in them, fees are not. */
  readonly entry: number;
  readonly exit: number;
  readonly quantity: number;
  readonly fees: number;
  /** Funding that was received less what was paid. */
  readonly funding: number;
  /** What came of it, after all costs. */
  readonly profit: number;
  /** The profit over what was put in, and over the equity at the entry. */
  readonly gain: number;
  readonly share: number;
  /** `end`: the backtest was over. */
  readonly why: Exclude<SignalMove, 'opened'> | 'end';
}

interface Held {
  readonly signal: Signal;
  readonly entered: number;
  readonly entry: number;
  readonly quantity: number;
  readonly worth: number;
  readonly fee: number;
  readonly equity: number;
  funding: number;
}

/** Less equity than this buys nothing. */
const DUST = 1e-6;

/**
 * The money behind a strategy's signals: several instruments share one capital. A position is worth a share of the equity at its
 * entry, or what is left of it; nothing is borrowed, and what is sold short is covered by as much capital as what is bought.
 */
export class Account {
  readonly trades: BacktestTrade[] = [];
  /** Signals for which no capital was left. */
  unfunded = 0;
  /** Worth of all fills. */
  traded = 0;
  /** Funding that was received less what was paid, and how many times. */
  funding = 0;
  fundings = 0;
  private cash = 1;
  private readonly costs: Costs;
  /** Those that are not filled. */
  private signals: readonly Signal[] = [];
  private held: readonly Held[] = [];
  private readonly marks = new Map<string, { price: number }>();

  constructor(costs: Costs) {
    this.costs = costs;
  }

  /** The last price of an instrument. */
  mark(instrument: string, price: number): void {
    this.markOf(instrument).price = price;
  }

  /** Where the last price of an instrument is kept; NaN before the first. */
  markOf(instrument: string): { price: number } {
    let mark = this.marks.get(instrument);
    if (mark === undefined) {
      mark = { price: Number.NaN };
      this.marks.set(instrument, mark);
    }
    return mark;
  }

  get isInvested(): boolean {
    return this.held.length > 0;
  }

  get equity(): number {
    let equity = this.cash;
    for (const held of this.held) equity += this.worthOf(held);
    return equity;
  }

  /** What a position would bring: what was sold short is owed. */
  private worthOf({ signal, quantity }: Held): number {
    const { price } = this.markOf(signal.instrument);
    return quantity * price * (signal.side === 'long' ? 1 : -1);
  }

  /** A signal: what is filled later is known by its id. */
  raised(signal: Signal): void {
    this.signals = [...this.signals, signal];
  }

  moved(event: SignalEvent): void {
    this.mark(event.instrument, event.price);
    if (event.what !== 'opened') {
      this.leave(event.signalId, event.ts, event.price, event.what);
      return;
    }
    const signal = this.signals.find(({ id }) => id === event.signalId);
    if (signal !== undefined) this.enter(signal, event.ts, event.price);
  }

  /** Funding is due: whoever is long pays the share `rate` of what the position is worth, whoever is short gets it. */
  fund(instrument: string, rate: number): void {
    for (const held of this.held) {
      if (held.signal.instrument !== instrument) continue;
      const received = -this.worthOf(held) * rate;
      held.funding += received;
      this.cash += received;
      this.funding += received;
      this.fundings++;
    }
  }

  private enter(signal: Signal, entered: number, price: number): void {
    const { size, fee, slippage } = this.costs;
    const { equity } = this;
    let free = equity;
    for (const held of this.held) free -= Math.abs(this.worthOf(held));
    // The fee is paid out of the same share.
    const worth = Math.min(size * equity, free) / (1 + fee);
    this.signals = this.signals.filter((each) => each !== signal);
    if (!(worth > DUST)) {
      this.unfunded++;
      return;
    }
    const way = signal.side === 'long' ? 1 : -1;
    const entry = price * (1 + way * slippage);
    const quantity = worth / entry;
    this.cash -= way * worth + worth * fee;
    this.traded += worth;
    const held = { signal, entered, entry, quantity, worth, fee: worth * fee, equity, funding: 0 };
    this.held = [...this.held, held];
  }

  private leave(id: string, left: number, price: number, why: BacktestTrade['why']): void {
    const held = this.held.find((each) => each.signal.id === id);
    if (held === undefined) return;
    this.held = this.held.filter((each) => each !== held);
    const { signal, entered, entry, quantity, worth, equity, funding } = held;
    const way = signal.side === 'long' ? 1 : -1;
    const exit = price * (1 - way * this.costs.slippage);
    const out = quantity * exit;
    const fee = out * this.costs.fee;
    this.cash += way * out - fee;
    this.traded += out;
    const fees = held.fee + fee;
    const profit = way * (out - worth) - fees + funding;
    const { instrument, side, ts: decided } = signal;
    const gain = profit / worth;
    const share = profit / equity;
    this.trades.push({
      instrument,
      side,
      decided,
      entered,
      left,
      entry,
      exit,
      quantity,
      fees,
      funding,
      profit,
      gain,
      share,
      why,
    });
  }

  /** Leaves all that is held, at the last prices. */
  close(ts: number): void {
    for (const { signal } of this.held) {
      this.leave(signal.id, ts, this.markOf(signal.instrument).price, 'end');
    }
  }
}
