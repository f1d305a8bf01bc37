import type { Clock } from '../engine/clock.ts';
import type { FactEvent } from '../engine/market/events.ts';
import type { Logger } from './logger.ts';
import type { VenueRest } from './venue.ts';

export interface FactPollOptions {
  readonly rest: Pick<VenueRest, 'poll'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly symbols: () => Iterable<{ readonly symbol: string }>;
  readonly emit: (fact: FactEvent) => void;
}

/** Fetches what no stream brings, one symbol after the other, and begins again after the venue's interval. */
export function createFactPoll(options: FactPollOptions): { start(): void; stop(): void } {
  const { clock, log } = options;
  const { poll } = options.rest;
  let run = 0;
  let cancel: (() => void) | undefined;

  async function round(mine: number): Promise<void> {
    for (const { symbol } of [...options.symbols()]) {
      try {
        const facts = (await poll?.facts(symbol)) ?? [];
        if (mine !== run) return;
        for (const fact of facts) options.emit(fact);
      } catch (error) {
        if (mine !== run) return;
        log.debug({ symbol, err: error }, 'facts cannot be fetched');
      }
    }
  }

  function next(mine: number, ms: number): void {
    cancel = clock.after(ms, () => {
      round(mine)
        .catch((error: unknown) => log.error({ err: error }, 'fetching facts broke'))
        .finally(() => mine === run && next(mine, ms));
    });
  }

  return {
    start() {
      cancel?.();
      if (poll) next(++run, poll.everyMs);
    },
    stop() {
      run++;
      cancel?.();
    },
  };
}
