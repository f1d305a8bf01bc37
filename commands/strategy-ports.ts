import type { FeedLook, SignalFeed } from '../db/signal-feeds.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import type { TooFewBars } from '../engine/strategies/backtest-plan.ts';
import type { BacktestReport } from '../engine/strategies/report.ts';
import type { ParameterSet } from '../engine/strategies/search/parameter-sets.ts';
import type { SearchReport } from '../engine/strategies/search/report.ts';

/**
 * What came of a backtest. `short`: its series never had values, `few` says of which bars there are too few for that; undefined where there
 * are enough. As `PreflightAnswer` else.
 */
export type BacktestAnswer =
  | { readonly kind: 'done'; readonly report: BacktestReport }
  | { readonly kind: 'untold'; readonly facts: readonly string[] }
  | { readonly kind: 'short'; readonly few: TooFewBars | undefined }
  | { readonly kind: 'late' };

/** Tries strategies on their past, elsewhere than on this thread. */
export interface BacktestPort {
  /** From one time to another, in ms. @throws TransportError where the bars could not be had, or it took too long */
  run(strategy: StrategyText, from: number, to: number): Promise<BacktestAnswer>;
}

/** A strategy with values of its parameters to try. */
export interface SearchCandidate {
  readonly strategy: StrategyText;
  readonly sets: readonly ParameterSet[];
}

/** What is searched, from one time to another (ms). All candidates have the same interval. */
export interface StrategySearch {
  readonly candidates: readonly SearchCandidate[];
  readonly from: number;
  readonly to: number;
}

/**
 * What came of a search, one report for each candidate, undefined where it never traded enough. `short`: there are `bars`, and the
 * splits want `wanted`. `cancelled`: after so many tries. As `BacktestAnswer` else.
 */
export type SearchAnswer =
  | { readonly kind: 'done'; readonly reports: readonly (SearchReport | undefined)[] }
  | { readonly kind: 'untold'; readonly facts: readonly string[] }
  | { readonly kind: 'short'; readonly bars: number; readonly wanted: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'cancelled'; readonly tried: number };

/** A search that goes on. */
export interface RunningSearch {
  /** Names it on a button. */
  readonly id: string;
  progress(): { readonly tried: number; readonly of: number };
  /** Rejects with a TransportError where the bars could not be had, or it broke down. */
  readonly done: Promise<SearchAnswer>;
}

/** Searches for values of parameters, elsewhere than on this thread. */
export interface SearchPort {
  /** @returns why it cannot begin: one of the chat is running, or too many in all */
  start(chatKey: string, ownerId: string, search: StrategySearch): RunningSearch | 'chat' | 'all';
  /** Who began it; undefined where it is over. */
  ownerOf(chatKey: string, id: string): string | undefined;
  /** @returns whether it was still running */
  cancel(chatKey: string, id: string): boolean;
}

/** A feed as it stands. */
export interface SignalFeedView {
  readonly feed: SignalFeed;
  readonly text: StrategyText;
  /** Whether all its series have values. */
  readonly isReady: boolean;
  /** Since when data that it looks at are missing, in ms; undefined where all are there. */
  readonly blindSince: number | undefined;
  /** Signals of it that have not ended. */
  readonly open: number;
}

/** A feed to be: `version` is the strategy's own, 1 for a template. */
export type NewFeed = Omit<SignalFeed, 'id' | 'number' | 'createdAt' | 'text'> & { readonly strategy: StrategyText };

/** A feed that was ended. */
export interface RemovedFeed {
  readonly feed: SignalFeed;
  /** Open signals that were given up. */
  readonly closed: number;
}

/** Strategies that run live. */
export interface SignalFeedsPort {
  /** Of which bars there are too few for its series to have values; undefined where there are enough, or nobody can say. */
  tooFew(strategy: StrategyText): Promise<TooFewBars | undefined>;
  /** Runs from now on. */
  add(feed: NewFeed): Promise<SignalFeedView>;
  /** Those that are managed in a chat or go there, by number. */
  list(chatKey: string): readonly SignalFeedView[];
  get(id: string): SignalFeedView | undefined;
  /** Its messages are posted so from now on. @returns undefined where it runs no more */
  dress(id: string, look: FeedLook): Promise<SignalFeedView | undefined>;
  /** Its open signals are given up at the last price. @returns how many; undefined where it runs no more */
  remove(id: string): Promise<RemovedFeed | undefined>;
}
