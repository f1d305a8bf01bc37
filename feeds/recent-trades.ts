import type { Bar, Trade } from '../engine/market/events.ts';

/** What a venue whose ids have no order must answer so that a hole can be filled. Both throw TransportError. */
export interface RecentTrades {
  /**
   * Ids are integers (of any length) that ascend, though not by one: what is fetched, or came meanwhile, with a lower id than was
   * passed on is a repeat.
   */
  readonly ascending?: boolean;
  /**
   * The newest trades, oldest first, as far back as one answer goes; where the venue can page, back to `since` (ms). Undefined where it
   * cannot tell, so that 1m bars must do.
   */
  recent(symbol: string, since: number): Promise<readonly Trade[] | undefined>;
  /** 1m bars from `from` (ms) on, oldest first, the newest of them being unfinished or taken for it. */
  minuteBars(symbol: string, from: number): Promise<readonly Bar[]>;
}
