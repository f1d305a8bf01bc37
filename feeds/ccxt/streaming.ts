import type { Market } from '../venue.ts';
import type { Exchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { Item, StreamChannel } from './messages.ts';
import { createTradeMap, mapBook } from './trade-map.ts';

/** More trades than this in one item would hold up who reads it. */
const MOST_ROWS = 500;
const BOOK_EVERY_MS = 100;
const UNWATCH_MS = 5_000;

export interface StreamingOptions {
  readonly exchange: Exchange;
  /** @throws what ccxt throws, or Error where there is no such market */
  readonly market: (wire: string) => Promise<Market>;
  readonly say: (item: Item) => void;
}

/** The streams that the child carries; each ends with `lost`, or silently when it is closed. */
export interface Streaming {
  open(stream: number, channel: StreamChannel, wire: string): void;
  close(stream: number): void;
}

/** One loop a symbol and channel, for ccxt hands out each update but once: whoever has the symbol open at the time gets it. */
interface Pump {
  readonly channel: StreamChannel;
  readonly wire: string;
  stream: number | undefined;
  isRunning: boolean;
  /** Resolves when the venue was told to stop. */
  leaving: Promise<void> | undefined;
  map: ReturnType<typeof createTradeMap> | undefined;
}

export function createStreaming({ exchange, market, say }: StreamingOptions): Streaming {
  const pumps = new Map<string, Pump>();

  async function run(pump: Pump): Promise<void> {
    pump.isRunning = true;
    for (;;) {
      await pump.leaving;
      if (pump.stream === undefined) break;
      try {
        await turn(pump, await market(pump.wire));
      } catch (error) {
        // What was told to stop ends with an error.
        if (pump.leaving === undefined) lose(pump, error);
      }
    }
    pump.isRunning = false;
  }

  function lose(pump: Pump, error: unknown): void {
    if (pump.stream !== undefined) say({ is: 'lost', stream: pump.stream, failure: failureOf(error) });
    pump.stream = undefined;
  }

  async function turn(pump: Pump, one: Market): Promise<void> {
    if (pump.channel === 'trades') {
      pump.map ??= createTradeMap(exchange.id, one);
      const value = await exchange.watchTrades(one.wire);
      if (pump.stream !== undefined) tellTrades(pump.stream, pump.map(value));
      return;
    }
    const row = mapBook(await exchange.watchOrderBook(one.wire), one);
    const { stream } = pump;
    if (stream === undefined) return;
    say(typeof row === 'string' ? { is: 'bad', stream, why: row } : { is: 'book', stream, ...row });
    await new Promise((resolve) => setTimeout(resolve, BOOK_EVERY_MS));
  }

  function tellTrades(stream: number, { rows, bad }: ReturnType<ReturnType<typeof createTradeMap>>): void {
    for (let at = 0; at < rows.length || at === 0; at += MOST_ROWS) {
      say({ is: 'trades', stream, rows: rows.slice(at, at + MOST_ROWS), bad: at === 0 ? bad : 0 });
    }
  }

  return {
    open(stream, channel, wire) {
      const key = `${channel} ${wire}`;
      const known = pumps.get(key);
      const pump: Pump = known ?? { channel, wire, stream, isRunning: false, leaving: undefined, map: undefined };
      pumps.set(key, pump);
      pump.stream = stream;
      pump.map = undefined;
      if (!pump.isRunning) run(pump).catch((error: unknown) => lose(pump, error));
    },
    close(stream) {
      const pump = [...pumps.values()].find((one) => one.stream === stream);
      if (!pump) return;
      pump.stream = undefined;
      const left = unwatch(exchange, pump).finally(() => {
        if (pump.leaving === left) pump.leaving = undefined;
      });
      pump.leaving = left;
    },
  };
}

/** Where it cannot be or fails the venue goes on sending, and nobody listens. */
async function unwatch(exchange: Exchange, { channel, wire }: Pump): Promise<void> {
  const name = channel === 'trades' ? 'unWatchTrades' : 'unWatchOrderBook';
  if (exchange.has[name] !== true) return;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, UNWATCH_MS);
  });
  await Promise.race([exchange[name]?.(wire), limit]).catch(() => undefined);
  clearTimeout(timer);
}
