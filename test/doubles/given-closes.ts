import type { CommandContext } from '../../commands/command.ts';
import { HARNESS_NOW } from './command-harness.ts';

type Market = CommandContext['market'];

/** A market in which the closes are given, oldest first, by the symbol of `sim` (or a whole instrument); all of them are watched. */
export function marketOf(market: Market, closes: Readonly<Record<string, Float64Array>>): Market {
  const idOf = (name: string) => (name.includes(':') ? name : `sim:${name}`);
  const byId = new Map(Object.entries(closes).map(([name, prices]) => [idOf(name), prices]));
  return {
    ...market,
    watched: () => [...byId.keys()],
    async bars(instrument, interval, count) {
      const prices = byId.get(instrument) ?? new Float64Array(0);
      const all = Array.from(prices, (close, i) => {
        const start = HARNESS_NOW - (prices.length - i) * interval;
        return { start, open: close, high: close, low: close, close, volume: 2, trades: 1 };
      });
      return { closed: all.slice(-count), open: undefined };
    },
  };
}
