import type { StrategyLevel } from '../language/strategy-ast.ts';

/**
 * Where a stop or a target lies.
 *
 * @param value the share, the distance or the price, as `how` says
 * @param price of the signal
 * @param way 1 where it lies above that, -1 below
 * @returns NaN where it would lie on the other side, or below nought
 */
export function levelPrice(how: StrategyLevel['how'], value: number, price: number, way: 1 | -1): number {
  const level = how === 'level' ? value : price + way * (how === 'share' ? price * value : value);
  return (level - price) * way > 0 && level > 0 ? level : Number.NaN;
}
