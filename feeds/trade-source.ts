import type { Bar, Trade } from '../engine/market/events.ts';

/** Some of a symbol's trades by id. */
export interface TradePage {
  /** Ids ascend. */
  readonly trades: readonly Trade[];
  /** One more than the newest id of the page, be it usable or not; what was asked for where the page is empty. */
  readonly nextId: number;
  /** There may be more after it. */
  readonly full: boolean;
  /** What is missing will never come: a tape does not have it. One goes on with what waits. */
  readonly gone?: boolean;
}

/** What a venue that numbers its trades by one must answer so that a hole can be filled. All throw TransportError. */
export interface TradeSource {
  /** `since` (ms) is at or before the time of `fromId`, for venues that page by time. */
  tradesFrom(symbol: string, fromId: number, since: number): Promise<TradePage>;
  newestId(symbol: string): Promise<number | undefined>;
  /** Id of the first trade at or after `ts` (ms); undefined where there is none yet. */
  firstIdSince(symbol: string, ts: number): Promise<number | undefined>;
  /** 1m bars from `from` (ms) on, oldest first, the newest of them being unfinished or taken for it. */
  minuteBars(symbol: string, from: number): Promise<readonly Bar[]>;
}
