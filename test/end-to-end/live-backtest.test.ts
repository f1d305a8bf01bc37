import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../app/app.ts';
import { createLogger } from '../../app/part-logger.ts';
import { systemClock } from '../../app/system-clock.ts';
import { readConfig } from '../../config.ts';
import { parseStrategy } from '../../engine/language/strategy.ts';
import { testScope } from '../../engine/language/test-scope.ts';
import { resultAfterCosts, USUAL_COSTS } from '../../engine/ledger/costs.ts';
import { toColumns } from '../../engine/market/bar-history.ts';
import type { Bar, Trade } from '../../engine/market/events.ts';
import { MINUTE } from '../../engine/market/interval.ts';
import { backtest } from '../../engine/strategies/backtest.ts';
import { planBacktest } from '../../engine/strategies/backtest-plan.ts';
import { createRandom } from '../doubles/random.ts';
import { pageConsole } from './page-console.ts';
import { temporaryFolder } from './program.ts';

const BTC = 'binance:btcusdt';
const START = Date.UTC(2026, 2, 3);
/** Minutes in which nothing moves: the tape runs while the feed is set up, and how far it has come by then is up to the machine. */
const STILL = 240;
const MINUTES = STILL + 700;
/** Trades of a minute: the first one at its very beginning. */
const STEPS = 12;
const RULES =
  'long when sma(3) crosses above sma(9) exit long when sma(3) < sma(9) ' +
  'short when sma(3) crosses below sma(9) exit short when sma(3) > sma(9) target 0.3%';

/** First a price that stands still, then one that walks in small steps and swings, so that averages cross often and targets are reached. */
function trades(): readonly Trade[] {
  const random = createRandom(23);
  let noise = 0;
  return Array.from({ length: MINUTES * STEPS }, (_, i): Trade => {
    const at = Math.max(0, i - STILL * STEPS);
    if (at > 0) noise = noise * 0.995 + (random() - 0.5) * 12;
    const price = Math.round((60_000 + (60 + 90 * (1 + Math.sin(at / 900))) * Math.sin(at / 45) + noise) * 100) / 100;
    const ts = START + Math.floor(i / STEPS) * MINUTE + (i % STEPS) * 5_000;
    return { type: 'trade', instrument: BTC, ts, price, size: 1, side: 'buy', id: String(i + 1) };
  });
}

interface Listed {
  readonly ts: number;
  readonly side: string;
  readonly price: number;
  readonly outcome: {
    readonly what: string;
    readonly ts: number;
    readonly price: number;
    readonly result: number;
  } | null;
}

describe('a tape that is played live through the program', { timeout: 90_000 }, () => {
  let app: App;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const page = pageConsole(() => app.port);

  beforeAll(async () => {
    folder = await temporaryFolder();
    const file = `${folder.path}/tape.ndjson`;
    await writeFile(
      file,
      trades()
        .map((trade) => `${JSON.stringify(trade)}\n`)
        .join(''),
    );
    const config = readConfig({
      ...{ DATABASE_URL: `file:${folder.path}/test.db`, FEEDS: `tape:${file}`, TAPE_SPEED: 'max', HTTP_PORT: '0' },
      // Nothing of the tape: it begins when the feed watches something.
      ...{ SYMBOLS: 'nothing', LOG_LEVEL: 'error' },
    });
    app = await startApp({ config, clock: systemClock, log: createLogger('silent') });
  }, 60_000);

  afterAll(async () => {
    await app?.stop();
    await folder?.drop();
  }, 60_000);

  const answer = async <T>(path: string): Promise<T> =>
    (await (await fetch(`http://127.0.0.1:${app.port}${path}`)).json()) as T;

  it('gives the signals and fills that a backtest over the bars of it gives', async () => {
    expect(await page.say(`/strategy new cross on btcusdt 1m ${RULES}`)).toContain('cross');
    expect(await page.say('/feed add cross')).toContain('Feed 1: cross on btcusdt · 1m');
    const last = trades().at(-1)!.ts;
    const priceTs = async (): Promise<number> =>
      (await answer<{ symbols: { instrument: string; ts: number }[] }>('/api/symbols')).symbols.find(
        ({ instrument }) => instrument === BTC,
      )!.ts;
    await expect.poll(priceTs, { timeout: 60_000 }).toBe(last);

    const { bars } = await answer<{ bars: Bar[] }>(`/api/ohlc/btcusdt/1m?limit=${MINUTES}`);
    expect(bars.length).toBeGreaterThanOrEqual(MINUTES - 1);
    const scope = { ...testScope(), interval: MINUTE };
    const strategy = parseStrategy(`${RULES} fee 0 slippage 0`, scope, { instruments: [BTC] });
    const plan = planBacktest(strategy, START + STILL * MINUTE, START + (MINUTES - 1) * MINUTE);
    const tested = backtest(strategy, plan, [{ instrument: BTC, interval: MINUTE, columns: toColumns(bars) }]);
    const ended = tested!.trades.filter(({ why }) => why !== 'end');
    expect(ended.length).toBeGreaterThan(20);
    expect(new Set(ended.map(({ why, side }) => `${side} ${why}`))).toEqual(
      new Set(['long exit', 'long target', 'short exit', 'short target']),
    );
    /** Those that ended, since the first of the backtest; they are in the ledger a moment after they were raised. */
    const live = async () => {
      const { signals } = await answer<{ signals: Listed[] }>('/api/signals?limit=500');
      const over = signals.flatMap(({ side, ts, outcome }) => (outcome === null ? [] : [{ ...outcome, side, ts }]));
      return over.toReversed().filter(({ ts }) => ts >= ended[0].decided);
    };
    await expect.poll(async () => (await live()).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(ended.length);
    const known = (await live()).slice(0, ended.length);
    expect(known.map(({ side, ts, what, price }) => [side, ts, what, price])).toEqual(
      ended.map(({ side, decided, why, exit }) => [side, decided, why, exit]),
    );
    // The result holds the price of the entry.
    for (const [i, { side, entry, exit }] of ended.entries())
      expect(known[i].result).toBeCloseTo(resultAfterCosts(side, entry, exit, USUAL_COSTS), 9);

    const said = await page.say(`/backtest cross btcusdt 1m ${MINUTES - STILL}m`);
    expect(said).toContain(`${tested!.trades.length} trades, `);
  });
});
