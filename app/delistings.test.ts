import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  member,
  textOf,
} from '../test/doubles/command-harness.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

let harness: CommandHarness;
let listed: readonly InstrumentInfo[];
beforeEach(async () => {
  harness = await createCommandHarness();
  listed = harness.market.symbols.all();
});
afterEach(() => harness.drop());

/** The venue's list at its next look, one after another. */
async function look(infos: readonly InstrumentInfo[], after = HOUR): Promise<void> {
  harness.venue.list(infos);
  await harness.time.advance(after);
  await harness.listings.settled();
}
const without = (...symbols: string[]) => listed.filter(({ symbol }) => !symbols.includes(symbol));
async function delist(...symbols: string[]): Promise<void> {
  await look(without(...symbols));
  await look(without(...symbols), 15 * MINUTE);
}
const relisted = async (asker = undefined as Parameters<CommandHarness['owed']>[0]) =>
  (await harness.owed(asker, 'relisted')).map(textOf);
const fired = async () => (await harness.owed()).map(textOf);
const reply = async (line: string) => textOf(await harness.say(line));

describe('an alert on a market that is listed again', () => {
  it('is on watch again as it was, fires on what happens from then on, and its chat is told once', async () => {
    await harness.say('/alert sol > 200');
    await harness.say('/alert sol > 300', member(7));
    await harness.trade('solusdt', 150);
    await delist('solusdt');
    await harness.trade('solusdt', 400);
    expect(await fired()).toEqual([]);
    await look(listed);
    expect(await relisted()).toEqual(['✅ sim lists solusdt again: 1 alert of yours is on watch again.']);
    expect(await relisted(member(7))).toEqual(['✅ sim lists solusdt again: 1 alert of yours is on watch again.']);
    expect(await reply('/alerts')).not.toContain('broken');
    const [stored] = await harness.rules.list('telegram:100');
    // What is true from the start waits for the next time.
    expect(stored.saved.state).toBe('fired');
    expect([...harness.venue.watched]).toContain('solusdt');
    await harness.trade('solusdt', 150);
    await harness.trade('solusdt', 210);
    expect(await fired()).toEqual([expect.stringContaining('solusdt price > 200')]);
    await look(listed);
    expect(await relisted()).toEqual([]);
  });

  it('waits until all that it is about is there', async () => {
    await harness.say('/alert sol - eth > 1');
    await delist('solusdt', 'ethusdt');
    await look(without('ethusdt'));
    expect(await relisted()).toEqual([]);
    expect(await reply('/alerts 1')).toContain('Broken.');
    await look(listed);
    expect(await relisted()).toEqual(['✅ sim lists ethusdt again: 1 alert of yours is on watch again.']);
  });

  it('stays paused where it was', async () => {
    await harness.say('/alert sol > 200');
    await harness.press(buttonOf(await harness.say('/alerts 1'), '⏸ Pause'));
    await delist('solusdt');
    expect(await reply('/alerts 1')).toContain('Broken.');
    await look(listed);
    expect(await reply('/alerts')).toContain('⏸ solusdt price > 200 · paused');
  });

  it('stays away where it was deleted meanwhile, and where it was over before', async () => {
    await harness.say('/alert sol > 200');
    await harness.say('/alert sol > 160 once');
    await harness.trade('solusdt', 150);
    await harness.trade('solusdt', 170);
    expect(await fired()).toHaveLength(1);
    await delist('solusdt');
    await harness.press(buttonOf(await harness.say('/alerts 1'), 'Delete'));
    await look(listed);
    expect(await relisted()).toEqual([]);
    expect(await reply('/alerts')).toContain('done');
  });
});
