import type { Clock } from '../../engine/clock.ts';
import type { Counters } from '../counters.ts';
import type { FeedState, FeedStatus, StreamStatus } from '../feed.ts';
import { createStateKeeper } from '../feed-state.ts';
import { isWorse, summarize } from '../streams.ts';
import type { Keeper } from './keeper.ts';
import type { CcxtStream } from './streams.ts';

export interface CcxtStatusOptions {
  readonly venue: string;
  readonly keeper: Pick<Keeper, 'ready' | 'status'>;
  readonly streams: () => Iterable<CcxtStream>;
  readonly clock: Clock;
  readonly counters: Counters;
}

/** How a ccxt feed and each of its streams fare. */
export interface CcxtStatus {
  /** Notes the state that holds now. */
  update(isRunning: boolean): void;
  tell(isRunning: boolean, wasStarted: boolean, lastMessageAt: number | undefined): FeedStatus;
}

export function createCcxtStatus(options: CcxtStatusOptions): CcxtStatus {
  const { keeper, clock, venue } = options;
  const states = createStateKeeper(clock);

  function processState(): FeedState {
    if (keeper.ready()) return 'live';
    return keeper.status().tries === 0 ? 'connecting' : 'down';
  }

  function streamState(stream: CcxtStream): FeedState {
    const whole = processState();
    if (whole !== 'live') return whole;
    if (stream.refusal !== undefined) return 'down';
    const isOpen = stream.phase === 'presumed' || stream.phase === 'confirmed';
    if (!isOpen) return stream.tries > 0 ? 'down' : 'connecting';
    if (stream.sequence && !stream.sequence.live()) return 'resyncing';
    return stream.channel === 'book' && stream.phase === 'presumed' ? 'resyncing' : 'live';
  }

  function* told(isRunning: boolean): Iterable<StreamStatus> {
    for (const stream of options.streams()) {
      const ageMs = Number.isNaN(stream.heardAt) ? undefined : clock.now() - stream.heardAt;
      const state = isRunning ? streamState(stream) : 'down';
      yield { name: `${stream.channel} ${stream.symbol}`, state, ageMs };
    }
  }

  /** A refused stream does not count: the others go on without it. */
  function stateNow(isRunning: boolean): FeedState {
    if (!isRunning) return 'down';
    let worst = processState();
    for (const stream of options.streams()) {
      const state = stream.refusal === undefined ? streamState(stream) : 'live';
      if (isWorse(state, worst)) worst = state;
    }
    return worst;
  }

  function detail(isRunning: boolean, wasStarted: boolean): string | undefined {
    if (!isRunning) return wasStarted ? 'stopped' : 'not started';
    if (!keeper.ready()) return keeper.status().why;
    const refused = [...options.streams()].filter(({ refusal }) => refusal !== undefined).slice(0, 3);
    const parts = refused.map(
      ({ channel, symbol, refusal }) => `${channel === 'trades' ? symbol : `book of ${symbol}`} refused: ${refusal}`,
    );
    return parts.length > 0 ? parts.join('; ') : undefined;
  }

  return {
    update: (isRunning) => void states.set(stateNow(isRunning)),
    tell(isRunning, wasStarted, lastMessageAt) {
      const state = stateNow(isRunning);
      const why = detail(isRunning, wasStarted);
      const { tries, renewals } = keeper.status();
      return {
        venue,
        state,
        lastMessageAt,
        since: states.set(state),
        tries,
        ...(why !== undefined && { detail: why }),
        streams: summarize(told(isRunning)),
        counters: { ...options.counters, reconnects: renewals },
      };
    },
  };
}
