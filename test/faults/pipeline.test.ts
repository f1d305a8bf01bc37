import { metric } from './asking.ts';
import { createLadder, DISCORD_CHATS, TELEGRAM_CHATS } from './ladder.ts';
import { isSend } from './ledger.ts';
import { lockDatabase } from './lock-database.ts';
import type { Rig } from './rig.ts';
import { scenario } from './scenario.ts';
import { query, readLeft } from './stored.ts';
import { pause, until } from './until.ts';
import { judge, settled } from './verdict.ts';

const CHATS = [TELEGRAM_CHATS[0], DISCORD_CHATS[0]];

/** Kills the program as soon as a platform hears of the next alert; what it was asked to do is done where `accept` says so. */
async function killOnSend(rig: Rig, climb: () => void): Promise<void> {
  const killed = new Promise<void>((resolve, reject) => {
    const kill = async () => {
      rig.telegram.onCall = undefined;
      rig.discord.onCall = undefined;
      await rig.kill().then(resolve, reject);
      throw new Error('nobody is there any more');
    };
    rig.telegram.onCall = (method) => (isSend({ method }) ? kill() : undefined);
    rig.discord.onCall = ({ method, path }) => (method === 'POST' && /messages$/.test(path) ? kill() : undefined);
  });
  climb();
  await killed;
}

/** Kills it once the platforms have taken both messages and before it has heard so. */
async function killOnAnswer(rig: Rig, climb: () => void): Promise<void> {
  const before = rig.telegram.calls.length;
  const made = rig.discord.messages.size;
  let goOn = (): void => {};
  const answered = new Promise<undefined>((resolve) => {
    goOn = () => resolve(undefined);
  });
  rig.telegram.onAnswer = (call) => (isSend(call) ? answered : undefined);
  rig.discord.failNext(/^POST .*\/messages$/, 'lose');
  climb();
  await until('Telegram has taken it', () => rig.telegram.calls.slice(before).some((call) => isSend(call) && call.ok));
  await until('Discord has taken it', () => rig.discord.messages.size > made);
  await rig.kill();
  rig.telegram.onAnswer = undefined;
  goOn();
}

/** Kills it once it has heard that the messages are there and before it can have written so: somebody holds the database. */
async function killBeforeMark(rig: Rig, climb: () => void): Promise<void> {
  let unlock: (() => Promise<void>) | undefined;
  const before = rig.telegram.calls.length;
  rig.telegram.onCall = async (method) => {
    if (!isSend({ method })) return;
    rig.telegram.onCall = undefined;
    unlock = await lockDatabase(rig.file);
  };
  climb();
  await until('the answer has gone out', () => rig.telegram.calls.slice(before).some((call) => call.isAnswered));
  await pause(100);
  await rig.kill();
  await unlock?.();
}

/** Kills it while what has fired waits for the database, which somebody holds. */
async function killBeforeCommit(rig: Rig, climb: () => void): Promise<void> {
  const firings = async () => Number((await query(rig.file, 'SELECT count(*) AS n FROM firings'))[0].n);
  const before = await firings();
  const unlock = await lockDatabase(rig.file);
  climb();
  await until('it has fired and is not stored', async () => (await metric(rig, 'bellwether_firings_waiting')) > 0);
  await rig.kill();
  await unlock();
  const left = (await readLeft(rig.file)).firings.length;
  if (left !== before) throw new Error(`${left - before} firings were committed through the lock`);
}

/** Kills it after what has fired was committed, while its chat has to wait for its turn. */
async function killBeforeSend(rig: Rig, climb: () => void): Promise<void> {
  const parameters = { retry_after: 20 };
  rig.telegram.failNext('sendPhoto', { error_code: 429, description: 'Too Many Requests: retry after 20', parameters });
  const committed = async () =>
    (await query(rig.file, "SELECT 1 FROM deliveries WHERE state = 'pending' AND error IS NOT NULL")).length > 0;
  climb();
  await until('it waits for its turn', committed);
  await rig.kill();
}

/** The trade is out, and nobody knows how far it came. */
async function killOnTrade(rig: Rig, climb: () => void): Promise<void> {
  climb();
  await rig.kill();
}

const STEPS = {
  'as the trade comes': killOnTrade,
  'before the commit': killBeforeCommit,
  'between commit and send': killBeforeSend,
  'while a platform hears of it': killOnSend,
  'between the platform’s yes and its answer': killOnAnswer,
  'between the answer and the mark': killBeforeMark,
} as const;

for (const [step, kill] of Object.entries(STEPS)) {
  const ladder = createLadder(6, CHATS);
  scenario(`a kill ${step} loses nothing`, { rules: ladder.rules, speed: 5 }, async (rig) => {
    await rig.start();
    ladder.climb(rig, 2);
    await settled(rig);
    await kill(rig, () => ladder.climb(rig, 2));
    await rig.start();
    ladder.climb(rig, 2);
    await settled(rig);
    await rig.end();
    await judge(rig);
  });
}
