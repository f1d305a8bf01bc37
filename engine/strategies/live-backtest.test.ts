import { describe, expect, it } from 'vitest';
import { Engine } from '../engine.ts';
import { parseStrategy } from '../language/strategy.ts';
import { testScope } from '../language/test-scope.ts';
import type { Bar, EngineEvent, MarketEvent, Trade } from '../market/events.ts';
import { formatInterval, MINUTE } from '../market/interval.ts';
import { createDraw } from '../quant/random.ts';
import { TEMPLATES } from './templates.ts';
import { randomBars, tiedBars } from './test-market.ts';
import { runTape, templateOn } from './test-tape.ts';

const ETH = 'binance:ethusdt';
const BTC = 'binance:btcusdt';
const WARM = 200;
const COUNT = 420;

/** Trades between two prices of a bar, so that few of them jump far. */
const STEPS = 40;

/** The prices of a bar as trades at times of their own, one at its very beginning, and the way between them in small steps. */
function tradesOf(instrument: string, bar: Bar, interval: number, draw: () => number): readonly Trade[] {
  const { start, open, high, low, close, volume } = bar;
  const prices = draw() < 0.5 ? [open, high, low, close] : [open, low, high, close];
  const times = [0, draw(), draw(), draw()]
    .sort((a, b) => a - b)
    .map((part) => start + Math.floor(part * (interval - 1)));
  return prices.flatMap((price, i) => {
    const of = (ts: number, at: number, size: number): Trade => {
      return { type: 'trade', instrument, ts, price: at, size, side: undefined, id: `${start}.${i}.${at}` };
    };
    const [from, began] = [prices[i - 1] ?? price, times[i - 1] ?? times[i]!];
    const way = Array.from({ length: i === 0 ? 0 : STEPS - 1 }, (_each, step) => (step + 1) / STEPS);
    return [
      ...way.map((part) => of(Math.floor(began + part * (times[i]! - began)), from + part * (price - from), 0)),
      of(times[i]!, price, volume / 4),
    ];
  });
}

/** Plays bars live, trade by trade, after the first of them as history. */
function live(text: string, bars: Readonly<Record<string, readonly Bar[]>>, facts: readonly MarketEvent[]) {
  const strategy = parseStrategy(text, testScope());
  const { interval } = strategy;
  const engine = new Engine();
  const heard: EngineEvent[] = [];
  const apply = (event: MarketEvent): void => void heard.push(...engine.apply(event));
  const begin = bars[ETH]![WARM]!.start;
  apply({ type: 'strategy-set', ts: begin, strategy: { id: 'x', text: strategy } });
  const draw = createDraw(11);
  const tape: (MarketEvent & { ts: number })[] = [];
  for (const [instrument, all] of Object.entries(bars)) {
    apply({ type: 'bars', instrument, interval, bars: all.slice(0, WARM) });
    for (const bar of all.slice(WARM)) tape.push(...tradesOf(instrument, bar, interval, draw));
  }
  for (let at = WARM; at <= COUNT; at++) tape.push({ type: 'clock', ts: begin + (at - WARM) * interval });
  for (const fact of facts) if ('ts' in fact) tape.push(fact);
  // The clock closes the bars of a moment before anybody trades in the next.
  const rank = ({ type }: MarketEvent): number => (type === 'clock' ? 0 : 1);
  tape.sort((a, b) => a.ts - b.ts || rank(a) - rank(b));
  for (const event of tape) apply(event);
  const signals = heard.flatMap((event) => (event.type === 'signal' ? [event.signal] : []));
  const moves = heard.flatMap((event) => (event.type === 'signal-event' ? [event.event] : []));
  return signals.map(({ id, side, ts }) => {
    const of = (isEnd: boolean) => moves.find(({ signalId, what }) => signalId === id && (what !== 'opened') === isEnd);
    return { side, decided: ts, entry: of(false)?.price, exit: of(true)?.price, why: of(true)?.what };
  });
}

describe.each(TEMPLATES.map(({ name, interval }) => ({ name, interval })))(
  'the template $name',
  ({ name, interval }) => {
    it('gives the same signals and fills live, trade by trade, as in a backtest over the bars', () => {
      // Levels far enough from each other that no bar touches both: which came first no bar can tell.
      const text = `${templateOn(name, `eth ${formatInterval(interval)}`)} fee 0 slippage 0`;
      const btc = randomBars(21, interval, COUNT);
      const bars = { [ETH]: tiedBars(btc, 8), [BTC]: btc };
      const draw = createDraw(2);
      const told = bars[ETH].map(({ start }) => ({ ts: start + Math.min(30_000, MINUTE), value: 2 * draw() - 1 }));
      const facts = told.map(
        ({ ts, value }): MarketEvent => ({ type: 'fact', name: 'imbalance', instrument: ETH, ts, value }),
      );
      const line = {
        name: 'imbalance',
        instrument: ETH,
        times: told.map(({ ts }) => ts),
        values: told.map(({ value }) => value),
      };
      const { trades } = runTape(text, bars, { warm: WARM, told: [line] });
      const tested = trades.map(({ side, decided, entry, exit, why }) => ({ side, decided, entry, exit, why }));
      const played = live(text, bars, facts);
      const ended = tested.filter(({ why }) => why !== 'end');
      expect(ended.length).toBeGreaterThan(0);
      played.slice(0, ended.length).forEach((own, i) => {
        const { exit, ...rest } = ended[i]!;
        expect(own).toMatchObject(rest);
        // A stop is filled at the first trade beyond it: no better than in a backtest, which takes the level, and by a step at most worse.
        const worse = (rest.side === 'long' ? exit - own.exit! : own.exit! - exit) / exit;
        if (rest.why === 'stop') expect(worse).toBeGreaterThanOrEqual(-1e-12);
        expect(worse).toBeLessThan(rest.why === 'stop' ? 0.002 : 1e-12);
      });
      expect(played.length - ended.length).toBeLessThanOrEqual(1);
    });
  },
);
