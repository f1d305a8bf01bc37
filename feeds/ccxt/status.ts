import type { Clock } from '../../engine/clock.ts';
import type { Counters } from '../counters.ts';
import type { FeedState, FeedStatus, StreamState } from '../feed.ts';
import { createStateKeeper } from '../feed-state.ts';
import { listStateOf } from '../list-state.ts';
import type { MarketList } from '../markets.ts';
import { isWorse, summarize } from '../streams.ts';
import type { Keeper } from './keeper.ts';
import type { Pulse } from './pulse.ts';
import type { CcxtStream } from './streams.ts';

export interface CcxtStatusOptions {
  readonly venue: string;
  readonly keeper: Pick<Keeper, 'ready' | 'status'>;
  readonly markets: Pick<MarketList, 'isLoaded' | 'trouble'>;
  readonly pulse: Pick<Pulse, 'silentMs'>;
  readonly streams: () => Iterable<CcxtStream>;
  readonly clock: Clock;
  readonly counters: Counters;
}

/** How a ccxt feed and each of its streams fare. */
export interface CcxtStatus {
  /** Notes the state that holds now. */
  update(isRunning: boolean): void;
  each(isRunning: boolean): Iterable<StreamState>;
  tell(isRunning: boolean, wasStarted: boolean, lastMessageAt: number | undefined): FeedStatus;
}

/** Nothing came for so long, not even an answer to the question whether the exchange is there. */
const SILENT_MS = 90_000;

export function createCcxtStatus(options: CcxtStatusOptions): CcxtStatus {
  const { keeper, clock, venue, markets } = options;
  const states = createStateKeeper(clock);

  const isOpen = ({ phase }: CcxtStream): boolean => phase === 'presumed' || phase === 'confirmed';

  function processState(): FeedState {
    if (keeper.ready()) return 'live';
    return keeper.status().tries === 0 ? 'connecting' : 'down';
  }

  /** What is open was heard, or the exchange has answered since. */
  function listState(): FeedState {
    return listStateOf(markets, [...options.streams()].some(isOpen));
  }

  function streamState(stream: CcxtStream): FeedState {
    const whole = processState();
    if (whole !== 'live') return whole;
    if (stream.refusal !== undefined) return 'down';
    if (!isOpen(stream)) return stream.tries > 0 || listState() === 'down' ? 'down' : 'connecting';
    if (options.pulse.silentMs(stream.since) >= SILENT_MS) return 'stale';
    if (stream.sequence && !stream.sequence.live()) return 'resyncing';
    return stream.channel === 'book' && stream.phase === 'presumed' ? 'resyncing' : 'live';
  }

  function* told(isRunning: boolean): Iterable<StreamState> {
    for (const stream of options.streams()) {
      const { channel, symbol, refusal } = stream;
      const ageMs = Number.isNaN(stream.heardAt) ? undefined : clock.now() - stream.heardAt;
      const state = isRunning ? streamState(stream) : 'down';
      yield { name: `${channel} ${symbol}`, channel, symbol, state, ageMs, refusal };
    }
  }

  /** A refused stream does not count: the others go on without it. */
  function stateNow(isRunning: boolean): FeedState {
    if (!isRunning) return 'down';
    const ofProcess = processState();
    let worst = ofProcess === 'live' ? listState() : ofProcess;
    for (const stream of options.streams()) {
      const state = stream.refusal === undefined ? streamState(stream) : 'live';
      if (isWorse(state, worst)) worst = state;
    }
    return worst;
  }

  function detail(isRunning: boolean, wasStarted: boolean): string | undefined {
    if (!isRunning) return wasStarted ? 'stopped' : 'not started';
    if (!keeper.ready()) return keeper.status().why;
    const parts = new Set<string>();
    const trouble = markets.trouble();
    if (trouble && listState() !== 'live') parts.add(trouble.why);
    let isIdle = true;
    for (const stream of options.streams()) {
      isIdle = false;
      const { channel, symbol, refusal } = stream;
      const what = channel === 'trades' ? symbol : `book of ${symbol}`;
      if (refusal !== undefined) parts.add(`${what} refused: ${refusal}`);
      else if (stream.trouble !== undefined && !isOpen(stream)) parts.add(stream.trouble);
      else if (streamState(stream) === 'stale') parts.add('the exchange does not answer');
    }
    if (parts.size === 0) return isIdle && listState() === 'live' ? 'nothing watched' : undefined;
    return [...parts].slice(0, 3).join('; ');
  }

  return {
    each: told,
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
        tries: Math.max(tries, listState() === 'live' ? 0 : (markets.trouble()?.tries ?? 0)),
        ...(why !== undefined && { detail: why }),
        streams: summarize(told(isRunning)),
        counters: { ...options.counters, reconnects: renewals },
      };
    },
  };
}
