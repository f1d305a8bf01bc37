import { DEFAULT_FEE, DEFAULT_SLIPPAGE } from '../strategies/costs.ts';

/** What each of the two sides of a trade costs, in hundredths of a percent of its value. */
export interface Costs {
  readonly feeBps: number;
  readonly slippageBps: number;
}

/** What a strategy's trades cost in a backtest where it does not say. */
export const USUAL_COSTS: Costs = { feeBps: DEFAULT_FEE * 10_000, slippageBps: DEFAULT_SLIPPAGE * 10_000 };

/**
 * What a trade brings, as a fraction of the value that it was entered with: both fills are worse than the price by the slippage,
 * and a fee is paid on each.
 */
export function resultAfterCosts(side: 'long' | 'short', entry: number, exit: number, costs: Costs): number {
  const [fee, slip] = [costs.feeBps / 10_000, costs.slippageBps / 10_000];
  const sign = side === 'long' ? 1 : -1;
  const [paid, got] = [entry * (1 + sign * slip), exit * (1 - sign * slip)];
  return (sign * (got - paid) - fee * (paid + got)) / paid;
}
