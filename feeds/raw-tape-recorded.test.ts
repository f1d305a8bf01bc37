import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BookEvent, FeedEvent, Trade } from '../engine/market/events.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { come } from '../test/doubles/wire.ts';
import { stageOptions } from '../test/stages/stage.ts';
import type { RawBody } from './raw-lines.ts';
import { createFeed } from './registry.ts';

/** Real frames and answers, recorded by others; absent outside the project's own machines. */
const RECORDINGS = new URL('../../../shared/venues/', import.meta.url);
const isThere = existsSync(RECORDINGS);
const textOf = (file: string): string => readFileSync(new URL(file, RECORDINGS), 'utf8').trim();

/** What a raw tape of these lines tells; a tenth of a second lies between two of them. */
async function replay(venue: string, at: number, bodies: readonly RawBody[]): Promise<readonly FeedEvent[]> {
  const folder = mkdtempSync(join(tmpdir(), 'recorded-'));
  const file = join(folder, 'raw.ndjson');
  writeFileSync(file, bodies.map((body, i) => JSON.stringify({ venue, at: at + i * 100, ...body })).join('\n'));
  const events: FeedEvent[] = [];
  const options = stageOptions(createManualClock(), { tape: { speed: Number.POSITIVE_INFINITY } });
  const feed = createFeed(`tape:${file}`, options);
  feed.start((event) => events.push(event));
  feed.watch([...new Set(bodies.flatMap((body) => ('symbols' in body ? body.symbols : [])))]);
  await come(() => feed.status().detail?.startsWith('the tape has ended') === true);
  expect(feed.status().counters).toMatchObject({ malformed: 0, resyncs: 0 });
  await feed.stop();
  rmSync(folder, { recursive: true });
  return events;
}

interface Depth {
  readonly stream: string;
  readonly data: {
    readonly E: number;
    readonly u: number;
    readonly b: readonly [string, string][];
    readonly a: readonly [string, string][];
  };
}

describe.skipIf(!isThere)('recorded frames on a raw tape', () => {
  it('of Binance make the order book that a plain loop makes of the snapshot and its changes', async () => {
    const snapshot = JSON.parse(textOf('binance-spot/rest/api_v3_depth_symbol_NKNUSDT_limit_1000.json')) as {
      readonly lastUpdateId: number;
      readonly bids: readonly [string, string][];
      readonly asks: readonly [string, string][];
    };
    const texts = textOf('binance-spot/depth.jsonl')
      .split('\n')
      .filter((text) => text.includes('"nknusdt@depth'));
    const frames = texts.map((text): RawBody => ({ route: 'main', socket: 1, text }));
    const query = { symbol: 'NKNUSDT', limit: 1000 };
    const lines: RawBody[] = [
      { what: 'made', seed: 1 },
      { what: 'start' },
      { what: 'watchBook', symbols: ['nknusdt'] },
      { what: 'watch', symbols: ['nknusdt'] },
      { what: 'subscribed', route: 'main', socket: 1, names: ['nknusdt@depth@100ms', 'nknusdt@trade'] },
      { what: 'asked', id: 1, path: '/api/v3/depth', query },
      frames[0],
      { what: 'answered', id: 1, body: snapshot },
      ...frames.slice(1),
    ];
    const sides = { b: new Map(snapshot.bids), a: new Map(snapshot.asks) };
    const tops = new Map<number, readonly number[]>();
    for (const text of texts) {
      const { E, u, b, a } = (JSON.parse(text) as Depth).data;
      if (u > snapshot.lastUpdateId)
        for (const [side, rows] of [
          ['b', b],
          ['a', a],
        ] as const) {
          for (const [price, size] of rows) {
            if (Number(size) === 0) sides[side].delete(price);
            else sides[side].set(price, size);
          }
        }
      tops.set(E, [Math.max(...[...sides.b.keys()].map(Number)), Math.min(...[...sides.a.keys()].map(Number))]);
    }
    const books = (await replay('binance', 1_633_998_512_000, lines)).filter(
      (event): event is BookEvent => event.type === 'book',
    );
    // One of the snapshot, which has no time, and one of each change after it.
    expect(books.length).toBeGreaterThan(140);
    for (const { ts, bids, asks } of books.slice(1)) expect([bids.prices[0], asks.prices[0]]).toEqual(tops.get(ts));
  });

  it('of OKX give each trade once, in the units of its list', async () => {
    const own = textOf('okx/trades.jsonl')
      .split('\n')
      .filter((text) => text.includes('"BTC-USDT"'));
    const books = textOf('okx/books.jsonl')
      .split('\n')
      .filter((text) => text.includes('"BTC-USDT"'));
    const market = {
      ...{ instrument: 'okx:btcusdt', venue: 'okx', symbol: 'btcusdt', base: 'btc', quote: 'usdt' },
      ...{ kind: 'spot' as const, tick: 0.1, lot: 1e-8, active: true, wire: 'BTC-USDT' },
    };
    const events = await replay('okx', 1_651_000_000_000, [
      { what: 'made', seed: 1 },
      { what: 'markets', markets: [market] },
      { what: 'start' },
      { what: 'watch', symbols: ['btcusdt'] },
      { what: 'watchBook', symbols: ['btcusdt'] },
      { what: 'subscribed', route: 'public', socket: 1, names: ['trades:BTC-USDT', 'books:BTC-USDT'] },
      ...[...own, ...books].map((text): RawBody => ({ route: 'public', socket: 1, text })),
    ]);
    const rows = own.flatMap((text) => (JSON.parse(text) as { data?: { tradeId: string; px: string }[] }).data ?? []);
    const told = events.filter((event): event is Trade => event.type === 'trade');
    expect(rows.length).toBeGreaterThan(50);
    expect(told.map(({ price }) => price)).toEqual(rows.map(({ px }) => Number(px)));
    expect(events.filter(({ type }) => type === 'book').length).toBeGreaterThan(90);
  });
});
