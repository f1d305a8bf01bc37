import { describe, expect, it } from 'vitest';
import { buttonOf, labelsOf, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Button } from './message.ts';

const harness = useCommandHarness();

const stateOf = (id: string): string | undefined => harness.rules.view(id)?.state;

describe('/alerts', () => {
  it('says how to begin where there are none', async () => {
    expect(textOf(await harness.say('/alerts'))).toBe('No alerts yet. Try /alert btcusdt z > 2 or /alert eth +5% 1h.');
  });

  it('lists the nearest first, what is true already behind, and what rests last', async () => {
    for (const rule of ['btc > 66k', 'btc < 70k', 'btc > 61k', 'btc > 60500', 'eth 1h rsi < 30'])
      await harness.say(`/alert ${rule}`);
    const paused = (await harness.rules.list('telegram:100'))[3];
    await harness.rules.pause(paused.id);
    const list = await harness.say('/alerts');
    const lines = textOf(list).split('\n');
    expect(lines[0]).toBe('Alerts 5 of 25, nearest first');
    expect(lines[1]).toBe('3 btcusdt price > 61,000 · 60,000.00 · at 61,000.00 (+1.7\u00a0%)');
    expect(lines.slice(2, 4).map((line) => line[0])).toEqual(expect.arrayContaining(['1', '5']));
    expect(lines[4]).toBe('2 🔕 btcusdt price < 70,000 · true already, waits for the next time');
    expect(lines[5]).toBe('4 ⏸ btcusdt price > 60,500 · paused');
    expect(textOf(list)).toMatch(/5 ethusdt rsi < 30 · 1h · [\d.]+( · at|\n)/);
    expect(list.buttons?.flat().map((button) => button.label)).toEqual(
      expect.arrayContaining(['3 ▾', '1 ▾', '5 ▾', '2 ▾', '4 ▾', 'New']),
    );
  });

  it('lists what warms up behind what is near, by number', async () => {
    for (const rule of ['sol', 'eth', 'btc']) {
      harness.venue.fail(rule === 'btc' ? undefined : new Error('down'));
      await harness.say(`/alert ${rule} rsi(14) < 30`);
    }
    expect(
      textOf(await harness.say('/alerts'))
        .split('\n')
        .slice(1),
    ).toEqual([
      expect.stringMatching(/^3 btcusdt rsi < 30 · [\d.]+ · at/),
      '1 solusdt rsi < 30 · warming up',
      '2 ethusdt rsi < 30 · warming up',
    ]);
  });

  it('turns pages of ten', async () => {
    for (let i = 0; i < 12; i++) await harness.say(`/alert btc > ${61 + i}k`);
    const first = await harness.say('/alerts');
    expect(textOf(first).split('\n')).toHaveLength(11);
    const second = await harness.press(buttonOf(first, '▶'));
    expect(textOf(second.edit)).toBe(
      [
        'Alerts 12 of 25, nearest first',
        '11 btcusdt price > 71,000 · 60,000.00 · at 71,000.00 (+18.3\u00a0%)',
        '12 btcusdt price > 72,000 · 60,000.00 · at 72,000.00 (+20.0\u00a0%)',
      ].join('\n'),
    );
    expect(textOf((await harness.press(buttonOf(second.edit, '◀'))).edit)).toBe(textOf(first));
  });

  it('leads to a new one', async () => {
    await harness.say('/alert btc > 66k');
    const { reply } = await harness.press(buttonOf(await harness.say('/alerts'), 'New'));
    expect(textOf(reply)).toBe('A new alert\nWhich symbol?');
  });

  it('says since when there are no data', async () => {
    await harness.say('/alert btc > 66k');
    const [instrument, ts] = ['sim:btcusdt', harness.time.now()];
    await harness.trade('btcusdt', 60_000);
    harness.market.apply({ type: 'gap', instrument, open: true, from: ts, ts });
    expect(textOf(await harness.say('/alerts'))).toContain('1 ⚠️ btcusdt price > 66,000 · no data since 12:00 UTC');
  });

  it('names every other state in words', async () => {
    for (const rule of [
      'btc > 61k once',
      'btc > 61k',
      'btc > 61k for 5m',
      'btc > 61k until 2026-01-15 12:01',
      'btc > 62k',
    ])
      await harness.say(`/alert ${rule}`);
    const rules = await harness.rules.list('telegram:100');
    await harness.rules.pause(rules[4].id, harness.time.now() + 3_600_000);
    await harness.trade('btcusdt', 61_500);
    await harness.time.advance(62_000);
    await harness.trade('btcusdt', 61_600);
    const text = textOf(await harness.say('/alerts'));
    expect(text).toContain('1 ☑️ btcusdt price > 61,000 · once · done, fired 12:00 UTC');
    expect(text).toContain('2 🔔 btcusdt price > 61,000 · fired 12:00 UTC, waits to re-arm');
    expect(text).toContain('3 ⏳ btcusdt price > 61,000 · for 5m · true since 12:00 UTC, must hold');
    expect(text).toContain('4 ☑️ btcusdt price > 61,000 · until 12:01 UTC · its time is over');
    expect(text).toContain('5 ⏸ btcusdt price > 62,000 · snoozed until 13:00 UTC');
  });
});

