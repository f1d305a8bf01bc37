import type { Bar } from '../../engine/market/events.ts';
import { type BinanceDouble, startBinanceDouble } from '../doubles/binance.ts';
import { type DiscordDouble, startDiscordDouble } from '../doubles/discord.ts';
import { startTelegramDouble, type TelegramDouble } from '../doubles/telegram.ts';
import { type Exit, type Launched, launchProgram, temporaryFolder } from '../end-to-end/program.ts';
import { createFaultClock, type FaultClock, type FaultClockOptions } from './fault-clock.ts';
import { type Line, startProxy } from './proxy.ts';
import { type PlannedRule, type SeedOptions, seed } from './seed.ts';
import { readLeft } from './stored.ts';

const MINUTE = 60_000;

/** What nobody may ever read in a log or a chat. */
export const SECRETS = {
  TELEGRAM_TOKEN: '7654321:AAE-canary-of-telegram-k3yzzz',
  DISCORD_TOKEN: 'MTEwMDAwMDAwMDAwMDAwMDAwMQ.canary.of-discord-k3yzzz',
  API_TOKEN: 'canary-of-the-api-k3yzzz',
  INGEST_TOKEN: 'canary-of-ingest-k3yzzz',
} as const;

/** The doubles, and the program among them, which may be killed and started again on the same database. */
export interface Rig {
  readonly clock: FaultClock;
  readonly telegram: TelegramDouble;
  readonly discord: DiscordDouble;
  readonly binance: BinanceDouble;
  /** Between the program and the venue, where there is one. */
  readonly proxy: Line | undefined;
  /** Path of the database. */
  readonly file: string;
  readonly folder: string;
  readonly rules: readonly PlannedRule[];
  /** When the rules began to watch. */
  readonly since: number;
  /** How many sends the killed programs had in flight, by platform: upper bounds of what may be there twice. */
  readonly cut: { telegram: number; discord: number };
  program(): Launched;
  /** Starts the program without waiting for it. */
  launch(): Launched;
  /** Starts it, and waits until it watches the market. */
  start(): Promise<Launched>;
  /** Kills the program, if it still runs, and notes what it had in flight. */
  kill(): Promise<void>;
  /** SIGTERM. @returns its exit code */
  end(): Promise<Exit>;
  /** All that every program printed. */
  output(): string;
  /** @returns names of the secrets that were printed or sent anywhere */
  leaks(): readonly string[];
  close(): Promise<void>;
}

export interface RigOptions extends Omit<FaultClockOptions, 'folder'>, Pick<SeedOptions, 'timeZone'> {
  readonly rules: readonly PlannedRule[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the database is; a new folder where this is missing. */
  readonly folder?: () => string;
  /** The program reaches the venue through a process of its own, which can be frozen. */
  readonly proxied?: boolean;
}

/** Minutes before now at a price of about 60,000, none of which reaches 60,060. */
export function quietHistory(now: number, count = 300): Bar[] {
  const end = Math.floor(now / MINUTE) * MINUTE;
  return Array.from({ length: count }, (_, i) => {
    const price = 60_000 + Math.round(Math.sin(i / 9) * 40);
    const start = end - (count - i) * MINUTE;
    return { start, open: price, high: price + 5, low: price - 5, close: price, volume: 3, trades: 12 };
  });
}

export async function createRig(options: RigOptions): Promise<Rig> {
  const folder = options.folder === undefined ? await temporaryFolder() : { path: options.folder(), async drop() {} };
  const clock = createFaultClock({ ...options, folder: folder.path });
  const { now } = clock;
  const [telegram, discord, binance] = await Promise.all([
    startTelegramDouble({ token: SECRETS.TELEGRAM_TOKEN, now }),
    // discord.js takes its timers where the shared clock does not reach.
    startDiscordDouble({ token: SECRETS.DISCORD_TOKEN, now, heartbeatMs: 41_250 / clock.speed }),
    startBinanceDouble({ now }),
  ]);
  const proxy = options.proxied ? await startProxy(Number(new URL(binance.restUrl).port)) : undefined;
  const port = proxy?.port ?? new URL(binance.restUrl).port;
  binance.setHistory('BTCUSDT', quietHistory(now()));
  const file = `${folder.path}/test.db`;
  const since = now();
  await seed(file, options.rules, { now: since, ...options });
  binance.trade('BTCUSDT', '60000.00', '0.5', { send: false });
  const env: Record<string, string> = {
    ...SECRETS,
    ...clock.env,
    DATABASE_URL: `file:${file}`,
    ...{ FEEDS: 'binance', SYMBOLS: 'btcusdt', LOG_LEVEL: 'debug' },
    ...{ BINANCE_WS_URL: `ws://127.0.0.1:${port}`, BINANCE_REST_URL: `http://127.0.0.1:${port}` },
    TELEGRAM_API_ROOT: telegram.apiRoot,
    DISCORD_API_ROOT: discord.apiRoot,
    ...options.env,
  };
  const launched: Launched[] = [];
  const cut = { telegram: 0, discord: 0 };
  const current = (): Launched => launched[launched.length - 1];

  async function noteCut(): Promise<void> {
    const { deliveries } = await readLeft(file);
    for (const { chat, state } of deliveries) {
      if (state === 'claimed') cut[chat.startsWith('telegram:') ? 'telegram' : 'discord'] += 1;
    }
  }

  const rig: Rig = {
    ...{ clock, telegram, discord, binance, proxy, file, folder: folder.path, rules: options.rules, since, cut },
    program: current,
    launch() {
      launched.push(launchProgram(env));
      return current();
    },
    async start() {
      const program = rig.launch();
      await Promise.all([program.started, binance.subscribed('btcusdt@trade')]);
      return program;
    },
    async kill() {
      current().signal('SIGKILL');
      await current().ended;
      await noteCut();
    },
    async end() {
      current().signal('SIGTERM');
      return current().ended;
    },
    output: () => launched.map((program) => program.output()).join('\n'),
    leaks() {
      const chats = [...telegram.calls.map(({ params }) => params), ...discord.sent.map(({ body }) => body)];
      const said = `${rig.output()}\n${JSON.stringify(chats)}`;
      const forms = (secret: string) => [secret, encodeURIComponent(secret)];
      return Object.entries(SECRETS).flatMap(([name, secret]) =>
        forms(secret).some((form) => said.includes(form)) ? [name] : [],
      );
    },
    async close() {
      proxy?.stop();
      for (const program of launched) program.signal('SIGKILL');
      await Promise.all(launched.map((program) => program.ended));
      await Promise.all([telegram.stop(), discord.stop(), binance.stop()]);
      await folder.drop();
    },
  };
  return rig;
}
