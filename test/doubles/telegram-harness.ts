import { createTelegram, type TelegramParts } from '../../bot/telegram/telegram.ts';
import type { Message, Picture } from '../../commands/message.ts';
import type { ButtonPress, CommandCall, CommandService, CommandSpec, PressOutcome } from '../../commands/service.ts';
import { createManualClock } from './manual-clock.ts';
import { createSilentLog } from './silent-log.ts';
import { startTelegramDouble } from './telegram.ts';

export const TOKEN = '42:AAsecret-token';

export function spec(name: string, rest: Partial<CommandSpec> = {}): CommandSpec {
  return { name, summary: `what ${name} does`, args: [], slow: false, private: false, ...rest };
}

/** A PNG as far as its header goes, which is as far as the double looks; `mark` tells one from another. */
export function picture(key: string, mark = 1, width = 2000, height = 1200): Picture {
  const png = Buffer.alloc(40, mark);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]).copy(png);
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return { png: new Uint8Array(png), alt: 'a chart', key };
}

export interface Answers {
  run(call: CommandCall): Message | Promise<Message>;
  press(press: ButtonPress): PressOutcome | Promise<PressOutcome>;
}

/** A service that says what it is told to, and remembers what it was asked. */
export function createScriptedService(answers: Partial<Answers> = {}) {
  const runs: CommandCall[] = [];
  const presses: ButtonPress[] = [];
  const service: CommandService = {
    commands: [spec('chart', { slow: true }), spec('alert')],
    async run(call) {
      runs.push(call);
      return (await answers.run?.(call)) ?? { text: ['done'] };
    },
    async press(press) {
      presses.push(press);
      return (await answers.press?.(press)) ?? {};
    },
    complete: async () => [],
  };
  return { service, runs, presses };
}

/** Lets the event loop turn until `test` holds: for what an answer from the double sets off. */
export async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** The real platform, connected to a double. */
export async function connect(answers: Partial<Answers> = {}, parts: Partial<TelegramParts> = {}) {
  const server = await startTelegramDouble({ token: TOKEN });
  const time = createManualClock();
  const log = createSilentLog();
  const scripted = createScriptedService(answers);
  const telegram = createTelegram({
    token: TOKEN,
    apiRoot: server.apiRoot,
    clock: time.clock,
    log,
    random: () => 0.5,
    ...parts,
  });
  await telegram.start(scripted.service);
  return {
    server,
    time,
    log,
    telegram,
    ...scripted,
    async close() {
      await telegram.stop();
      await server.stop();
    },
  };
}
