import { MINUTE } from '../../engine/market/interval.ts';
import { flat } from './dressed.ts';
import type { Market } from './market.ts';
import { isSession, lastSessionMinute } from './new-york.ts';

/** The same market within New York's sessions alone: flat in between, and often with a gap at the open. */
export function inSessions(market: Market): Market {
  const isOpen = (minute: number): boolean => isSession(minute * MINUTE);
  return {
    bar: (minute) =>
      isOpen(minute) ? market.bar(minute) : flat(minute * MINUTE, market.bar(lastSessionMinute(minute)).close),
    trades: (minute) => (isOpen(minute) ? market.trades(minute) : () => undefined),
    level: (ts) => {
      const minute = Math.floor(ts / MINUTE);
      return isOpen(minute) ? market.level(ts) : market.bar(lastSessionMinute(minute)).close;
    },
    isOpen,
  };
}
