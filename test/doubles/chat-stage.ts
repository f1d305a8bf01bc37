import { createDeliveries } from '../../app/deliveries.ts';
import { createFailureTally } from '../../app/failure-tally.ts';
import type { Dispatcher } from '../../bot/delivery/dispatcher.ts';
import { createDiscord } from '../../bot/discord/discord.ts';
import { createTelegram } from '../../bot/telegram/telegram.ts';
import type { ChatPlatform } from '../../commands/platform.ts';
import type { DeliveryState } from '../../db/schema.ts';
import { type CommandHarness, createCommandHarness } from './command-harness.ts';
import { type DiscordDouble, startDiscordDouble } from './discord.ts';
import { createSilentLog } from './silent-log.ts';
import { type RecordedCall, startTelegramDouble, type TelegramDouble } from './telegram.ts';
import { picture } from './telegram-harness.ts';

const TELEGRAM_TOKEN = '42:AAsecret-token';
const DISCORD_TOKEN = 'MTIzNDU2.secret.token-of-the-bot';

/** Commands, engine, database and dispatcher as in the program, before doubles of the platforms. Time is the test's. */
export interface ChatStage extends CommandHarness {
  readonly telegram: TelegramDouble;
  readonly discord: DiscordDouble;
  readonly dispatcher: Dispatcher;
  /** Sends all that may be sent now. */
  deliver(): Promise<void>;
  /** Lets time pass a second at a time, and sends what falls due. */
  pass(ms: number): Promise<void>;
  counts(): Promise<Readonly<Record<DeliveryState, number>>>;
  /** What was put into a chat of Telegram or changed there, without what answers a command. */
  sentTo(chatId: number): readonly RecordedCall[];
}

/** Sixty alerts at once are what is tried here. */
const UNLIMITED = { user: [], chat: [], guild: [] };
const NO_QUOTAS = {
  ...{ alerts: UNLIMITED, charts: UNLIMITED, previews: UNLIMITED, exports: UNLIMITED, cost: UNLIMITED },
};

export async function createChatStage(): Promise<ChatStage> {
  const [telegram, discord] = await Promise.all([
    startTelegramDouble({ token: TELEGRAM_TOKEN }),
    startDiscordDouble({ token: DISCORD_TOKEN }),
  ]);
  let pictures = 0;
  const charts = { render: async () => picture(`p${++pictures}`, pictures % 250).png };
  const harness = await createCommandHarness({ charts, quotas: NO_QUOTAS });
  const { clock } = harness.time;
  const log = createSilentLog();
  const platforms: readonly ChatPlatform[] = [
    createTelegram({ token: TELEGRAM_TOKEN, apiRoot: telegram.apiRoot, clock, log, random: () => 0.5 }),
    createDiscord({ token: DISCORD_TOKEN, apiRoot: discord.apiRoot, clock, log }),
  ];
  const dispatcher = createDeliveries(
    { clock, log: { ...log, part: () => log }, stores: { ...harness.ports, outbox: harness.outbox } },
    {
      ...{
        rules: harness.rules,
        missed: {
          downtime: { startedAt: 0, around: () => undefined, open: async () => undefined, stop: async () => undefined },
        },
        wishes: harness.wishes,
        platforms,
        failures: createFailureTally(platforms.map(({ name }) => name)),
      },
      moves: { move: async () => undefined, settled: async () => undefined },
    },
    harness.ports,
  );
  await dispatcher.start();
  return {
    ...harness,
    telegram,
    discord,
    dispatcher,
    deliver: () => dispatcher.drained(),
    async pass(ms) {
      for (let left = ms; left > 0; left -= 1_000) {
        await harness.time.advance(Math.min(left, 1_000));
        await dispatcher.drained();
      }
    },
    counts: () => harness.outbox.counts(),
    sentTo: (chatId) => telegram.sent.filter(({ params }) => Number(params.chat_id) === chatId),
    async drop() {
      await dispatcher.stop();
      await Promise.all(platforms.map((platform) => platform.stop()));
      await Promise.all([telegram.stop(), discord.stop()]);
      await harness.drop();
    },
  };
}
