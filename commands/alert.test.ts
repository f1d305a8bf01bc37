import { describe, expect, it } from 'vitest';
import { buttonOf, labelsOf, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

describe('/alert', () => {
  it('stores a rule for its chat and owner, and sets it running', async () => {
    const asker = member(4);
    await harness.say('/alert btc > 70k', asker);
    const [stored] = await harness.rules.list('telegram:-1001234567890');
    expect(stored).toMatchObject({
      ...{ number: 1, ownerId: 'telegram:4', instrument: 'sim:btcusdt' },
      text: 'sim:btcusdt 5m price > 70000 every 15m',
    });
    expect(harness.rules.view(stored.id)).toMatchObject({ state: 'armed', ready: true });
    expect(harness.venue.watched).toContain('btcusdt');
  });

  it('says what a price is now and how far its level is', async () => {
    const saved = await harness.say('/alert btc > 70k');
    expect(textOf(saved)).toBe('✅ btcusdt price > 70,000 · sim\nNow 60,000.00; fires near 70,000.00 (+16.7\u00a0%).');
    expect(labelsOf(saved)).toEqual(['Chart', 'Once', 'On close', 'Delete']);
  });

  it('explains a series in a sentence', async () => {
    const saved = await harness.say('/alert btcusdt 15m z(20) > 3');
    expect(textOf(saved)).toMatch(
      /^✅ btcusdt z > 3 · 15m · sim\nz-score of the close over 20 bars\. Now −?[\d.]+; fires near [\d,.]+ \(\+[\d.]+\u00a0%\)\.$/,
    );
  });

  it('says that it is true already, and waits for the next time', async () => {
    const saved = await harness.say('/alert btc > 50k');
    expect(textOf(saved)).toBe(
      '✅ btcusdt price > 50,000 · sim\nNow 60,000.00.\nIt is true right now: I wait for the next time.',
    );
    await harness.trade('btcusdt', 60_010);
    expect(await harness.owed()).toEqual([]);
  });

  it('tells the end in the chat’s zone', async () => {
    await harness.say('/settings zone Europe/Berlin');
    const saved = await harness.say('/alert btc > 70k until 2026-01-15 18:00');
    expect(textOf(saved)).toContain('btcusdt price > 70,000 until 18:00 CET · sim');
    const [{ text }] = await harness.rules.list('telegram:100');
    expect(text).toContain('until 2026-01-15T17:00Z');
  });

  it('repeats the message that it will send, unformatted', async () => {
    const saved = await harness.say('/alert btc > 70k "<b>up</b> {price}"');
    expect(saved.text).toContain('\n“<b>up</b> {price}”');
  });

  it('leads on by buttons where nothing was typed', async () => {
    expect(textOf(await harness.say('/alert'))).toBe('A new alert\nWhich symbol?');
  });

  it('is set while the venue cannot be asked, and says that it warms up', async () => {
    harness.venue.fail(new Error('down'));
    const saved = await harness.say('/alert btc rsi < 30');
    expect(textOf(saved)).toBe(
      '✅ btcusdt rsi < 30 · 5m · sim\nrelative strength index of the close over 14 bars. ' +
        'Still warming up: it starts as soon as there are enough bars.',
    );
    expect(textOf(await harness.say('/alerts'))).toContain('btcusdt rsi < 30 · warming up');
  });

  it('is not saved twice', async () => {
    await harness.say('/alert btc > 70k every 1h');
    const again = await harness.say('/alert BTC/USDT  price > 70,000 every 60m');
    expect(textOf(again)).toBe(
      'You have this alert already:\n1 btcusdt price > 70,000 every 1h · sim\n' +
        'Now 60,000.00; fires near 70,000.00 (+16.7\u00a0%).\nIt has not fired yet.',
    );
    expect(labelsOf(again)).toEqual(['⏸ Pause', 'Chart', 'Delete', 'Snooze 1h', 'Mute btcusdt 2h', '◀ All alerts']);
    expect(await harness.rules.list('telegram:100')).toHaveLength(1);
    await harness.press(buttonOf(again, '⏸ Pause'));
    expect(textOf(await harness.say('/alert btc > 70k every 1h'))).toContain('⏸ Paused.');
    await harness.say('/alert btc > 70k every 2h');
    await harness.say('/alert eth > 70k every 1h');
    expect(await harness.rules.list('telegram:100')).toHaveLength(3);
  });

  it('is saved for everybody who asks, and anew where the first is done', async () => {
    await harness.say('/alert btc > 60500 once', member(4));
    const offer = await harness.say('/alert btc > 60500 once', member(5));
    await harness.press(buttonOf(offer, 'Save my own'), member(5));
    const ofChat = () => harness.rules.list('telegram:-1001234567890');
    expect(await ofChat()).toHaveLength(2);
    await harness.trade('btcusdt', 60_600);
    await harness.trade('btcusdt', 60_400);
    expect(textOf(await harness.say('/alert btc > 60500 once', member(4)))).toMatch(/^✅/);
    expect(await ofChat()).toHaveLength(3);
  });

  it('shows one by its number', async () => {
    await harness.say('/alert btc > 70k once');
    for (const line of ['/alert 1', '/alert #1', '/alerts 1', '/alerts #1']) {
      const one = await harness.say(line);
      expect(textOf(one)).toMatch(/^1 btcusdt price > 70,000 once · sim\n/);
      expect(labelsOf(one)).toEqual(['⏸ Pause', 'Chart', 'Delete', 'Snooze 1h', 'Mute btcusdt 2h', '◀ All alerts']);
    }
    for (const line of ['/alert 2', '/alerts 2'])
      expect(textOf(await harness.say(line))).toBe('This chat has no alert “2”. /alerts lists them.');
    expect(textOf(await harness.say('/alerts btc > 5'))).toBe(
      '“btc > 5” is neither an alert’s number nor a symbol. Type /alerts for all of them, /alerts 1 for the first, or /alerts btc.',
    );
  });

  it.each(['list', 'delete 1', 'remove all'])('sends whoever orders “%s” to the list', async (text) => {
    expect(textOf(await harness.say(`/alert ${text}`))).toBe(
      'I read that as no rule. /alerts lists this chat’s alerts; each can be paused and deleted there.',
    );
  });

  it('has room for 25 in a private chat', async () => {
    for (let i = 0; i < 25; i++) await harness.say(`/alert btc > ${70 + i}k`);
    expect(textOf(await harness.say('/alert btc > 99k'))).toBe(
      'This chat has 25 alerts, and 25 is the most. Delete one with /alerts first.',
    );
    expect(await harness.rules.list('telegram:100')).toHaveLength(25);
  });
});

describe('its buttons', () => {
  it('make it fire once, or on closes alone, and no longer offer that', async () => {
    const saved = await harness.say('/alert btc > 61k');
    const once = (await harness.press(buttonOf(saved, 'Once'))).edit!;
    expect(textOf(once)).toContain('✅ btcusdt price > 61,000 once · sim');
    expect(labelsOf(once)).toEqual(['Chart', 'On close', 'Delete']);
    const both = (await harness.press(buttonOf(once, 'On close'))).edit!;
    expect(textOf(both)).toContain('✅ btcusdt price > 61,000 once on close · 5m · sim');
    expect(labelsOf(both)).toEqual(['Chart', 'Delete']);
    const [{ text }] = await harness.rules.list('telegram:100');
    expect(text).toBe('sim:btcusdt 5m price > 61000 once on close');
    await harness.trade('btcusdt', 61_500);
    expect(await harness.owed()).toEqual([]);
    await harness.time.advance(302_000);
    expect(await harness.owed()).toHaveLength(1);
  });

  it('draw what it looks at', async () => {
    const saved = await harness.say('/alert btc rsi < 30 and close > ema(50)');
    const { reply } = await harness.press(buttonOf(saved, 'Chart'));
    expect(reply?.picture?.alt).toContain('btcusdt 5m chart');
    expect(harness.drawn.at(-1)!.series.map((series) => series.label)).toEqual(['rsi(14)', 'ema(50)']);
  });

  it('delete it, and leave a message that can undo it', async () => {
    const saved = await harness.say('/alert btc > 61k');
    const outcome = await harness.press(buttonOf(saved, 'Delete'));
    expect(outcome).toMatchObject({
      toast: 'btcusdt price > 61,000 is deleted.',
      edit: { text: ['🗑 ', { bold: 'btcusdt price > 61,000' }, ' is deleted.'], buttons: [[{ label: 'Undo' }]] },
    });
    expect((await harness.press(buttonOf(saved, 'Once'))).toast).toBe('This alert is gone.');
    await harness.trade('btcusdt', 61_500);
    expect(await harness.owed()).toEqual([]);
  });
});