describe('one alert', () => {
  it('is shown with where it stands, what it did, and what can be done', async () => {
    await harness.say('/alert btc z > 4.3 every 1h until 2026-12-31 "it moves"');
    const { edit } = await harness.press(buttonOf(await harness.say('/alerts'), '1 ▾'));
    expect(textOf(edit)).toMatch(
      /^1 btcusdt z > 4.3 every 1h until 1 Jan 2027 00:00 UTC · 5m · sim\n“it moves”\nz-score/,
    );
    expect(textOf(edit)).toContain('It has not fired yet.');
    expect(edit?.buttons?.flat().map((button) => button.label)).toEqual([
      '⏸ Pause',
      'Chart',
      'Delete',
      'Snooze 1h',
      'Mute btcusdt 2h',
      '◀ All alerts',
    ]);
  });

  it('is paused and goes on', async () => {
    await harness.say('/alert btc > 61k');
    const [{ id }] = await harness.rules.list('telegram:100');
    const opened = await harness.press(buttonOf(await harness.say('/alerts'), '1 ▾'));
    const paused = await harness.press(buttonOf(opened.edit, '⏸ Pause'));
    expect([paused.toast, stateOf(id)]).toEqual(['Paused.', 'paused']);
    expect(textOf(opened.edit)).toContain('Now 60,000.00; fires near 61,000.00');
    expect(textOf(paused.edit)).toContain('Now 60,000.00.\n⏸ Paused.');
    await harness.trade('btcusdt', 61_500);
    expect(await harness.owed()).toEqual([]);
    await harness.trade('btcusdt', 60_000);
    const resumed = await harness.press(buttonOf(paused.edit, '▶ Resume'));
    expect([resumed.toast, stateOf(id)]).toEqual(['btcusdt price > 61,000 is on watch again.', 'armed']);
    await harness.trade('btcusdt', 61_500);
    expect(await harness.owed()).toHaveLength(1);
  });

  it('is snoozed, as its card says then', async () => {
    await harness.say('/alert btc > 61k');
    const opened = await harness.press(buttonOf(await harness.say('/alerts'), '1 ▾'));
    const snoozed = await harness.press(buttonOf(opened.edit, 'Snooze 1h'));
    expect(snoozed.toast).toBe('btcusdt price > 61,000 is quiet until 13:00 UTC.');
    expect(textOf(snoozed.edit)).toContain('⏸ Snoozed until 13:00 UTC.');
    expect(labelsOf(snoozed.edit)).toEqual(['▶ Resume', 'Chart', 'Delete', '◀ All alerts']);
  });

  it('cannot be paused or resumed once it is over', async () => {
    await harness.say('/alert btc > 61k until 2026-01-15 12:01');
    await harness.time.advance(120_000);
    const { edit } = await harness.press(buttonOf(await harness.say('/alerts'), '1 ▾'));
    expect(edit?.buttons?.flat().map((button) => button.label)).toEqual(['Chart', 'Delete', '◀ All alerts']);
  });

  it('that can no longer be read says so, and can be deleted', async () => {
    await harness.say('/alert btc > 61k');
    const { view, running } = harness.rules;
    Object.assign(harness.rules, { view: () => undefined, running: () => undefined });
    const list = await harness.say('/alerts');
    expect(textOf(list)).toContain('1 ⚠️ sim:btcusdt 5m price > 61000 every 15m · does not run');
    const { edit } = await harness.press(buttonOf(list, '1 ▾'));
    expect(textOf(edit)).toContain('I can no longer read it, so it does not run.');
    expect((await harness.press(buttonOf(edit, 'Delete'))).toast).toContain('is deleted.');
    Object.assign(harness.rules, { view, running });
    expect(await harness.rules.list('telegram:100')).toEqual([]);
  });

  it('leads back to the list when it is deleted there, and offers nothing that is gone', async () => {
    await harness.say('/alert btc > 61k');
    await harness.say('/alert btc > 62k');
    const opened = await harness.press(buttonOf(await harness.say('/alerts'), '1 ▾'));
    const { toast, edit } = await harness.press(buttonOf(opened.edit, 'Delete'));
    expect(toast).toBe('btcusdt price > 61,000 is deleted.');
    expect(textOf(edit)).toMatch(/^🗑 btcusdt price > 61,000 is deleted\.\n\nAlerts 1 of 25\n2 btcusdt price > 62,000/);
    expect(edit?.buttons?.flat().map((button) => button.label)).toEqual(['Undo', '2 ▾', 'New']);
    for (const button of opened.edit!.buttons!.flat().slice(0, 3))
      expect((await harness.press(button)).toast).toBe('This alert is gone.');
  });
});

