import { describe, expect, it } from 'vitest';
import { createCommandHarness, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const reply = async (line: string) => textOf(await harness.say(line));

describe('/start', () => {
  it('says that prices are simulated in a demonstration, else where they come from', async () => {
    expect(await reply('/start')).toContain('This is a demonstration on simulated prices.');
    const other = await createCommandHarness({ demonstration: false });
    expect(textOf(await other.say('/start'))).toContain('My prices come from sim.');
    await other.drop();
  });
});
