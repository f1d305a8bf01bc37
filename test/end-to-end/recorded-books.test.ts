import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { readConfig } from '../../config.ts';
import { type BybitDouble, startBybitDouble } from '../doubles/bybit.ts';
import { type OkxDouble, startOkxDouble } from '../doubles/okx.ts';
import { shiftedClock } from '../doubles/shifted-clock.ts';
import { pageConsole } from './page-console.ts';
import { temporaryFolder } from './program.ts';

const VENUES = new URL('../../../shared/venues/', import.meta.url);
const FILES = ['bybit-v5/spot.orderbook.jsonl', 'bybit-v5/linear.tickers.jsonl', 'okx/books.jsonl'] as const;
const isThere = FILES.every((file) => existsSync(new URL(file, VENUES)));
const HOUR = 3_600_000;
/** Best levels of a side that a book is told with. */
const TOLD_LEVELS = 50;

type Levels = readonly (readonly [price: number, size: number])[];
interface Sides {
  readonly bids: Levels;
  readonly asks: Levels;
}

/** The first frame of a recording that has all of the words, as it was received. */
function frameOf(file: (typeof FILES)[number], ...words: readonly string[]): string {
  const lines = readFileSync(new URL(file, VENUES), 'utf8').split('\n');
  return lines.find((line) => words.every((word) => line.includes(word)))!;
}

const levelsOf = (rows: readonly string[][]): Levels =>
  rows.map(([price, size]) => [Number(price), Number(size)] as const);

function recordedBooks(): { readonly bybit: Sides; readonly okx: Sides } {
  const bybit = JSON.parse(frameOf(FILES[0], 'orderbook.200.BTCUSDT"', '"snapshot"')).data;
  const [okx] = JSON.parse(frameOf(FILES[2], '"instId":"BTC-USDT"}', '"snapshot"')).data;
  return {
    bybit: { bids: levelsOf(bybit.b), asks: levelsOf(bybit.a) },
    okx: { bids: levelsOf(okx.bids), asks: levelsOf(okx.asks) },
  };
}

const middleOf = ({ bids, asks }: Sides): number => (bids[0][0] + asks[0][0]) / 2;

/** What taking `size` from a side costs, level by level. */
function taken(side: Levels, size: number): { paid: number; worst: number; filled: number } {
  let [paid, worst, left] = [0, 0, size];
  for (const [price, there] of side) {
    if (left <= 0) break;
    const some = Math.min(left, there);
    paid += some * price;
    worst = price;
    left -= some;
  }
  return { paid, worst, filled: size - Math.max(0, left) };
}

