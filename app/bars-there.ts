import type { Clock } from '../engine/clock.ts';
import { TransportError } from '../engine/errors.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { leastBars, type TooFewBars, tooFewOf } from '../engine/strategies/backtest-plan.ts';
import { atMost } from './at-most.ts';
import type { MarketHost } from './market-host.ts';

/** How long bars may take to come, in ms; then nobody can say that there are too few. */
const PATIENCE_MS = 10_000;

/** Whether there is as much history as a strategy needs for its first values; undefined where there is, or where that cannot be known now. */
export async function tooFewBars(
  market: Pick<MarketHost, 'bars'>,
  clock: Clock,
  strategy: StrategyText,
): Promise<TooFewBars | undefined> {
  // Bars of seconds are made of trades, soon enough.
  const least = leastBars(strategy).filter(({ interval }) => interval >= MINUTE);
  let there: readonly number[] | undefined;
  const counting = Promise.all(
    least.map(async ({ instrument, interval, bars }) => (await market.bars(instrument, interval, bars)).closed.length),
  ).then((counts) => {
    there = counts;
  });
  try {
    await atMost(clock, PATIENCE_MS, counting);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
  }
  return there && tooFewOf(least, there);
}
