import { afterEach, beforeEach, expect, it } from 'vitest';
import { buttonOf, type CommandHarness, createCommandHarness, textOf } from '../test/doubles/command-harness.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
  await harness.say('/define level = 60500');
  await harness.time.advance(1_000);
  await harness.say('/alert btc > level');
  await harness.time.advance(1_000);
});
afterEach(() => harness.drop());

const detail = async () => textOf(await harness.say('/alerts 1'));

it('shows the names that an alert was written with in the list, without changing its text', async () => {
  expect(textOf(await harness.say('/alerts'))).toContain('1 btcusdt price > 60,500 (level) · ');
  expect((await harness.rules.list('telegram:100'))[0].text).toBe('sim:btcusdt 5m price > 60500 every 15m');
});

it('shows the names within names, and none where none was used', async () => {
  await harness.say('/define far = price > level');
  await harness.say('/alert eth far');
  await harness.say('/alert btc > 66k');
  const lines = textOf(await harness.say('/alerts')).split('\n');
  expect(lines.find((line) => line.startsWith('2 '))).toContain('(far, level)');
  expect(lines.find((line) => line.startsWith('3 '))).not.toContain('(f');
});

it('says what a name meant, also after it means something else or nothing', async () => {
  expect(await detail()).toContain('\nWritten with level, which meant 60500 then.');
  const changed = await harness.say('/define level = 62000');
  expect(await detail()).toContain('\nWritten with level, which meant 60500 then and means 62000 now.');
  await harness.press(buttonOf(changed, 'Delete'));
  expect(await detail()).toContain('\nWritten with level, which meant 60500 then and is deleted now.');
});

it('says so in /why, too', async () => {
  await harness.trade('btcusdt', 60_600);
  expect(textOf(await harness.say('/why'))).toContain('\nWritten with level, which meant 60500 then.');
});
