import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BybitDouble, startBybitDouble } from '../doubles/bybit.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '123456:AAAA-bybit-token';
const MINUTE = 60_000;

const told = (call: RecordedCall, ...parts: readonly string[]): boolean =>
  parts.every((part) => call.text?.includes(part) ?? false);

// In order: each goes on with what the one before left.
describe('perpetuals of Bybit', { timeout: 90_000, shuffle: false }, () => {
  let bybit: BybitDouble;
  let telegram: TelegramDouble;
  let program: Program;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    [bybit, telegram] = await Promise.all([startBybitDouble(), startTelegramDouble({ token: TELEGRAM_TOKEN })]);
    for (let i = 400; i > 0; i--) {
      bybit.trade('linear', 'BTCUSDT', 60_000 + (i % 7), 1, { ts: Date.now() - i * MINUTE, send: false });
    }
    bybit.market('linear', 'BTCUSDT').setBook([[59_999, 1]], [[60_001, 1]]);
    program = await startProgram({
      DATABASE_URL: `file:${folder.path}/test.db`,
      FEEDS: 'bybit',
      SYMBOLS: 'btcusdt.p',
      BYBIT_WS_URL: bybit.wsUrl,
      BYBIT_REST_URL: bybit.restUrl,
      TELEGRAM_TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
    });
  }, 60_000);

  afterAll(async () => {
    await program?.end('SIGTERM');
    await Promise.all([bybit?.stop(), telegram?.stop()]);
    await folder?.drop();
  }, 60_000);

  async function subscribed(topic: string): Promise<void> {
    await expect.poll(() => bybit.subscriptions(), { timeout: 20_000 }).toContain(topic);
  }

  const ticker = (fundingRate: string) =>
    bybit.publish(
      'linear',
      'tickers.BTCUSDT',
      JSON.stringify({
        ...{ topic: 'tickers.BTCUSDT', type: 'snapshot', cs: 1, ts: Date.now() },
        data: { symbol: 'BTCUSDT', markPrice: '60000.5', indexPrice: '60001', openInterest: '5', fundingRate },
      }),
    );

  it('are shown with their history, price and chart', async () => {
    await subscribed('linear publicTrade.BTCUSDT');
    bybit.trade('linear', 'BTCUSDT', 60_010, 1);
    const symbols = async () => (await fetch(`${program.url}/api/symbols`)).text();
    await expect.poll(symbols, { timeout: 20_000 }).toContain('"price":60010');
    telegram.say('/price btcusdt.p');
    await expect
      .poll(() => telegram.sent.map(({ text }) => text), { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/btcusdt\.p.*60,010/));
    telegram.say('/chart btcusdt.p 5m');
    await expect
      .poll(() => telegram.sent.map(({ method, text }) => `${method} ${text}`), { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/(sendPhoto|editMessageMedia) btcusdt\.p 5m/));
  });

  it('fire rules on their funding', async () => {
    ticker('0.00005');
    telegram.say('/alert btcusdt.p funding > 0.01%');
    await telegram.waitFor((call) => told(call, 'funding > 0.01') && !told(call, '🔔'));
    ticker('0.00005');
    ticker('0.0002');
    await telegram.waitFor((call) => told(call, '🔔', 'funding > 0.01'));
  });

  it('fire rules on their order book, which is subscribed for as long as one reads it', async () => {
    expect(bybit.subscriptions()).not.toContain('linear orderbook.200.BTCUSDT');
    telegram.say('/alert btcusdt.p imbalance > 0.2');
    await telegram.waitFor((call) => told(call, 'imbalance > 0.2') && !told(call, '🔔'));
    await subscribed('linear orderbook.200.BTCUSDT');
    const market = bybit.market('linear', 'BTCUSDT');
    // Even at first: a rule that is true from the start waits for the next time.
    bybit.publish('linear', 'orderbook.200.BTCUSDT', market.change([[59_998, 0.1]], [[60_002, 0.1]], Date.now()));
    await expect.poll(async () => (await report()).feeds[0].streams.live, { timeout: 20_000 }).toBe(3);
    bybit.publish('linear', 'orderbook.200.BTCUSDT', market.change([[59_999, 9]], [], Date.now()));
    const alert = await telegram.waitFor((call) => told(call, '🔔', 'imbalance > 0.2'));
    const remove = alert.buttons.flat().find(({ text }) => text === 'Delete');
    telegram.press(alert.messageId!, String(remove?.callback_data));
    await expect.poll(() => bybit.subscriptions(), { timeout: 20_000 }).not.toContain('linear orderbook.200.BTCUSDT');
  });

  it('that the exchange refuses are told to whoever has a rule on them, and shown', async () => {
    const { linear } = bybit.listings;
    linear.splice(
      linear.findIndex(({ symbol }) => symbol === 'ETHUSDT'),
      1,
    );
    telegram.say('/alert ethusdt.p > 5000');
    const notice = await telegram.waitFor((call) => told(call, '⚠️', 'ethusdt.p', 'does not give its trades'));
    expect(notice.text).toMatch(/handler not found.*alert \d is blind/);
    const { feeds } = await report();
    expect(feeds[0]).toMatchObject({ name: 'bybit', symbols: 2 });
    expect(feeds[0].streams.worst.map(({ name }) => name)).toContain('trades ethusdt.p');
    const metrics = await (await fetch(`${program.url}/metrics`)).text();
    expect(metrics).toMatch(/bellwether_feed_streams\{venue="bybit",state="down"\} [12]/);
    expect(metrics).toContain('bellwether_feed_state{venue="bybit",state="live"} 1');
    telegram.say('/status');
    await telegram.waitFor((call) => told(call, 'bybit prices', '2 symbols', 'trades ethusdt.p down'));
    telegram.say('/alerts');
    await telegram.waitFor((call) => told(call, 'ethusdt.p', 'stale'));
  });

  interface Report {
    readonly feeds: readonly [
      { readonly streams: { readonly live: number; readonly worst: readonly { readonly name: string }[] } },
    ];
  }

  async function report(): Promise<Report> {
    return (await (await fetch(`${program.url}/readyz`)).json()) as Report;
  }
});
