import { afterAll, beforeAll, describe, it } from 'vitest';
import { systemClock } from '../../app/system-clock.ts';
import { startUsdmDouble } from '../doubles/binance-usdm.ts';
import { startCoinbaseDouble } from '../doubles/coinbase.ts';
import { startKrakenDouble } from '../doubles/kraken.ts';
import { startOkxDouble } from '../doubles/okx.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Program, startProgram, temporaryFolder } from './program.ts';

const TELEGRAM_TOKEN = '123456:AAAA-venues-token';
const VENUES = ['okx', 'coinbase', 'kraken', 'binance-usdm'] as const;
type VenueOf = (typeof VENUES)[number];
const SECOND = 1000;

/** A venue as one has it who trades `btcusdt` there. */
interface Trader {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** What the trades of `btcusdt` are subscribed as. */
  readonly topic: string;
  subscriptions(): string[];
  trade(price: number, ts?: number): void;
  /** The best bid has so much from now on. */
  bid(size: number): void;
  stop(): Promise<void>;
}

const told = (call: RecordedCall, ...parts: readonly string[]): boolean =>
  parts.every((part) => call.text?.includes(part) ?? false);

async function traders(): Promise<Readonly<Record<VenueOf, Trader>>> {
  const [okx, coinbase, kraken, usdm] = await Promise.all([
    startOkxDouble(),
    startCoinbaseDouble({ clock: systemClock }),
    startKrakenDouble(systemClock),
    startUsdmDouble({ now: Date.now }),
  ]);
  const sides = [[[99, 1]], [[101, 3]]] as const;
  okx.book('BTC-USDT').set(...sides);
  coinbase.setBook('BTC-USDT', ...sides);
  kraken.setBook('BTC/USDT', ...sides);
  usdm.setBook('BTCUSDT', ...sides);
  const when = (ts: number | undefined) => (ts === undefined ? {} : { ts, send: false });
  return {
    okx: {
      ...okx,
      topic: 'trades:BTC-USDT',
      trade: (price, ts) => void okx.trade('BTC-USDT', price, 1, when(ts)),
      bid: (size) => void okx.changeBook('BTC-USDT', [[99, size]], []),
    },
    coinbase: {
      ...coinbase,
      topic: 'market_trades:BTC-USDT',
      trade: (price, ts) => void coinbase.trade('BTC-USDT', price, 1, when(ts)),
      bid: (size) => coinbase.changeBook('BTC-USDT', [[99, size]], []),
    },
    kraken: {
      ...kraken,
      topic: 'trade:BTC/USDT',
      trade: (price, ts) => void kraken.trade('BTC/USDT', price, 1, when(ts)),
      bid: (size) => kraken.changeBook('BTC/USDT', [[99, size]], []),
    },
    'binance-usdm': {
      ...usdm,
      topic: 'btcusdt@aggTrade',
      trade: (price, ts) => void usdm.trade('BTCUSDT', price, 1, when(ts)),
      bid: (size) => void usdm.changeBook('BTCUSDT', [[99, size]], []),
    },
  };
}

describe('the way of a trade through every venue', { timeout: 30_000 }, () => {
  let venues: Readonly<Record<VenueOf, Trader>>;
  let telegram: TelegramDouble;
  let program: Program;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    [venues, telegram] = await Promise.all([traders(), startTelegramDouble({ token: TELEGRAM_TOKEN })]);
    for (const name of VENUES)
      for (let i = 120; i > 0; i--) venues[name].trade(100 + (i % 3), Date.now() - i * 10 * SECOND);
    const addresses = VENUES.flatMap((name) => {
      const variable = name.toUpperCase().replace('-', '_');
      return [
        [`${variable}_WS_URL`, venues[name].wsUrl],
        [`${variable}_REST_URL`, venues[name].restUrl],
      ] as const;
    });
    program = await startProgram({
      DATABASE_URL: `file:${folder.path}/test.db`,
      FEEDS: VENUES.join(','),
      ...Object.fromEntries(addresses),
      TELEGRAM_TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
    });
  }, 60_000);

  afterAll(async () => {
    await program?.end('SIGTERM');
    await Promise.all([...Object.values(venues ?? {}).map((venue) => venue.stop()), telegram?.stop()]);
    await folder?.drop();
  }, 60_000);

  it.concurrent.for(VENUES)(
    '%s: leads from a command over a crossing to a message, and its book is read',
    async (name, { expect }) => {
      const venue = venues[name];
      const level = 200 + VENUES.indexOf(name);
      // A chat for each: alerts that are due together in one chat are one message.
      const chat = { userId: 2_000 + VENUES.indexOf(name) };
      telegram.say(`/alert ${name}:btcusdt > ${level}`, chat);
      await telegram.waitFor((call) => told(call, '✅', `> ${level}`));
      await expect.poll(() => venue.subscriptions(), { timeout: 20_000 }).toContain(venue.topic);
      venue.trade(150);
      venue.trade(level + 1);
      const alert = await telegram.waitFor((call) => told(call, '🔔', `> ${level}`));
      expect(alert.text).toContain(`${level + 1}`);
      expect(alert.text).toContain(name);
      telegram.say(`/alert ${name}:btcusdt imbalance > 0.${51 + VENUES.indexOf(name)}`, chat);
      await telegram.waitFor((call) => told(call, '✅', 'imbalance >', name));
      // Now few of the units are bids, now nearly all: whenever the book is there, one of the changes crosses.
      const bell = (): boolean => telegram.sent.some((call) => told(call, '🔔', 'imbalance >', name));
      let turn = 0;
      const change = (): boolean => {
        venue.bid(turn++ % 2 === 0 ? 1 : 60);
        return bell();
      };
      await expect.poll(change, { timeout: 15_000, interval: 250 }).toBe(true);
    },
  );
});
