import { UserError } from '../engine/errors.ts';
import { type BarColumns, toColumns } from '../engine/market/bar-history.ts';
import type { Bar } from '../engine/market/events.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { MarketPort } from './ports.ts';
import { barsOf, namesOf } from './ratio.ts';

type Market = Pick<MarketPort, 'bars'>;

/**
 * The newest closed bars of an instrument or a ratio, as columns.
 * @throws UserError where there is none, TransportError
 */
export async function closedColumns(
  market: Market,
  instrument: string,
  interval: number,
  count: number,
): Promise<BarColumns> {
  const { closed } = await barsOf(market, instrument, interval, count);
  if (closed.length > 0) return toColumns(closed);
  throw new UserError(
    'no-data',
    `I have no closed ${formatInterval(interval)} bars of ${namesOf(instrument).symbol} yet.`,
    {
      hint: 'Try again in a moment, or a shorter interval.',
    },
  );
}

/** Closes of several instruments for the bars that all of them have. */
export interface SharedCloses {
  /** Starts of the bars in ms, oldest first. */
  readonly starts: Float64Array;
  /** One row for each instrument. */
  readonly closes: readonly Float64Array[];
}

/**
 * The newest `count` closed bars that all instruments have, or fewer.
 * @throws UserError where they share none, TransportError
 */
export async function sharedCloses(
  market: Market,
  instruments: readonly string[],
  interval: number,
  count: number,
): Promise<SharedCloses> {
  const all = await Promise.all(instruments.map((each) => barsOf(market, each, interval, count)));
  const byStart = all.map(({ closed }) => new Map(closed.map((bar: Bar) => [bar.start, bar.close])));
  const [first] = byStart;
  const starts = [...first.keys()].filter((start) => byStart.every((closes) => closes.has(start))).slice(-count);
  if (starts.length === 0) {
    const names = instruments.map((each) => namesOf(each).symbol).join(' and ');
    throw new UserError('no-shared-bars', `${names} have no ${formatInterval(interval)} bar in common.`, {
      hint: 'Where one trades at other hours than the other, longer bars help: 1h or 1d.',
    });
  }
  return {
    starts: Float64Array.from(starts),
    closes: byStart.map((closes) => Float64Array.from(starts, (start) => closes.get(start)!)),
  };
}
