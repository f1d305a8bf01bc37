import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buttonOf, member, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Command } from './command.ts';
import { createCommandService } from './create-service.ts';
import type { Message, TextSpan } from './message.ts';
import { COMMANDS } from './registry.ts';

const harness = useCommandHarness();

/** A command that does what the test says. */
const command = (over: Partial<Command>): Command => ({
  ...{ name: 'test', summary: 'a test', usage: '/test', examples: ['/test'], args: [], slow: false, private: false },
  permission: 'members',
  run: async () => ({ text: ['done'] }),
  ...over,
});

const failing = (error: unknown): Command =>
  command({
    run: async () => {
      throw error;
    },
  });

const run = (made: Command, text = '') =>
  createCommandService(harness.ports, [made]).run({ asker: someone(), command: 'test', text });

describe('running a command', () => {
  it('takes its name in any case', async () => {
    expect(textOf(await harness.say('/STATUS'))).toContain('Status');
  });

  it('says that there is no such command', async () => {
    const answer = await harness.say('/nonsense');
    expect(textOf(answer)).toBe('I know no command “/nonsense”. /help lists what I know.');
    expect(answer.private).toBe(true);
  });

  it('reads a thousand characters and no more', async () => {
    const echo = command({ run: async (_context, text) => ({ text: [text] }) });
    expect(textOf(await run(echo, 'x'.repeat(1000)))).toHaveLength(1000);
    expect(textOf(await run(echo, 'x'.repeat(1001)))).toBe('That is 1001 characters; I read 1000 at most.');
  });

  it('gives a command its text without blanks around it and without what nobody can see', async () => {
    const echo = command({ run: async (_context, text) => ({ text: [JSON.stringify(text)] }) });
    expect(textOf(await run(echo, '  btc\u0000 \u202e> 70k\n'))).toBe('"btc   > 70k"');
  });

  it('answers a private command in private, whatever the command says of it', async () => {
    expect((await run(command({ private: true }))).private).toBe(true);
    expect((await run(command({}))).private).toBeUndefined();
  });

  it('shows of an unknown error the reference alone, under which it is logged', async () => {
    const answer = await run(failing(new Error('password=hunter2 at /etc/x')));
    expect(answer).toEqual({ text: ['Something went wrong, reference r1.'], private: true });
    expect(harness.log).toContainEqual(
      expect.objectContaining({ level: 'error', details: expect.objectContaining({ reference: 'r1' }) }),
    );
  });

  it('shows the reference alone also where the database is gone', async () => {
    const ports = {
      ...harness.ports,
      chats: { ...harness.ports.chats, ensure: () => Promise.reject(new Error('SQL')) },
    };
    const service = createCommandService(ports);
    const asked = { asker: someone(), command: 'alerts', text: '' };
    expect(textOf(await service.run(asked))).toBe('Something went wrong, reference r1.');
    expect(await service.press({ asker: someone(), data: 'x' })).toEqual({
      toast: 'Something went wrong, reference r2.',
    });
    expect(await service.complete({ ...asked, argument: 'symbol', typed: '' })).toEqual([]);
  });
});

describe('pressing a button', () => {
  it('refuses what was made for another chat', async () => {
    const button = buttonOf(await harness.say('/alert btc > 70k'), 'Delete');
    const elsewhere = someone({ address: { platform: 'telegram', chat: '101' } });
    expect(await harness.press(button, elsewhere)).toEqual({
      toast: 'This button no longer works here. Ask again with the command.',
    });
    expect(await harness.rules.list('telegram:100')).toHaveLength(1);
  });

  it('refuses whatever somebody made up, with an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 80 }), async (data) => {
        const outcome = await harness.press(data);
        expect(outcome).toEqual({ toast: expect.stringContaining('no longer works') });
      }),
      { numRuns: 40 },
    );
  });

  it('runs a corrected command that was offered, for the one who asked', async () => {
    const asker = member(5);
    const failed = await harness.say('/alert btcusdt rsy(14) < 30', asker);
    const offer = buttonOf(failed, 'btcusdt rsi(14) < 30');
    expect(await harness.press(offer, member(6))).toEqual({ toast: 'That button is not yours.' });
    const { reply } = await harness.press(offer, asker);
    expect(textOf(reply)).toContain('✅ btcusdt rsi < 30');
  });

  it('runs no offer that was made in another chat', async () => {
    await harness.say('/alert btcusdt rsy(14) < 30', member(5));
    const { button } = await harness.context();
    expect(await harness.press(button('x', 'run', ['1']))).toEqual({ toast: 'Too old: type it again.' });
  });

  it('says that an offer is too old once it was pruned', async () => {
    const offer = buttonOf(await harness.say('/alert btcusdt rsy(14) < 30'), 'btcusdt rsi(14) < 30');
    await harness.ports.views.prune(harness.time.now() + 1, 100);
    expect(await harness.press(offer)).toEqual({ toast: 'Too old: type it again.' });
  });
});

