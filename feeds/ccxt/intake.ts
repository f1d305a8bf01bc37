import type { Clock } from '../../engine/clock.ts';
import type { Counters } from '../counters.ts';
import type { StreamItem } from './child.ts';
import type { Pulse } from './pulse.ts';
import { toTrade } from './source.ts';
import type { CcxtStream, Opener } from './streams.ts';

export interface IntakeOptions {
  readonly streams: () => Iterable<CcxtStream>;
  readonly opener: Opener;
  readonly counters: Counters;
  readonly malformed: (reason: string) => void;
  readonly clock: Clock;
  readonly pulse: Pick<Pulse, 'heard'>;
}

/** Brings what the child says of a stream to it. */
export interface Intake {
  take(item: StreamItem): void;
  lastMessageAt(): number | undefined;
}

/** Trades that are remembered of a stream, to compare them with the venue's list. */
const REMEMBERED = 50;

export function createIntake({ streams, opener, counters, malformed, clock, pulse }: IntakeOptions): Intake {
  let lastMessageAt: number | undefined;

  function find(id: number): CcxtStream | undefined {
    for (const stream of streams()) if (stream.id === id) return stream;
    return undefined;
  }

  function heard(stream: CcxtStream): void {
    lastMessageAt = clock.now();
    pulse.heard();
    counters.frames++;
    stream.heardAt = lastMessageAt;
    stream.stall.heard(lastMessageAt);
    opener.confirmed(stream);
  }

  function takeTrades(stream: CcxtStream, item: Extract<StreamItem, { is: 'trades' }>): void {
    heard(stream);
    for (let i = 0; i < item.bad; i++) malformed('a trade cannot be mapped');
    for (const row of item.rows) {
      // Many venues begin with what was traded before.
      if (row[0] < stream.floorTs) continue;
      const trade = toTrade(row, stream.instrument);
      stream.recent.push(trade);
      stream.sequence?.offer(trade);
    }
    if (stream.recent.length > 2 * REMEMBERED) stream.recent.splice(0, stream.recent.length - REMEMBERED);
    stream.sequence?.streaming();
  }

  return {
    take(item) {
      const stream = find(item.stream);
      if (!stream) return;
      switch (item.is) {
        case 'trades':
          takeTrades(stream, item);
          break;
        case 'book': {
          heard(stream);
          const { ts = clock.now(), bids, asks } = item;
          stream.teller?.tell({ type: 'book', instrument: stream.instrument, ts, bids, asks });
          break;
        }
        case 'bad':
          malformed(item.why);
          break;
        case 'lost':
          opener.failed(stream, item.failure);
          break;
      }
    },
    lastMessageAt: () => lastMessageAt,
  };
}
