import { UserError } from '../engine/errors.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import type { CommandContext } from './command.ts';
import type { SharedCloses } from './desk-bars.ts';
import { formatMinutes } from './format.ts';
import type { MarketPort } from './ports.ts';
import { barsOf } from './ratio.ts';
import { shortNames } from './short-names.ts';

/** What lacks more than this share of the bars that most have would take them from all others. */
const MOST_LACKING = 0.1;
const MOST_NAMED = 6;

export interface ManyCloses extends SharedCloses {
  /** The instruments that the rows are of. */
  readonly instruments: readonly string[];
  /** Those that were left out, because they have too few of the bars. */
  readonly lacking: readonly string[];
  /** Those that were left out, because their price never moved. */
  readonly still: readonly string[];
}

/**
 * As `sharedCloses`, of many: one that was listed yesterday, or trades at other hours, is left out instead of leaving nothing of all.
 *
 * @throws UserError where fewer than two have bars in common, or move; TransportError
 */
export async function manyCloses(
  market: Pick<MarketPort, 'bars'>,
  instruments: readonly string[],
  interval: number,
  count: number,
): Promise<ManyCloses> {
  const all = await Promise.all(instruments.map((each) => barsOf(market, each, interval, count)));
  const byStart = all.map(({ closed }) => new Map(closed.map((bar) => [bar.start, bar.close])));
  const usual = usualStarts(byStart).slice(-count);
  const isKept = byStart.map((closes) => {
    const held = usual.reduce((sum, start) => sum + (closes.has(start) ? 1 : 0), 0);
    return held > 0 && held >= (1 - MOST_LACKING) * usual.length;
  });
  const kept = byStart.filter((_, i) => isKept[i]);
  const starts = usual.filter((start) => kept.every((closes) => closes.has(start)));
  const length = formatInterval(interval);
  if (kept.length < 2 || starts.length === 0)
    throw new UserError('no-shared-bars', `Fewer than two of these have ${length} bars in common.`, {
      hint: 'Where one trades at other hours than the other, longer bars help: 1h or 1d.',
    });
  const rows = instruments.flatMap((instrument, i) =>
    isKept[i] ? [{ instrument, closes: Float64Array.from(starts, (start) => byStart[i].get(start)!) }] : [],
  );
  const moves = rows.filter(({ closes }) => closes.some((close) => close !== closes[0]));
  if (moves.length < 2)
    throw new UserError('still', `Fewer than two of these moved in the last ${starts.length} bars of ${length}.`);
  return {
    instruments: moves.map(({ instrument }) => instrument),
    lacking: instruments.filter((_, i) => !isKept[i]),
    still: rows.filter((row) => !moves.includes(row)).map(({ instrument }) => instrument),
    starts: Float64Array.from(starts),
    closes: moves.map(({ closes }) => closes),
  };
}

/** Starts that at least half have, oldest first. */
function usualStarts(byStart: readonly ReadonlyMap<number, number>[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const closes of byStart) for (const start of closes.keys()) counts.set(start, (counts.get(start) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => 2 * count >= byStart.length)
    .map(([start]) => start)
    .sort((a, b) => a - b);
}

/**
 * The named instruments, or what is watched where none are; at most so many.
 * @throws UserError with `example` where there are fewer than the `least`
 */
export function namedOrWatched(
  { market }: Pick<CommandContext, 'market'>,
  named: readonly string[],
  { least, most, example }: { readonly least: 2 | 3; readonly most: number; readonly example: string },
): readonly string[] {
  const instruments = (named.length > 0 ? named : market.watched().filter(isMarket)).slice(0, most);
  if (instruments.length >= least) return instruments;
  const count = least === 2 ? 'two' : 'three';
  const how = named.length > 0 ? `This takes ${count} symbols at least.` : `Fewer than ${count} symbols are watched.`;
  throw new UserError('few-symbols', how, { hint: `For example ${example}` });
}

/** `\nLeft out: a, b (too few bars in common).`, or nothing. */
export function leftOut(names: readonly string[], why: string): string {
  if (names.length === 0) return '';
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `\nLeft out: ${names.slice(0, MOST_NAMED).join(', ')}${more} (${why}).`;
}

/** What `manyCloses` left out, and why. */
export function withoutWords(market: Pick<MarketPort, 'symbols'>, { lacking, still }: ManyCloses): string {
  const few = leftOut(shortNames(lacking, market.symbols), 'too few bars in common');
  return few + leftOut(shortNames(still, market.symbols), 'the price never moved');
}

/** `14 Jan 20:00 UTC – 15 Jan 12:00 UTC`, of bars. */
export function spanWords({ chat, clock }: CommandContext, starts: Float64Array, interval: number): string {
  const until = starts[starts.length - 1] + interval;
  return formatMinutes(starts[0], until, chat.timeZone, clock.now());
}