describe('completing an argument', () => {
  const complete = (name: string, argument: string, typed: string) =>
    harness.service.complete({ asker: someone(), command: name, argument, typed });

  it('offers symbols, intervals, topics and zones, 25 at most', async () => {
    expect((await complete('chart', 'symbol', 'et'))[0]).toEqual({ label: 'ethusdt · sim', value: 'ethusdt' });
    expect(await complete('chart', 'interval', '15')).toEqual([{ label: '15m', value: '15m' }]);
    expect(await complete('help', 'topic', 'set')).toEqual([{ label: 'settings', value: 'settings' }]);
    expect((await complete('settings', 'value', 'berl'))[0].value).toBe('Europe/Berlin');
    expect(await complete('settings', 'value', '')).toHaveLength(25);
  });

  it('offers nothing for what it does not know', async () => {
    expect(await complete('nonsense', 'symbol', 'b')).toEqual([]);
    expect(await complete('status', 'symbol', 'b')).toEqual([]);
  });
});

/** Letters that no text of the program contains, so that one knows whose words stand in a span. */
const MARK = 'ქართული';
const shapeOf = (span: TextSpan): string => (typeof span === 'string' ? 'plain' : Object.keys(span).join());

function expectPlain(message: Message): void {
  for (const span of message.text) {
    const shape = shapeOf(span);
    expect(['plain', 'bold', 'italic', 'code', 'pre']).toContain(shape);
    if (JSON.stringify(span).includes(MARK)) expect(['plain', 'code', 'pre']).toContain(shape);
  }
}

describe('what somebody types', () => {
  const piece = fc.oneof(
    fc.constantFrom('<b>', '</b>', '&amp;', '**', '__', '`', '```', '[a](http://b)', '@everyone', '<@1>', '{price}'),
    fc.constantFrom(MARK, 'مرحبا', '你好', '👩‍👩‍👧', '\u0000', '\u202e', '\ud800', '\n', '\t', '"', '“', '\\'),
    fc.constantFrom('btcusdt', 'eth', '>', '<', '5', '70k', 'rsi', 'rsi(14)', 'and', 'once', 'every', '5m', '@1h', '%'),
    fc.string(),
  );
  const typed = fc.array(piece, { maxLength: 12 }).map((parts) => `${MARK} ${parts.join(' ')} ${MARK}`);

  it.each(COMMANDS.map((item) => item.name))('never makes /%s fail or format its answer', async (name) => {
    await fc.assert(
      fc.asyncProperty(typed, async (text) => {
        const message = await harness.service.run({ asker: someone(), command: name, text });
        expectPlain(message);
        expect(textOf(message)).not.toContain('Something went wrong');
        expect(textOf(message).length).toBeLessThan(4000);
      }),
      { numRuns: 25 },
    );
    expect(harness.log.filter((entry) => entry.level === 'error')).toEqual([]);
  });

  it('may be longer than any platform sends', async () => {
    for (const name of ['alert', 'chart', 'price', 'help', 'settings', 'why', 'alerts', MARK.repeat(600)]) {
      const message = await harness.service.run({
        asker: someone(),
        command: name,
        text: `btc > ${'<b>'.repeat(1333)}`,
      });
      expectPlain(message);
      expect(textOf(message).length).toBeLessThan(500);
    }
  });

  it('stands unformatted in the alert that says it, and as it was typed', async () => {
    await harness.say(`/alert btc > 60100 "<b>${MARK}</b> @everyone **now** {price}"`);
    await harness.trade('btcusdt', 60_150);
    const [alert] = await harness.owed();
    expectPlain(alert!);
    expect(textOf(alert)).toContain(`🔔 <b>${MARK}</b> @everyone **now** 60,150.00\n`);
  });
});
