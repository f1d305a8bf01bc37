import { UserError } from '../engine/errors.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { TooFewBars } from '../engine/strategies/backtest-plan.ts';
import { formatLength } from './format.ts';

/** Intervals that are named instead, the longest first, in ms. */
const FINER = [DAY, 4 * HOUR, HOUR, 15 * MINUTE, 5 * MINUTE, MINUTE];

/** The longest bars of which the time that there are bars of has enough; undefined where that does not help. */
function finerThan(strategy: StrategyText, { interval, bars, there }: TooFewBars): number | undefined {
  // Lengths of their own (`rsi(14)@1d`) stay what they are at any interval.
  if (interval !== strategy.interval) return undefined;
  return FINER.find((finer) => finer < interval && bars * finer <= there * interval);
}

/** Bars that will be there this soon are waited for, in ms. */
const SOON_MS = HOUR;

const lackMs = ({ interval, bars, there }: TooFewBars): number => (bars - there) * interval;

/** Whether they will be there before long by themselves. */
export const comeSoon = (few: TooFewBars): boolean => lackMs(few) <= SOON_MS;

/** `It watches in 8m: it needs 9 bars of 1m of newusdt, and there is 1.` */
export const soonWords = (few: TooFewBars): string =>
  `It watches in ${formatLength(lackMs(few))}: it ${needWords(few)}.`;

function needWords({ instrument, interval, bars, there }: TooFewBars): string {
  const has = there === 0 ? 'there are none' : there === 1 ? 'there is 1' : `there are ${there}`;
  return `needs ${bars} bars of ${formatInterval(interval)} of ${splitInstrument(instrument)[1]}, and ${has}`;
}

/** `The strategy needs 51 bars of 4h of newusdt, and there are 45: take 1h bars, shorter lengths, or try again in 1d.` */
export function tooFewError(strategy: StrategyText, few: TooFewBars): UserError {
  const finer = finerThan(strategy, few);
  const ways = [
    ...(finer === undefined ? [] : [`bars of ${formatInterval(finer)}`]),
    `shorter lengths, or wait ${formatLength(lackMs(few))}`,
  ];
  return new UserError('history-short', `The strategy ${needWords(few)}: take ${ways.join(', ')}.`);
}
