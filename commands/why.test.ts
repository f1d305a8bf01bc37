import { describe, expect, it } from 'vitest';
import { buttonOf, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

describe('/why', () => {
  it('shows the values behind the newest alert, what made it so and how its message went', async () => {
    await harness.say('/alert btc > 60500');
    await harness.trade('btcusdt', 60_010);
    await harness.time.advance(4_000);
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(63);
    await harness.owed();
    const answer = await harness.say('/why');
    expect(textOf(answer)).toBe(
      [
        'btcusdt price > 60,500',
        'price 60,600.00 against 60,500.00 (before: 60,010.00)',
        'Trade 2 at 12:00:04 UTC, btcusdt 60,600.00, sim. Sent 63ms after it.',
        'Cooldown 15m until 12:15 UTC.',
      ].join('\n'),
    );
    expect(answer.private).toBe(true);
  });

  it('says what was kept quiet, and when it fired before', async () => {
    await harness.say('/alert btc > 60500');
    for (const minutes of [2, 3, 20]) {
      await harness.trade('btcusdt', 60_600);
      await harness.trade('btcusdt', 60_000);
      await harness.time.advance(minutes * 60_000);
    }
    await harness.trade('btcusdt', 60_600);
    const text = textOf(await harness.say('/why 1'));
    expect(text).toContain('at 12:25:00 UTC');
    expect(text).toContain('\nFired before at 12:00 UTC.\nKept quiet since the one before: 2.');
  });

  it('names a series with its length, and a bound of a range once', async () => {
    await harness.say('/alert btc sma(2) > 60300 or price leaves [50k, 60500]');
    await harness.trade('btcusdt', 61_000);
    const [, ...values] = textOf(await harness.say('/why')).split('\n');
    expect(values[0]).toMatch(/^sma\(2\) 60,500\.00 against 60,300\.00 \(before: [\d,.]+\)$/);
    expect(values[1]).toMatch(/^price 61,000\.00 against 50,000\.00/);
    expect(values[2]).toMatch(/^price 61,000\.00 against 60,500\.00/);
  });

  it('shows a share as a percentage', async () => {
    await harness.say('/alert btc +5% 1h');
    await harness.trade('btcusdt', 70_000);
    expect(textOf(await harness.say('/why'))).toMatch(/change\(1h\) \+1\d\.\d\d\u00a0% against \+5\.00\u00a0%/);
  });

  it('goes by the number of the alert', async () => {
    await harness.say('/alert btc > 60500');
    await harness.say('/alert btc > 60600');
    await harness.trade('btcusdt', 60_550);
    expect(textOf(await harness.say('/why 1'))).toContain('price > 60,500');
    expect(textOf(await harness.say('/why 2'))).toBe('Alert 2 has not fired yet. /alerts shows how near it is.');
    expect(textOf(await harness.say('/why 3'))).toBe('This chat has no alert “3”. /alerts lists them.');
    expect(textOf(await harness.say('/why', member(1)))).toBe(
      'No alert of this chat has fired yet. /alerts shows how near they are.',
    );
  });

  it('says why a message never came', async () => {
    await harness.say('/alert btc > 60500');
    await harness.trade('btcusdt', 60_600);
    const [stored] = await harness.rules.list('telegram:100');
    const [firing] = await harness.rules.firings(stored.id, 1);
    const [{ id }] = await harness.rules.deliveries(firing.id);
    const { outbox, time } = harness;
    const words = async () => textOf(await harness.say('/why'));
    expect(await words()).toContain('Its message waits to be sent.');
    await outbox.defer([id], time.now() + 3_600_000, 'quiet');
    expect(await words()).toContain('Its message waits: quiet hours until 13:00 UTC.');
    await outbox.defer([id], time.now() + 7_200_000, 'mute btcusdt');
    expect(await words()).toContain('Its message waits: btcusdt is muted until 14:00 UTC.');
    await outbox.retryAt(id, time.now() + 1_000, 'Telegram cannot be reached');
    expect(await words()).toContain('Its message waits to be sent: Telegram cannot be reached.');
    await outbox.markFailed(id, 'the bot was blocked', time.now());
    expect(await words()).toContain('Its message could not be sent: the bot was blocked.');
  });

  it('says which message told it, and after how long', async () => {
    await harness.say('/alert btc > 60500');
    await harness.say('/alert btc > 60550');
    await harness.trade('btcusdt', 60_600);
    const { outbox, time } = harness;
    const [first] = await outbox.claimDue(time.now(), 1, []);
    const { free } = await outbox.peekWith(first, time.now(), 10);
    await outbox.carry(
      first.id,
      free.map(({ id }) => id),
      time.now(),
    );
    await outbox.markSent(first.id, 'm1', time.now() + 1_000);
    for (const number of [1, 2])
      expect(textOf(await harness.say(`/why ${number}`))).toContain('Sent in one message with another 1s after it.');
  });
});

describe('/why of a deleted alert', () => {
  async function firedAndDeleted(rule: string): Promise<void> {
    await harness.say(`/alert ${rule}`);
    await harness.trade('btcusdt', 60_600);
    await harness.trade('btcusdt', 60_000);
    const all = await harness.rules.list('telegram:100');
    await harness.rules.remove(all[all.length - 1].id, 'test');
  }

  it('tells of it as of the others, and that it is deleted', async () => {
    await firedAndDeleted('btc > 60500');
    await harness.time.advance(60_000);
    expect(textOf(await harness.say('/why')).split('\n')).toEqual([
      'btcusdt price > 60,500 · deleted 12:00 UTC',
      'price 60,600.00 against 60,500.00 (before: 60,000.00)',
      expect.stringMatching(/^Trade 1 at 12:00:00 UTC/),
    ]);
  });

  it('knows it under its number until another alert has it', async () => {
    await harness.say('/alert btc > 66k');
    await firedAndDeleted('btc > 60500');
    expect(textOf(await harness.say('/why 2'))).toContain('price > 60,500 · deleted');
    expect(textOf(await harness.say('/why #2'))).toContain('price > 60,500 · deleted');
    await harness.say('/alert btc > 67k');
    expect(textOf(await harness.say('/why 2'))).toBe('Alert 2 has not fired yet. /alerts shows how near it is.');
    expect(textOf(await harness.say('/why'))).toContain('price > 60,500 · deleted');
  });

  it('says so where it had not fired, and knows none of another chat', async () => {
    await harness.say('/alert btc > 66k');
    await harness.rules.remove((await harness.rules.list('telegram:100'))[0].id, 'test');
    expect(textOf(await harness.say('/why 1'))).toBe('Alert 1 was deleted, and had not fired.');
    expect(textOf(await harness.say('/why 1', member(1)))).toBe('This chat has no alert “1”. /alerts lists them.');
  });
});

describe('the button under an alert', () => {
  async function fired() {
    await harness.say('/alert btc > 60500 once', member(1));
    await harness.trade('btcusdt', 60_600);
    const [alert] = await harness.owed(member(1));
    return buttonOf(alert, 'Why?');
  }

  it('answers anybody of the chat, in private', async () => {
    const { reply } = await harness.press(await fired(), member(2));
    expect(reply?.private).toBe(true);
    expect(textOf(reply)).toContain('price 60,600.00 against 60,500.00');
  });

  it('still answers once the alert is deleted', async () => {
    const button = await fired();
    const [{ id }] = await harness.rules.list('telegram:-1001234567890');
    await harness.rules.remove(id, 'test');
    expect(textOf((await harness.press(button, member(2))).reply)).toContain('price 60,600.00 against 60,500.00');
  });

  it('tells nothing of another chat’s alert', async () => {
    await fired();
    const [{ id }] = await harness.rules.list('telegram:-1001234567890');
    const { button } = await harness.context();
    expect(await harness.press(button('x', 'why', [`${id}-1`]))).toEqual({ toast: 'I no longer have the values.' });
  });
});
