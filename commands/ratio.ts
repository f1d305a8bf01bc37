import type { Bar } from '../engine/market/events.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import type { BarsAnswer, MarketPort } from './ports.ts';

/**
 * A ratio of two instruments as a chart shows it, under an id of its own: `sim:btcusdt/sim:ethusdt`. Nothing trades under it:
 * its bars are made of the two's closes.
 */
export function ratioId(above: string, below: string): string {
  return `${above}/${below}`;
}

/** The two instruments of a ratio's id; undefined where it is a plain instrument. */
export function legsOf(instrument: string): readonly [above: string, below: string] | undefined {
  const slash = instrument.indexOf('/');
  return slash < 0 ? undefined : [instrument.slice(0, slash), instrument.slice(slash + 1)];
}

/** How an instrument or a ratio is called: `btcusdt/ethusdt` of `sim`, or of `binance, kraken`. */
export function namesOf(instrument: string): { readonly venue: string; readonly symbol: string } {
  const parts = (legsOf(instrument) ?? [instrument]).map(splitInstrument);
  return {
    venue: [...new Set(parts.map(([venue]) => venue))].join(', '),
    symbol: parts.map(([, symbol]) => symbol).join('/'),
  };
}

/** Bars of an instrument or a ratio. @throws TransportError while the venue cannot be asked */
export async function barsOf(
  market: Pick<MarketPort, 'bars'>,
  instrument: string,
  interval: number,
  count: number,
): Promise<BarsAnswer> {
  const legs = legsOf(instrument);
  if (legs === undefined) return market.bars(instrument, interval, count);
  // The first bar only gives the next one its open.
  const [above, below] = await Promise.all(legs.map((leg) => market.bars(leg, interval, count + 1)));
  const all = ratioBars(allOf(above), allOf(below));
  const isOpen = (bar: Bar | undefined) => bar?.start === (above.open ?? below.open)?.start;
  const open = above.open !== undefined || below.open !== undefined ? all.find(isOpen) : undefined;
  return { closed: all.filter((bar) => bar !== open).slice(-count), open };
}

const allOf = ({ closed, open }: BarsAnswer): readonly Bar[] => (open === undefined ? closed : [...closed, open]);

/** One close over another, where both have a bar. What lay between two closes is not known: a bar reaches from one to the next. */
export function ratioBars(above: readonly Bar[], below: readonly Bar[]): readonly Bar[] {
  const closes = new Map(below.map((bar) => [bar.start, bar.close]));
  const bars: Bar[] = [];
  for (const { start, close: top } of above) {
    const close = top / (closes.get(start) ?? Number.NaN);
    if (!Number.isFinite(close)) continue;
    const open = bars[bars.length - 1]?.close ?? close;
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    bars.push({ start, open, high, low, close, volume: 0, trades: 0 });
  }
  return bars;
}
