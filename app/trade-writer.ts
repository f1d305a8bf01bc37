import { createColumns, packTrades, type TradeChunk, type TradeColumns } from '../db/trade-chunk.ts';
import type { TradeStore } from '../db/trades.ts';
import type { Clock } from '../engine/clock.ts';
import type { Trade } from '../engine/market/events.ts';
import type { Logger } from './part-logger.ts';

const FLUSH_MS = 10_000;
/** Trades of one instrument that are packed as one row. */
const CHUNK = 4_096;
/** Trades that wait at most, packed or not. Later ones are dropped and counted: the engine goes on. */
const MOST_WAITING = 400_000;
/** How often it is said that trades are dropped, in ms. */
const LOG_EVERY_MS = 60_000;

/** Collects trades and stores them in the background, many in one row. */
export interface TradeWriter {
  /** Never waits and never throws. */
  add(trade: Trade): void;
  /** Stores all that came before. Never rejects. */
  flush(): Promise<void>;
  stop(): Promise<void>;
  counters(): { readonly stored: number; readonly dropped: number; readonly waiting: number };
}

interface Line {
  columns: TradeColumns;
  /** What was stored before the start: a restart is told some of it again. Undefined until it is known. */
  known: Awaited<ReturnType<TradeStore['newest']>> | 'none' | undefined;
}

export function createTradeWriter(store: Pick<TradeStore, 'put' | 'newest'>, clock: Clock, log: Logger): TradeWriter {
  const lines = new Map<string, Line>();
  /** Full columns that are to be packed, by instrument. */
  const full: { instrument: string; columns: TradeColumns }[] = [];
  let packed: TradeChunk[] = [];
  let waiting = 0;
  let stored = 0;
  let dropped = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let cancel: (() => void) | undefined;
  let stopped = false;

  // Hot path: every trade of every feed.
  function add(trade: Trade): void {
    if (stopped) return;
    if (waiting >= MOST_WAITING) {
      drop();
      return;
    }
    let line = lines.get(trade.instrument);
    if (line === undefined) {
      line = { columns: createColumns(), known: undefined };
      lines.set(trade.instrument, line);
    }
    line.columns.add(trade);
    waiting++;
    if (line.columns.count === CHUNK) {
      full.push({ instrument: trade.instrument, columns: line.columns });
      line.columns = createColumns();
      if (running === undefined) start();
    }
    if (cancel === undefined) cancel = clock.after(FLUSH_MS, tick);
  }

  function drop(): void {
    dropped++;
    if (clock.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = clock.now();
    log.warn({ dropped, waiting }, 'trades come faster than they can be stored, some are dropped');
  }

  function tick(): void {
    cancel = undefined;
    void flush();
  }

  function start(): void {
    running = work().finally(() => {
      running = undefined;
    });
  }

  async function work(): Promise<void> {
    try {
      while (full.length > 0 || packed.length > 0) {
        for (const { instrument, columns } of full.splice(0, 16)) await packOne(instrument, columns);
        await store.put(packed);
        const count = sum(packed);
        stored += count;
        waiting -= count;
        packed = [];
      }
    } catch (error) {
      log.warn({ err: error, trades: waiting }, 'trades could not be stored, they wait');
      if (!stopped) cancel ??= clock.after(FLUSH_MS, tick);
    }
  }

  async function packOne(instrument: string, columns: TradeColumns): Promise<void> {
    const fresh = await freshOf(instrument, columns);
    waiting -= columns.count - fresh.count;
    if (fresh.count > 0) packed.push(await packTrades(instrument, fresh));
  }

  /** Leaves out what a run before has stored. */
  async function freshOf(instrument: string, columns: TradeColumns): Promise<TradeColumns> {
    const line = lines.get(instrument);
    if (line === undefined) return columns;
    try {
      line.known ??= (await store.newest(instrument)) ?? 'none';
    } catch (error) {
      // Better some trades twice than none.
      log.warn({ err: error, instrument }, 'it is not known which trades are stored already');
      line.known = 'none';
    }
    const { known } = line;
    if (known === 'none') return columns;
    const fresh = createColumns();
    for (let i = 0; i < columns.count; i++) {
      const trade = columns.trade(i, instrument);
      if (trade.ts > known.ts || (trade.ts === known.ts && !known.ids.has(trade.id))) fresh.add(trade);
    }
    // All are newer: the run before is caught up with.
    if (fresh.count === columns.count) line.known = 'none';
    return fresh;
  }

  async function flush(): Promise<void> {
    while (running !== undefined) await running;
    for (const [instrument, line] of lines) {
      if (line.columns.count === 0) continue;
      full.push({ instrument, columns: line.columns });
      line.columns = createColumns();
    }
    if (full.length === 0 && packed.length === 0) return;
    start();
    await running;
  }

  return {
    add,
    flush,
    async stop() {
      stopped = true;
      cancel?.();
      cancel = undefined;
      await flush();
    },
    counters: () => ({ stored, dropped, waiting }),
  };
}

function sum(chunks: readonly TradeChunk[]): number {
  let count = 0;
  for (const chunk of chunks) count += chunk.count;
  return count;
}