describe.skipIf(!isThere)(
  'recorded order books and funding, through the venues’ protocols',
  { timeout: 60_000 },
  () => {
    let app: App;
    let bybit: BybitDouble;
    let okx: OkxDouble;
    let books: ReturnType<typeof recordedBooks>;
    /** Of the perpetual, as it was received. */
    let ticker: string;
    let folder: Awaited<ReturnType<typeof temporaryFolder>>;
    const { say, numbers } = pageConsole(() => app.port);

    beforeAll(async () => {
      books = recordedBooks();
      ticker = frameOf(FILES[1], '"tickers.BTCUSDT"', '"snapshot"');
      const shift = JSON.parse(ticker).ts - Date.now();
      const clock = shiftedClock(() => shift);
      folder = await temporaryFolder();
      [bybit, okx] = await Promise.all([startBybitDouble({ now: clock.now }), startOkxDouble({ now: clock.now })]);
      bybit.market('spot', 'BTCUSDT').setBook(books.bybit.bids, books.bybit.asks);
      okx.book('BTC-USDT').set(books.okx.bids, books.okx.asks);
      const env = {
        ...{
          DATABASE_URL: `file:${folder.path}/test.db`,
          FEEDS: 'bybit,okx',
          SYMBOLS: 'bybit:btcusdt',
          HTTP_PORT: '0',
        },
        ...{ BYBIT_WS_URL: bybit.wsUrl, BYBIT_REST_URL: bybit.restUrl },
        ...{ OKX_WS_URL: okx.wsUrl, OKX_REST_URL: okx.restUrl },
      };
      app = await startApp({ config: readConfig(env), clock, log: createLogger('silent') });
    }, 60_000);

    afterAll(async () => {
      await app?.stop();
      await Promise.all([bybit?.stop(), okx?.stop()]);
      await folder?.drop();
    }, 60_000);

    it('add up to what /depth tells, and a market order costs what its levels cost', async () => {
      const [bids, asks] = [books.bybit.bids, books.bybit.asks].map((side) => side.slice(0, TOLD_LEVELS));
      const middle = middleOf(books.bybit);
      interface Order {
        readonly side: 'buy' | 'sell';
        readonly average: number;
        readonly worst: number;
        readonly filled: number;
        readonly slippage: number;
      }
      const told = await numbers<Record<string, number> & { orders: Order[] }>('depth bybit:btcusdt 0.5');
      expect(told.middle).toBeCloseTo(middle, 8);
      expect(told.spread).toBeCloseTo(((asks[0][0] - bids[0][0]) / middle) * 10_000, 8);
      const farthest = [bids, asks].map((side) => Math.abs(side[side.length - 1][0] / middle - 1));
      const reach = Math.min(...farthest, 0.02);
      expect(told.reach).toBeCloseTo(reach, 10);
      const [bid, ask] = [bids, asks].map((side) => {
        return side.reduce((sum, [price, size]) => (Math.abs(price / middle - 1) <= reach ? sum + size : sum), 0);
      });
      expect(told.bidSize).toBeCloseTo(bid, 8);
      expect(told.askSize).toBeCloseTo(ask, 8);
      expect(told.imbalance).toBeCloseTo((bid - ask) / (bid + ask), 8);
      expect(told.orders.map(({ side }) => side)).toEqual(['buy', 'sell']);
      for (const { side, average, worst, filled, slippage } of told.orders) {
        const cost = taken(side === 'buy' ? asks : bids, 0.5);
        expect(filled).toBeCloseTo(cost.filled, 8);
        expect(average).toBeCloseTo(cost.paid / cost.filled, 6);
        expect(worst).toBe(cost.worst);
        expect(slippage).toBeCloseTo(Math.abs(cost.paid / cost.filled / middle - 1) * 10_000, 6);
      }
      expect(await say('/depth bybit:btcusdt 0.5')).toContain(`spread ${told.spread.toFixed(2)} bps`);
    });

    it('of two venues are as far apart as /spread tells, after fees', async () => {
      interface Venue {
        readonly bid: number;
        readonly ask: number;
        readonly spread: number;
        readonly off: number;
        readonly fee: number;
      }
      const told = await numbers<{
        middle: number;
        venues: Record<'bybit' | 'okx', Venue>;
        best: { buyAt: string; sellAt: string; gross: number; net: number };
      }>('spread bybit:btcusdt');
      const middles = [books.bybit, books.okx].map(middleOf);
      const middle = (middles[0] + middles[1]) / 2;
      expect(told.middle).toBeCloseTo(middle, 8);
      for (const [i, name] of (['bybit', 'okx'] as const).entries()) {
        const [[bid], [ask]] = [books[name].bids[0], books[name].asks[0]];
        expect(told.venues[name]).toMatchObject({ bid, ask });
        expect(told.venues[name].spread).toBeCloseTo(((ask - bid) / middles[i]) * 10_000, 6);
        expect(told.venues[name].off).toBeCloseTo((middles[i] / middle - 1) * 10_000, 6);
      }
      // Four years lie between the recordings: what was bought at the one is worth twice as much at the other.
      const [ask, bid] = [books.okx.asks[0][0], books.bybit.bids[0][0]];
      const [costs, yields] = [1 + told.venues.okx.fee, 1 - told.venues.bybit.fee];
      expect(told.best).toMatchObject({ buyAt: 'okx', sellAt: 'bybit' });
      expect(told.best.gross).toBeCloseTo((bid / ask - 1) * 10_000, 5);
      expect(told.best.net).toBeCloseTo(((bid * yields) / (ask * costs) - 1) * 10_000, 5);
      expect(await say('/spread bybit:btcusdt')).toContain('it pays on paper');
    });

    it('is what /funding tells: rate, year, basis and open interest', async () => {
      await say('/funding bybit:btcusdt.p');
      await expect.poll(() => bybit.subscriptions(), { timeout: 20_000 }).toContain('linear tickers.BTCUSDT');
      bybit.publish('linear', 'tickers.BTCUSDT', ticker);
      await expect
        .poll(() => say('/funding bybit:btcusdt.p'), { timeout: 20_000 })
        .toMatch(/rate a payment and a year/);
      const { markets } = await numbers<{ markets: Record<string, Record<string, number | string>> }>(
        'funding bybit:btcusdt.p',
      );
      const recorded = JSON.parse(ticker).data as Record<string, string>;
      const [rate, mark, index, interest] = ['fundingRate', 'markPrice', 'indexPrice', 'openInterest'].map((name) =>
        Number(recorded[name]),
      );
      const told = markets['bybit:btcusdt.p'];
      expect(told).toMatchObject({ rate, every: 8 * HOUR, openInterest: interest });
      expect(told.perYear).toBeCloseTo(rate * 3 * 365, 10);
      expect(told.basis).toBeCloseTo(mark / index - 1, 10);
      expect(told.openInterestQuote).toBeCloseTo(interest * mark, 2);
      expect(told.dueAt).toBe(new Date(Number(recorded.nextFundingTime)).toISOString());
      expect(await say('/funding bybit:btcusdt.p')).toMatch(/\+0\.0100% +\+1[01]\.\d% +−3\.1 +3\.9b/);
    });
  },
);
