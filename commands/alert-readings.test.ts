import { expect, it } from 'vitest';
import { buttonOf, createCommandHarness, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const saved = async () => (await harness.rules.list('telegram:100')).map(({ text }) => text);

it('asks which of two numbers is meant, saves nothing, and saves the one that is pressed', async () => {
  const asked = await harness.say('/alert eth volume > 1.250');
  expect(textOf(asked)).toBe('Does 1.250 mean 1,250 or 1.25? Nothing is saved yet.');
  expect(asked.buttons?.map((row) => row.map(({ label }) => label))).toEqual([
    ['eth volume > 1250'],
    ['eth volume > 1.25'],
  ]);
  expect(await saved()).toEqual([]);
  await harness.press(buttonOf(asked, 'eth volume > 1250'));
  expect(await saved()).toEqual(['sim:ethusdt 5m volume > 1250 every 15m']);
});

it('does not ask again where the decimal one is pressed', async () => {
  const asked = await harness.say('/alert eth volume > 1.234');
  await harness.press(buttonOf(asked, 'eth volume > 1.2340'));
  expect(await saved()).toEqual(['sim:ethusdt 5m volume > 1.234 every 15m']);
});

it('reads what lies near the price, also of a symbol that nobody watched before, and says so', async () => {
  // btcusdt is at 60,000, solusdt at 150.
  const thousands = await harness.say('/alert btc > 70.000');
  expect(textOf(thousands)).toContain('btcusdt price > 70,000');
  expect(textOf(thousands)).toMatch(/\nI read 70\.000 as 70,000\.$/);
  expect(textOf(await harness.say('/alert sol > 150.500'))).toMatch(/\nI read 150\.500 as 150\.5\.$/);
  expect(textOf(await harness.say('/alert btc > 70,001'))).not.toContain('I read');
});

it('says how it read a number also when more is known of the alert', async () => {
  const tried = await createCommandHarness({ preflight: { run: async () => ({ kind: 'late' }) } });
  const later = await (await tried.say('/alert btc > 70.000')).later?.();
  expect(textOf(later)).toMatch(/\nI read 70\.000 as 70,000\.$/);
  await tried.drop();
});

it('asks of a definition, too', async () => {
  const asked = await harness.say('/define level = 70.000');
  expect(textOf(asked)).toBe('Does 70.000 mean 70,000 or 70? Nothing is saved yet.');
  await harness.press(buttonOf(asked, 'level = 70000'));
  expect((await harness.context(someone())).defined.get('level')).toBe('70000');
});

it('reads a time in words by the clock of the chat', async () => {
  // It is Thursday, 13:00 in Berlin.
  await harness.say('/settings zone Europe/Berlin');
  expect(textOf(await harness.say('/alert btc > 70k until 18:00'))).toContain('until 18:00 CET');
  expect(textOf(await harness.say('/alert btc > 71k until friday'))).toContain('until 17 Jan 00:00 CET');
  expect(await saved()).toEqual([
    'sim:btcusdt 5m price > 70000 every 15m until 2026-01-15T17:00Z',
    'sim:btcusdt 5m price > 71000 every 15m until 2026-01-16T23:00Z',
  ]);
});
