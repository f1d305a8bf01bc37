import type { Clock } from '../engine/clock.ts';
import { barStart, MINUTE } from '../engine/market/interval.ts';
import type { FeedHealth, Logger, PartHealth, ReadinessReport, SymbolRow, WebPorts } from './ports.ts';

export type OverallState = 'ok' | 'starting' | 'degraded' | 'down';

const SPARK_INTERVAL = 15 * MINUTE;
const SPARK_BARS = 96;
const SPARK_KEPT_MS = 30_000;
/** More rows than this are not read on a status page; each costs a query. */
const SPARK_ROWS = 60;

/** One word for the whole: `down` where nothing comes in or the database is not usable. */
export function overallState(report: ReadinessReport): OverallState {
  if (!report.database.migrated) return 'down';
  const isStoring = report.database.detail === undefined;
  const feeds = report.feeds.filter((feed) => feed.state !== 'off');
  const hears = (part: PartHealth) => part.state === 'live' || part.state === 'stale' || part.state === 'resyncing';
  if (feeds.length > 0 && !feeds.some(hears))
    return feeds.some((feed) => feed.state === 'connecting') ? 'starting' : 'down';
  const parts = [...feeds, ...report.platforms.filter((platform) => platform.state !== 'off')];
  return isStoring && parts.every((part) => part.state === 'live') ? 'ok' : 'degraded';
}

/** The report as JSON gives it: what is undefined is null. */
export function readinessBody(report: ReadinessReport) {
  const state = overallState(report);
  const part = (health: PartHealth) => ({ ...health, lastMessageAgeMs: health.lastMessageAgeMs ?? null });
  const feed = ({ streams, ...health }: FeedHealth) => {
    const worst = streams?.worst.map((stream) => ({ ...stream, ageMs: stream.ageMs ?? null })) ?? [];
    return { ...health, ...part(health), ...(streams === undefined ? {} : { streams: { ...streams, worst } }) };
  };
  return {
    // Alerts that are not sent are no service, however well the feeds are.
    ready: (state === 'ok' || state === 'degraded') && report.database.detail === undefined,
    state,
    database: report.database,
    feeds: report.feeds.map(feed),
    platforms: report.platforms.map(part),
  };
}

export function symbolBody(row: SymbolRow) {
  return { ...row, price: row.price ?? null, ts: row.ts ?? null };
}

/** The closes of the last day, oldest first, and what the day's change is measured from: the oldest known where a day is not. */
export interface Spark {
  readonly since: number | null;
  readonly open: number | null;
  readonly closes: readonly number[];
}

export interface StatusReader {
  /** What changes by the second: sent over the stream. */
  live(): Promise<{ readonly type: 'status' } & Record<string, unknown>>;
  /** All that the page shows at first. */
  whole(): Promise<Record<string, unknown>>;
}

/** Reads the state of the program for the page. Sparklines are kept for half a minute, so that visitors share their cost. */
export function createStatusReader(ports: WebPorts, clock: Clock, logger: Logger, version: string): StatusReader {
  const sparks = new Map<string, { readonly at: number; readonly spark: Promise<Spark> }>();

  async function read(instrument: string): Promise<Spark> {
    const now = clock.now();
    const from = now - SPARK_BARS * SPARK_INTERVAL;
    const [bars, day] = await Promise.all([
      ports.bars(instrument, SPARK_INTERVAL, from, undefined, SPARK_BARS, true),
      ports.day(instrument),
    ]);
    const since = day?.since ?? bars[0]?.start ?? null;
    return { since, open: day?.base ?? bars[0]?.open ?? null, closes: bars.map((bar) => bar.close) };
  }

  function sparkOf(instrument: string): Promise<Spark> {
    const kept = sparks.get(instrument);
    const isSameBar = kept !== undefined && barStart(kept.at, SPARK_INTERVAL) === barStart(clock.now(), SPARK_INTERVAL);
    if (isSameBar && clock.now() - kept.at < SPARK_KEPT_MS) return kept.spark;
    const spark = read(instrument).catch((error: unknown) => {
      logger.warn({ err: error, instrument }, 'no bars for a sparkline');
      return { since: null, open: null, closes: [] };
    });
    sparks.set(instrument, { at: clock.now(), spark });
    return spark;
  }

  async function live() {
    const { ready, state, database, feeds, platforms } = readinessBody(ports.health());
    return {
      type: 'status' as const,
      ts: clock.now(),
      ready,
      state,
      database,
      feeds,
      platforms,
      outbox: await ports.outbox(),
    };
  }

  return {
    live,
    async whole() {
      const rows = ports.symbols();
      const [now, firings, spark] = await Promise.all([
        live(),
        ports.firings(20),
        Promise.all(rows.slice(0, SPARK_ROWS).map((row) => sparkOf(row.instrument))),
      ]);
      const symbols = rows.map((row, index) => ({ ...symbolBody(row), day: spark[index] ?? null }));
      const { type: _, ...state } = now;
      return { name: 'Bellwether', version, ...state, symbols, firings };
    },
  };
}