describe('the buttons of a message that told of an alert', () => {
  async function fired(rule: string) {
    await harness.say(`/alert ${rule}`);
    await harness.trade('btcusdt', 61_500);
    const [message] = await harness.owed();
    return message!;
  }

  it('keep it quiet for an hour', async () => {
    const outcome = await harness.press(buttonOf(await fired('btc > 61k'), 'Snooze 1h'));
    expect(outcome).toEqual({ toast: 'btcusdt price > 61,000 is quiet until 13:00 UTC.' });
    await harness.trade('btcusdt', 60_000);
    await harness.time.advance(20 * 60_000);
    await harness.trade('btcusdt', 61_500);
    expect(await harness.owed()).toEqual([]);
    await harness.trade('btcusdt', 60_000);
    await harness.time.advance(45 * 60_000);
    await harness.trade('btcusdt', 61_500);
    expect(textOf((await harness.owed())[0])).toContain('1 more since the last one, kept quiet.');
  });

  it('leave alone what is paused or over', async () => {
    const snooze = buttonOf(await fired('btc > 61k until 2026-01-15 13:00'), 'Snooze 1h');
    const [{ id }] = await harness.rules.list('telegram:100');
    await harness.rules.pause(id);
    expect((await harness.press(snooze)).toast).toBe('It is paused already.');
    expect(stateOf(id)).toBe('paused');
    await harness.rules.resume(id);
    await harness.time.advance(2 * 3_600_000);
    expect((await harness.press(snooze)).toast).toBe('It is over, there is nothing to snooze.');
  });

  it('set an alert again that fires once', async () => {
    const again = buttonOf(await fired('btc > 61k once'), 'Again');
    expect(await harness.press(again)).toEqual({ toast: 'btcusdt price > 61,000 once is on watch again.' });
    await harness.trade('btcusdt', 60_000);
    await harness.time.advance(1_000);
    await harness.trade('btcusdt', 61_500);
    expect(await harness.owed()).toHaveLength(1);
  });

  it('delete it, and the message then says so and can undo it', async () => {
    const message = await fired('btc > 61k');
    const { edit } = await harness.press(buttonOf(message, 'Delete'));
    expect(textOf(edit)).toBe('🗑 btcusdt price > 61,000 is deleted.');
    expect(edit?.buttons?.flat().map((button) => button.label)).toEqual(['Undo']);
    expect((await harness.press(buttonOf(message, 'Snooze 1h'))).toast).toBe('This alert is gone.');
    expect(await harness.rules.list('telegram:100')).toEqual([]);
  });
});

