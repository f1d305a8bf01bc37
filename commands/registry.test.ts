import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness, member, someone, textOf } from '../test/doubles/command-harness.ts';
import { createEndlessSearches } from '../test/doubles/endless-searches.ts';
import { createButtonCodec } from './button-codec.ts';
import type { Message } from './message.ts';
import { COMMANDS } from './registry.ts';
import type { PressOutcome } from './service.ts';

// Limits of the Bot API (setMyCommands, InlineKeyboardButton) and of Discord's application commands and components.
const NAME = /^[a-z0-9_]{1,32}$/;
const LONGEST_DESCRIPTION = 100;
const LONGEST_LABEL = 80;
const BUTTONS_IN_A_ROW = 5;

describe.each(COMMANDS)('/$name', (command) => {
  it('has a name and a summary that Telegram and Discord take', () => {
    expect(command.name).toMatch(NAME);
    expect(command.summary.length).toBeGreaterThan(0);
    expect(command.summary.length).toBeLessThanOrEqual(LONGEST_DESCRIPTION);
  });

  it('has arguments that Discord takes, the required ones first', () => {
    expect(new Set(command.args.map((arg) => arg.name)).size).toBe(command.args.length);
    for (const { name, description, choices } of command.args) {
      expect(name).toMatch(NAME);
      expect(description.length).toBeGreaterThan(0);
      expect(description.length).toBeLessThanOrEqual(LONGEST_DESCRIPTION);
      expect(choices?.length ?? 0).toBeLessThanOrEqual(25);
    }
    const required = command.args.map((arg) => arg.required);
    expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
  });

  it('shows its own name in its usage and examples', () => {
    for (const line of [command.usage, ...command.examples]) expect(line.split(' ')[0]).toBe(`/${command.name}`);
    expect(command.examples.length).toBeGreaterThan(0);
  });
});

describe('the registry', () => {
  it('names each command once', () => {
    expect(new Set(COMMANDS.map((command) => command.name)).size).toBe(COMMANDS.length);
  });

  it('gives each action one handler, under a short name', () => {
    const names = COMMANDS.flatMap((command) => Object.keys(command.actions ?? {}));
    expect(new Set([...names, 'run']).size).toBe(names.length + 1);
    for (const name of names) expect(name).toMatch(/^[a-z]{1,6}$/);
  });
});

const unlimited = { user: [], chat: [], guild: [] };
const NO_QUOTAS = { alerts: unlimited, charts: unlimited, previews: unlimited, exports: unlimited, cost: unlimited };

const messagesOf = (outcome: PressOutcome): readonly Message[] =>
  [outcome.edit, outcome.reply].filter((message) => message !== undefined);

describe.each([
  ['a private chat', someone()],
  ['a group', member(7, { isChatAdmin: true })],
  [
    'a thread',
    member(7, { address: { platform: 'discord', chat: '1234567890123456789', thread: '9876543210987654321' } }),
  ],
])('in %s', (_where, asker) => {
  let harness: CommandHarness;
  beforeAll(async () => {
    harness = await createCommandHarness({ quotas: NO_QUOTAS, searches: createEndlessSearches() });
  });
  afterAll(() => harness.drop());

  function expectFit(message: Message): void {
    expect(textOf(message).trim()).not.toBe('');
    expect(textOf(message)).not.toMatch(/undefined|NaN|\[object|Infinity/);
    expect(textOf(message).length).toBeLessThanOrEqual(message.picture === undefined ? 4096 : 1024);
    expect(message.buttons?.length ?? 0).toBeLessThanOrEqual(5);
    const codec = createButtonCodec(harness.ports.secret);
    const { chat, platform, thread } = asker.address;
    for (const row of message.buttons ?? []) {
      expect(row.length).toBeLessThanOrEqual(BUTTONS_IN_A_ROW);
      for (const { label, data } of row) {
        expect(label.length).toBeGreaterThan(0);
        expect(label.length).toBeLessThanOrEqual(LONGEST_LABEL);
        expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64);
        expect(() => codec.decode(`${platform}:${chat}${thread ? `/${thread}` : ''}`, data)).not.toThrow();
      }
    }
  }

  // Hundreds of answers, on a machine that may be busy.
  it('answers every example, and every button that an answer carries does something', {
    timeout: 180_000,
  }, async () => {
    const waiting: Message[] = [];
    for (const example of COMMANDS.flatMap((command) => command.examples)) {
      waiting.push(await harness.say(example, asker));
    }
    await harness.trade('btcusdt', 71_000);
    for (const message of await harness.owed(asker)) waiting.push(message!);
    const seen = new Set<string>();
    let pressed = 0;
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      expectFit(message);
      for (const button of (message.buttons ?? []).flat()) {
        if (seen.has(button.data) || seen.size > 300) continue;
        seen.add(button.data);
        const outcome = await harness.press(button, asker);
        expect(Object.keys(outcome).length, button.label).toBeGreaterThan(0);
        expect(outcome.toast?.length ?? 0).toBeLessThanOrEqual(200);
        waiting.push(...messagesOf(outcome));
        pressed++;
      }
    }
    expect(pressed).toBeGreaterThan(50);
    expect(harness.log.filter((entry) => entry.level === 'error' || entry.level === 'warn')).toEqual([]);
  });
});
