import { expect, it } from 'vitest';
import { buttonOf, member, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Asker } from './service.ts';

const MINUTE = 60_000;

const harness = useCommandHarness();

/** Saves an alert and deletes it with its button. */
async function deleted(rule: string, asker: Asker = someone()) {
  const saved = await harness.say(`/alert ${rule}`, asker);
  const { edit } = await harness.press(buttonOf(saved, 'Delete'), asker);
  return buttonOf(edit, 'Undo');
}

async function fire(): Promise<void> {
  await harness.trade('btcusdt', 60_600);
  await harness.trade('btcusdt', 60_000);
}

it('brings an alert back with its number, its firings and its cooldown', async () => {
  await harness.say('/alert btc > 66k');
  const saved = await harness.say('/alert btc > 60500 every 1h');
  await fire();
  expect(await harness.owed()).toHaveLength(1);
  const before = (await harness.rules.list('telegram:100'))[1];
  const view = harness.rules.view(before.id);
  const { edit } = await harness.press(buttonOf(saved, 'Delete'));
  expect(harness.rules.view(before.id)).toBeUndefined();

  await harness.time.advance(9 * MINUTE);
  const { toast, edit: back } = await harness.press(buttonOf(edit, 'Undo'));
  expect(toast).toBe('It is back as it was.');
  expect(textOf(back)).toMatch(/^↩️ It is back as it was\.\n2 btcusdt price > 60,500 every 1h/);
  expect(textOf(back)).toContain('Fired once 9m ago');
  const after = (await harness.rules.list('telegram:100'))[1];
  expect(after).toMatchObject({ id: before.id, number: 2, text: before.text, deletedAt: undefined });
  expect(harness.rules.view(after.id)?.saved).toMatchObject({
    state: 'armed',
    firings: view?.saved.firings,
    lastFiredAt: view?.saved.lastFiredAt,
  });

  // Nine minutes of the hour are over: the cooldown goes on, and then it fires under the next number.
  await fire();
  expect(await harness.owed()).toHaveLength(0);
  await harness.time.advance(52 * MINUTE);
  await fire();
  expect(await harness.owed()).toHaveLength(1);
  expect((await harness.rules.firings(after.id, 5)).map(({ id }) => id)).toEqual([`${after.id}.2`, `${after.id}.1`]);
});

it('brings a paused alert back paused', async () => {
  const saved = await harness.say('/alert btc > 66k');
  const [{ id }] = await harness.rules.list('telegram:100');
  await harness.rules.pause(id);
  const { edit } = await harness.press(buttonOf(saved, 'Delete'));
  await harness.press(buttonOf(edit, 'Undo'));
  expect(harness.rules.view(id)?.state).toBe('paused');
});

it('begins a hold anew: nobody saw whether it held meanwhile', async () => {
  await harness.trade('btcusdt', 60_000);
  const saved = await harness.say('/alert btc > 60500 for 5m');
  const [{ id }] = await harness.rules.list('telegram:100');
  await harness.trade('btcusdt', 60_600);
  expect(harness.rules.view(id)?.state).toBe('pending');
  const { edit } = await harness.press(buttonOf(saved, 'Delete'));
  await harness.time.advance(6 * MINUTE);
  await harness.press(buttonOf(edit, 'Undo'));
  await harness.trade('btcusdt', 60_600);
  expect(await harness.owed()).toHaveLength(0);
  expect(harness.rules.view(id)?.state).toBe('pending');
});

it('says that it is too late after ten minutes, and that it is back already', async () => {
  const late = await deleted('btc > 66k');
  await harness.time.advance(10 * MINUTE + 1);
  expect(await harness.press(late)).toEqual({
    toast: 'Too late: a deleted alert can be brought back for 10m. Type it again.',
  });
  expect(await harness.rules.list('telegram:100')).toEqual([]);
  const twice = await deleted('btc > 67k');
  await harness.press(twice);
  expect(await harness.press(twice)).toEqual({ toast: 'It is back already.' });
});

it('takes another number where its own was given away, and says so', async () => {
  const undo = await deleted('btc > 66k');
  await harness.say('/alert btc > 67k');
  const { toast, edit } = await harness.press(undo);
  expect(toast).toBe('It is back, as number 2: 1 was taken meanwhile.');
  expect(textOf(edit)).toContain('\n2 btcusdt price > 66,000');
});

it('is for its owner and for admins, also in a list of others', async () => {
  const [owner, other] = [member(1), member(2)];
  const undo = await deleted('btc > 66k', owner);
  expect((await harness.press(undo, other)).toast).toBe('That button is not yours.');
  expect((await harness.press(undo, member(3, { isChatAdmin: true }))).toast).toBe('It is back as it was.');
});

it('does not bring back more alerts than a chat may have', async () => {
  const undo = await deleted('btc > 60100');
  for (let i = 0; i < 25; i++) await harness.say(`/alert btc > ${61_000 + i}`);
  expect((await harness.press(undo)).toast).toBe(
    'This chat has 25 alerts again, and that is the most. Delete another one first.',
  );
});
