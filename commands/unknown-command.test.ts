import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buttonOf, type CommandHarness, createCommandHarness, textOf } from '../test/doubles/command-harness.ts';
import { COMMANDS } from './registry.ts';

let harness: CommandHarness;
beforeAll(async () => {
  harness = await createCommandHarness();
});
afterAll(() => harness.drop());

describe('a command that does not exist', () => {
  it('is answered with the line that may have been meant, which a button runs', async () => {
    const answer = await harness.say('/pirce btc');
    expect(textOf(answer)).toBe('I know no command “/pirce”. Did you mean /price btc?');
    expect(answer.private).toBe(true);
    const { reply } = await harness.press(buttonOf(answer, '/price btc'));
    expect(textOf(reply)).toMatch(/^btcusdt 60,000\.00 /);
  });

  it.each([
    ['/alrt btc > 5', ['/alert btc > 5']],
    ['/stat', ['/stats', '/status']],
    ['/delete 2', ['/alerts 2']],
    ['/watch btc > 70k', ['/alert btc > 70k']],
    ['/btc', ['/price btc', '/chart btc']],
    ['/btc rsi < 30', ['/alert btc rsi < 30', '/chart btc rsi < 30']],
    ['/nonsense', []],
    ['/x', []],
  ])('%s may mean %j', async (line, expected) => {
    const labels = ((await harness.say(line)).buttons ?? []).flat().map((button) => button.label);
    expect(labels).toEqual(expected);
  });

  it('is told from every slip of one letter', async () => {
    for (const { name } of COMMANDS) {
      const slip = `${name[1]}${name[0]}${name.slice(2)}`;
      expect(textOf(await harness.say(`/${slip}`)), slip).toContain(`/${name}`);
    }
  });

  it('fits on a button however long the line is', async () => {
    const { buttons } = await harness.say(`/alrt btc > 5 "${'x'.repeat(300)}"`);
    expect(buttons?.[0][0].label.length).toBeLessThanOrEqual(60);
  });
});
