import { beforeEach, describe, expect, it } from 'vitest';
import { member, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Message } from './message.ts';

const harness = useCommandHarness();

const tokenOf = (message: Message): string => /\/hooks\/([\w-]{32})/.exec(textOf(message))?.[1] ?? 'none';
const owed = async (): Promise<string[]> => (await harness.owed(someone(), 'hook')).map(textOf);

describe('/webhook', () => {
  it('makes an address whose posts come as messages of the chat', async () => {
    const made = await harness.say('/webhook new');
    expect(made.private).toBe(true);
    expect(textOf(made)).toContain('I show this once.');
    expect(await harness.hooks.call(tokenOf(made), 'AAPL crossed 150')).toBe('sent');
    expect(await owed()).toEqual(['📨 AAPL crossed 150']);
    expect(await harness.hooks.call('somethingelse', 'x')).toBe('unknown');
  });

  it('shows each by its template, and the token never again', async () => {
    const made = await harness.say('/webhook new "{ticker} {strategy.order.action} at {close}"');
    await harness.say('/webhook new');
    const list = textOf(await harness.say('/webhook list'));
    expect(list).toBe(
      [
        'Webhooks 2 of 20',
        '1 · {ticker} {strategy.order.action} at {close} · since 12:00 UTC',
        '2 · as it comes · since 12:00 UTC',
        'Remove one with /webhook remove 1.',
      ].join('\n'),
    );
    expect(list).not.toContain(tokenOf(made));
    const body = { ticker: 'AAPL', strategy: { order: { action: 'buy' } }, close: 150.5 };
    await harness.hooks.call(tokenOf(made), JSON.stringify(body));
    expect(await owed()).toEqual(['📨 AAPL buy at 150.5']);
  });

  it('removes one, whose address is gone with it', async () => {
    const made = await harness.say('/webhook new');
    expect(textOf(await harness.say('/webhook remove 1'))).toBe('🗑 Webhook 1 is removed.');
    expect(await harness.hooks.call(tokenOf(made), 'x')).toBe('unknown');
    expect(textOf(await harness.say('/webhook'))).toContain('There are no webhooks yet.');
    expect(textOf(await harness.say('/webhook remove 1'))).toContain('There is no webhook “1” here.');
  });

  it('leaves those of other chats alone', async () => {
    await harness.say('/webhook new');
    const admin = member(7, { isChatAdmin: true });
    expect(textOf(await harness.say('/webhook list', admin))).toContain('There are no webhooks yet.');
    expect(textOf(await harness.say('/webhook remove 1', admin))).toContain('There is no webhook “1” here.');
  });

  it('is for admins of the chat alone', async () => {
    for (const line of ['/webhook new', '/webhook list', '/webhook remove 1']) {
      expect(textOf(await harness.say(line, member(7)))).toContain('Only this chat’s admins');
    }
  });

  it('allows a chat twenty', async () => {
    for (let i = 0; i < 20; i++) await harness.say('/webhook new');
    expect(textOf(await harness.say('/webhook new'))).toContain('This chat has 20 webhooks, and that is the most.');
  });

  it('says what there is where it is asked for something else', async () => {
    expect(textOf(await harness.say('/webhook burn'))).toContain('There are new, list, remove.');
  });
});

describe('a call of a webhook', () => {
  let token: string;
  beforeEach(async () => {
    token = tokenOf(await harness.say('/webhook new'));
  });

  it.each([
    ['its own message', '{"message": "Sell!", "close": 3}', 'Sell!'],
    [
      'its fields',
      '{"ticker": "X", "order": {"price": 3, "ok": true}, "none": null}',
      'ticker: X\norder.price: 3\norder.ok: true\nnone: n/a',
    ],
    ['a list as it is', '[1, 2]', '[1, 2]'],
    ['a JSON text', '"hello"', 'hello'],
    ['what cannot be seen as blanks', 'a\u202eb\u0000c', 'a b c'],
  ])('shows %s', async (_, body, text) => {
    expect(await harness.hooks.call(token, body)).toBe('sent');
    expect(await owed()).toEqual([`📨 ${text}`]);
  });

  it('is one span of bare words, which no platform takes for formatting', async () => {
    await harness.hooks.call(token, '**bold** <b>x</b> @everyone [a](http://b)');
    const [message] = await harness.owed(someone(), 'hook');
    expect(message?.text).toEqual(['📨 ', '**bold** <b>x</b> @everyone [a](http://b)']);
  });

  it('cuts what is too long and leaves out what is empty', async () => {
    expect(await harness.hooks.call(token, 'x'.repeat(9_000))).toBe('sent');
    expect((await owed())[0]).toHaveLength('📨 '.length + 1_500);
    expect(await harness.hooks.call(token, ' \n ')).toBe('empty');
    expect(await harness.hooks.call(token, '{}')).toBe('empty');
  });

  it('tells its numbers as facts, of the instrument that it names', async () => {
    const at = harness.time.now();
    await harness.hooks.call(
      token,
      '{"ticker": "NASDAQ:AAPL", "myScore": 0.7, "strategy": {"order": {"price": 5}}, "n": "6"}',
    );
    await harness.hooks.call(token, '{"ticker": "NOBODY", "breadth": 61}');
    const fact = (name: string, value: number, instrument?: string) => ({
      type: 'fact',
      name,
      instrument,
      ts: at,
      value,
    });
    expect(harness.told).toEqual([
      fact('my_score', 0.7, 'sim:aapl'),
      fact('strategy_order_price', 5, 'sim:aapl'),
      fact('breadth', 61),
    ]);
  });

  it('is refused after twenty at once, and taken again three seconds later', async () => {
    const outcomes = [];
    for (let i = 0; i < 22; i++) outcomes.push(await harness.hooks.call(token, `call ${i}`));
    expect(outcomes.slice(-3)).toEqual(['sent', 'too-many', 'too-many']);
    await harness.time.advance(3_000);
    expect(await harness.hooks.call(token, 'again')).toBe('sent');
    expect(await owed()).toHaveLength(21);
  });

  it('goes to the chat under its new key after the chat has moved', async () => {
    await harness.ports.chats.move('telegram:100', 'telegram:-200');
    expect(await harness.hooks.call(token, 'moved')).toBe('sent');
    const there = await harness.owed(someone({ address: { platform: 'telegram', chat: '-200' } }), 'hook');
    expect(there.map(textOf)).toEqual(['📨 moved']);
  });
});
