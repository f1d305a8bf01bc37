import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import type { Keeper } from './keeper.ts';
import type { Pulse } from './pulse.ts';
import type { Source } from './source.ts';
import type { CcxtStream } from './streams.ts';

export interface WatchdogOptions {
  readonly keeper: Pick<Keeper, 'ready' | 'renew' | 'abilities'>;
  readonly source: Pick<Source, 'recent' | 'probe'>;
  readonly pulse: Pick<Pulse, 'silentMs'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: () => Iterable<CcxtStream>;
  /** Ends a stream and opens it anew. */
  readonly reopen: (stream: CcxtStream) => void;
}

/**
 * Finds streams of trades that went silent while the venue trades: begins them anew, and the process where that was of no use. Where
 * nothing comes at all it sees whether the exchange still answers.
 */
export interface Watchdog {
  start(): void;
  stop(): void;
}

const CHECK_MS = 5_000;
/** After so much silence of all streams together the exchange is asked whether it is there. */
const PROBE_MS = 60_000;
/** Another stream that was heard so lately shows that the venue works. */
const FLOWS_MS = 15_000;
/** A trade so young may still be on its way. */
const YOUNG_MS = 10_000;
/** A stream that stalls twice within this time needs a new process. */
const AGAIN_MS = 1_800_000;

export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { keeper, clock, log } = options;
  const stalledAt = new Map<string, number>();
  const checking = new Set<CcxtStream>();
  let isProbing = false;
  let cancel: (() => void) | undefined;

  function check(): void {
    cancel = clock.after(CHECK_MS, check);
    const now = clock.now();
    probe();
    const trades = [...options.streams()].filter((stream) => stream.channel === 'trades' && stream.id > 0);
    for (const stream of trades) {
      const flows = trades.some((other) => other !== stream && now - other.heardAt < FLOWS_MS);
      if (checking.has(stream) || !stream.sequence?.live() || !stream.stall.isSilent(now, !flows)) continue;
      checking.add(stream);
      const suspected = suspect(stream, stream.id);
      suspected.catch((error: unknown) => log.error({ err: error }, 'looking after a stream broke'));
      void suspected.finally(() => checking.delete(stream));
    }
  }

  /** A failure leaves the silence as it is, which shows in the state. */
  function probe(): void {
    const open = [...options.streams()].find((stream) => stream.phase === 'presumed' || stream.phase === 'confirmed');
    if (isProbing || !open || options.pulse.silentMs(open.since) < PROBE_MS) return;
    isProbing = true;
    const ended = (): void => {
      isProbing = false;
    };
    options.source.probe(open.symbol).then(ended, ended);
  }

  /** The market may as well sleep: the list of trades tells. */
  async function suspect(stream: CcxtStream, id: number): Promise<void> {
    const { heardAt, instrument } = stream;
    const isDead = await hasTraded(stream);
    if (stream.id !== id || stream.heardAt !== heardAt || !cancel) return;
    if (!isDead) {
      stream.stall.excuse(clock.now());
      return;
    }
    const last = stalledAt.get(instrument) ?? Number.NEGATIVE_INFINITY;
    stalledAt.set(instrument, clock.now());
    const { unwatch } = await keeper.abilities();
    if (unwatch && clock.now() - last > AGAIN_MS) {
      log.warn({ instrument }, 'trades do not stream any more, subscribing anew');
      options.reopen(stream);
    } else keeper.renew(`trades of ${stream.symbol} do not stream any more`);
  }

  /** True also where nobody can tell. */
  async function hasTraded({ symbol, recent, since }: CcxtStream): Promise<boolean> {
    const after = recent.at(-1)?.ts ?? since;
    try {
      const listed = await options.source.recent(symbol, after);
      return listed?.some(({ ts }) => ts > after && ts < clock.now() - YOUNG_MS) ?? true;
    } catch {
      return true;
    }
  }

  return {
    start() {
      cancel ??= clock.after(CHECK_MS, check);
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
}
