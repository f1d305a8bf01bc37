import type { FeedReport } from '../commands/ports.ts';
import type { Clock } from '../engine/clock.ts';
import type { Feed, FeedStatus } from '../feeds/feed.ts';
import type { MetricFamily } from '../web/ports.ts';

/** How a feed is doing, for people. @param watched how many of its instruments are watched */
export function feedReport(feed: Feed, watched: number, clock: Clock): FeedReport {
  const { state, since, lastMessageAt, detail, venue, streams } = feed.status();
  return {
    name: venue,
    state,
    sinceMs: clock.now() - since,
    ageMs: lastMessageAt === undefined ? undefined : clock.now() - lastMessageAt,
    detail,
    watched,
    ...(streams === undefined ? {} : { streams }),
  };
}

/** What a feed counts, with the gaps in its data. */
export interface FeedTally {
  readonly status: FeedStatus;
  readonly gaps: number;
}

const STATES = ['connecting', 'live', 'stale', 'resyncing', 'down'] as const;

const COUNTED = [
  ['frames', 'Frames that came from the venue.'],
  ['trades', 'Trades that the feed passed on.'],
  ['duplicates', 'Trades that came twice and were dropped.'],
  ['malformed', 'Messages that could not be read.'],
  ['unknown', 'Messages that nobody asked for.'],
  ['reconnects', 'Sockets that were opened anew.'],
  ['resyncs', 'Order books that were fetched anew.'],
] as const;

/** The feeds as Prometheus has them: one series a venue, or a venue and state. */
export function feedMetrics(tallies: readonly FeedTally[]): readonly MetricFamily[] {
  const ofVenue = (read: (tally: FeedTally) => number) =>
    tallies.map((tally) => ({ labels: { venue: tally.status.venue }, value: read(tally) }));
  const ofState = (read: (status: FeedStatus, state: (typeof STATES)[number]) => number) =>
    tallies.flatMap(({ status }) =>
      STATES.map((state) => ({ labels: { venue: status.venue, state }, value: read(status, state) })),
    );
  return [
    {
      ...{ name: 'bellwether_feed_state', help: 'Whether a feed is in a state: 1 or 0.', type: 'gauge' },
      values: ofState((status, state) => (status.state === state ? 1 : 0)),
    },
    {
      ...{ name: 'bellwether_feed_streams', help: 'Streams of a feed in a state.', type: 'gauge' },
      values: ofState((status, state) => status.streams?.[state] ?? 0),
    },
    ...COUNTED.map(([name, help]): MetricFamily => {
      const values = ofVenue(({ status }) => status.counters[name] ?? 0);
      return { name: `bellwether_feed_${name}_total`, help, type: 'counter', values };
    }),
    {
      ...{ name: 'bellwether_feed_gaps_total', help: 'Times that an instrument’s data were lost.', type: 'counter' },
      values: ofVenue(({ gaps }) => gaps),
    },
  ];
}
