import { expect, it } from 'vitest';
import type { Bar } from '../market/events.ts';
import { formatInterval, MINUTE } from '../market/interval.ts';
import { createDraw } from '../quant/random.ts';
import { TEMPLATES } from './templates.ts';
import { randomBars, tiedBars } from './test-market.ts';
import { runTape, templateOn } from './test-tape.ts';

const BTC = 'binance:btcusdt';
const ETH = 'binance:ethusdt';
const SOL = 'binance:solusdt';
const SHORT = 380;
const WARM = 220;

/** The book's imbalance, told once a bar; what is told from `until` on is different. */
function toldTo(bars: readonly Bar[], until: number) {
  const draw = createDraw(5);
  const points = bars.map(({ start }) => ({ ts: start + 30_000, value: 2 * draw() - 1 }));
  return [ETH, SOL].map((instrument) => ({
    name: 'imbalance',
    instrument,
    times: points.map(({ ts }) => ts),
    values: points.map(({ ts, value }) => (ts >= until ? -value : value)),
  }));
}

const STRATEGIES = [
  ...TEMPLATES.map(({ name, interval }) => ({
    name,
    interval,
    text: templateOn(name, `eth, sol ${formatInterval(interval)}`),
  })),
  {
    name: 'one on three intervals',
    interval: 15 * MINUTE,
    text: 'x on eth, sol 15m long when rsi(7) crosses above 30 or close > highest(5)[1] expire 3h stop at lowest(9) target 1%',
  },
  {
    name: 'one on another symbol',
    interval: 5 * MINUTE,
    text: 'x on eth, sol 5m short when btcusdt.z(9) > 1 and volume > sma(volume, 5) exit short when btcusdt.z(9) < 0 stop 1%',
  },
];

/** Everything that was decided or came about up to a time: trades, and what was owned. */
function upTo(ts: number, { trades, times, equity }: ReturnType<typeof runTape>) {
  return {
    left: trades.filter(({ left }) => left < ts),
    decided: trades
      .filter(({ decided }) => decided <= ts)
      .map(({ instrument, side, decided }) => `${instrument} ${side} ${decided}`)
      .sort(),
    equity: [...equity].filter((_each, i) => times[i]! <= ts),
  };
}

it.each(STRATEGIES)(
  '$name: what comes after a time changes nothing that was decided or done up to it',
  ({ interval, text }) => {
    // Minutes cost little, and have few bars that a scalper likes.
    const count = interval === MINUTE ? 900 : SHORT;
    const make = (seed: number): Record<string, readonly Bar[]> => {
      const eth = randomBars(seed, interval, count);
      return { [ETH]: eth, [SOL]: randomBars(seed + 50, interval, count), [BTC]: tiedBars(eth, seed + 100) };
    };
    const [past, future] = [make(3), make(4)];
    const end = past[ETH]!.at(-1)!.start + 2 * interval;
    const whole = runTape(text, past, { warm: WARM, told: toldTo(past[ETH]!, end) });
    expect(whole.trades.length, 'it trades').toBeGreaterThan(0);
    // Somewhere, and right at decisions: there the very next bar is another one.
    const cuts = [WARM + 120].map((at) => past[ETH]![at]!.start);
    const decisions = whole.trades.map(({ decided }) => decided);
    for (const cut of new Set([...cuts, ...decisions.slice(1, 2)])) {
      const mixed = Object.fromEntries(
        Object.entries(past).map(([id, bars]) => [id, bars.map((bar, i) => (bar.start < cut ? bar : future[id]![i]!))]),
      );
      const other = runTape(text, mixed, { warm: WARM, told: toldTo(past[ETH]!, cut) });
      // The markets did come out otherwise.
      expect(upTo(cut, other)).toEqual(upTo(cut, whole));
      expect(other.held.at(-1)).not.toBe(whole.held.at(-1));
    }
  },
);
