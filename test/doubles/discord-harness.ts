import { createDiscord } from '../../bot/discord/discord.ts';
import type { Logger } from '../../bot/logger.ts';
import type { Message } from '../../commands/message.ts';
import type { ChatPlatform } from '../../commands/platform.ts';
import type {
  ButtonPress,
  CommandCall,
  CommandService,
  CommandSpec,
  CompletionQuery,
  PressOutcome,
  Suggestion,
} from '../../commands/service.ts';
import { type DiscordDouble, startDiscordDouble } from './discord.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export const TOKEN = 'MTIzNDU2.secret.token-of-the-bot';

/** Commands enough to see every way of asking and answering. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'chart',
    summary: 'Draws a chart',
    slow: true,
    private: false,
    args: [
      { name: 'symbol', kind: 'symbol', description: 'What to draw', required: true },
      { name: 'interval', kind: 'interval', description: 'Of one bar', required: false },
      { name: 'style', kind: 'choice', description: 'How', required: false, choices: ['candles', 'line'] },
    ],
  },
  { name: 'mine', summary: 'Only for you', slow: true, private: true, args: [] },
  {
    name: 'alert',
    summary: 'Saves an alert',
    slow: false,
    private: false,
    args: [
      { name: 'note', kind: 'text', description: 'A remark', required: false },
      { name: 'rule', kind: 'text', description: 'When to call', required: true },
    ],
  },
];

/** A service that answers as a test says, and remembers what it was asked. */
export interface ScriptedService extends CommandService {
  readonly calls: CommandCall[];
  readonly presses: ButtonPress[];
  readonly queries: CompletionQuery[];
  onRun: (call: CommandCall) => Message | Promise<Message>;
  onPress: (press: ButtonPress) => PressOutcome | Promise<PressOutcome>;
  onComplete: (query: CompletionQuery) => readonly Suggestion[];
}

/** `changed` is told whenever it is asked something. */
export function createScriptedService(
  changed: () => void,
  commands: readonly CommandSpec[] = COMMANDS,
): ScriptedService {
  const service: ScriptedService = {
    commands,
    calls: [],
    presses: [],
    queries: [],
    onRun: () => ({ text: ['done'] }),
    onPress: () => ({}),
    onComplete: () => [],
    async run(call) {
      service.calls.push(call);
      changed();
      return service.onRun(call);
    },
    async press(press) {
      service.presses.push(press);
      changed();
      return service.onPress(press);
    },
    async complete(query) {
      service.queries.push(query);
      changed();
      return service.onComplete(query);
    },
  };
  return service;
}

export interface DiscordHarness {
  readonly discord: DiscordDouble;
  readonly platform: ChatPlatform;
  readonly service: ScriptedService;
  readonly time: ManualClock;
  /** Everything that was logged, as one text. */
  logged(): string;
  close(): Promise<void>;
}

/** `changed` is told of every line. */
export function createMemoryLogger(changed: () => void = () => {}): { log: Logger; text: () => string } {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    const error = 'err' in fields && fields.err instanceof Error ? fields.err.stack : '';
    lines.push(`${message} ${JSON.stringify(fields)} ${error}`);
    changed();
  };
  return { log: { debug: write, info: write, warn: write, error: write }, text: () => lines.join('\n') };
}

/** The real platform, not yet started, before a Discord on loopback. */
export async function createDiscordHarness(commands?: readonly CommandSpec[]): Promise<DiscordHarness> {
  const time = createManualClock();
  const discord = await startDiscordDouble({ token: TOKEN, now: time.clock.now });
  const { log, text } = createMemoryLogger(discord.recheck);
  const platform = createDiscord({ token: TOKEN, apiRoot: discord.apiRoot, clock: time.clock, log });
  return {
    discord,
    platform,
    service: createScriptedService(discord.recheck, commands),
    time,
    logged: text,
    async close() {
      await platform.stop();
      await discord.stop();
    },
  };
}