describe('in a group', () => {
  const [owner, other] = [member(1), member(2)];

  /** Every button that an alert of the owner has anywhere, with the alert's id. */
  async function everywhere(): Promise<{ id: string; buttons: Button[] }> {
    const saved = await harness.say('/alert btc > 61k', owner);
    const [{ id }] = await harness.rules.list('telegram:-1001234567890');
    const opened = await harness.press(buttonOf(await harness.say('/alerts', other), '1 ▾'), other);
    await harness.trade('btcusdt', 61_500);
    const [alert] = await harness.owed(owner);
    const paused = await harness.press(buttonOf(opened.edit, '⏸ Pause'), owner);
    await harness.rules.resume(id);
    const messages = [saved, opened.edit!, alert!, paused.edit!];
    const names = ['Once', 'On close', 'Delete', '⏸ Pause', '▶ Resume', 'Snooze 1h'];
    return {
      id,
      buttons: messages.flatMap((item) => item.buttons!.flat()).filter((button) => names.includes(button.label)),
    };
  }

  const picture = async (id: string) => JSON.stringify([await harness.rules.get(id), harness.rules.view(id)]);

  it('nobody but the owner or an admin changes an alert, by whatever button', async () => {
    const { id, buttons } = await everywhere();
    expect(buttons.length).toBeGreaterThanOrEqual(8);
    const before = await picture(id);
    for (const button of buttons)
      expect([button.label, await harness.press(button, other)]).toEqual([
        button.label,
        { toast: 'That button is not yours.' },
      ]);
    expect(await picture(id)).toBe(before);
  });

  it('nobody gains by a button that names no owner', async () => {
    await harness.say('/alert btc > 61k', owner);
    const [{ id }] = await harness.rules.list('telegram:-1001234567890');
    const { button } = await harness.context(other);
    const before = await picture(id);
    for (const action of ['pau', 'res', 'snz', 'del', 'und', 'once', 'onc'])
      expect((await harness.press(button('x', action, [id]), other)).toast).toBe(
        'Only its owner or an admin may do that.',
      );
    expect(await picture(id)).toBe(before);
  });

  it.each([
    ['a chat’s admin', member(3, { isChatAdmin: true })],
    ['an admin of the bot', member(999)],
    ['the owner', owner],
  ])('%s may do all of it', async (_who, asker) => {
    const { id, buttons } = await everywhere();
    const [deletes, others] = [
      buttons.filter((button) => button.label === 'Delete'),
      buttons.filter((button) => button.label !== 'Delete'),
    ];
    for (const button of others) {
      await harness.rules[button.label === '▶ Resume' ? 'pause' : 'resume'](id);
      const before = await picture(id);
      await harness.press(button, asker);
      expect([button.label, (await picture(id)) === before]).toEqual([button.label, false]);
    }
    await harness.press(deletes[0], asker);
    expect((await harness.rules.get(id))?.deletedAt).toBe(harness.time.now());
  });

  it('an alert of another chat is out of reach, also with a button of one’s own chat', async () => {
    await harness.say('/alert btc > 61k', owner);
    const [{ id }] = await harness.rules.list('telegram:-1001234567890');
    const { button } = await harness.context();
    for (const action of ['al', 'pau', 'res', 'snz', 'del', 'und', 'once', 'onc', 'ch'])
      expect((await harness.press(button('x', action, [id, '0']))).toast).toBe('This alert is gone.');
  });
});
