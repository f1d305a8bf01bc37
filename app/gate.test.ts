import { describe, expect, it } from 'vitest';
import { textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const owed = async (kind: string) => (await harness.owed(undefined, kind)).map(textOf);

/** Both are about 60,000 and 3,000 at first. */
async function prices(btc: number, eth: number) {
  await harness.trade('ethusdt', eth);
  await harness.trade('btcusdt', btc);
  await harness.time.advance(1_000);
}

describe('a gate', () => {
  it('suspends an alert while it does not hold, says so and that it is back, and lets nothing fire in between', async () => {
    await prices(60_000, 3_000);
    const saved = textOf(await harness.say('/alert btc > 61k every 1m gate ethusdt.price > 2900'));
    expect(saved).toContain('gate ethusdt.price > 2,900');
    await prices(60_000, 2_800);
    expect(await owed('gate')).toEqual([
      expect.stringMatching(
        /^⏸ btcusdt price > 61,000 every 1m is suspended since 12:00:\d\d UTC: ethusdt\.price > 2,900 does not hold any more\. It comes back by itself when that holds again\.$/,
      ),
    ]);
    await prices(62_000, 2_800);
    await prices(60_000, 2_800);
    expect(textOf(await harness.say('/alerts'))).toContain('suspended until ethusdt.price > 2,900');
    expect(await owed('alert')).toEqual([]);
    await prices(60_000, 3_000);
    expect(await owed('gate')).toEqual([
      expect.stringMatching(
        /^▶️ btcusdt price > 61,000 every 1m is on watch again since 12:00:\d\d UTC: ethusdt\.price > 2,900 holds\.$/,
      ),
    ]);
    await prices(62_000, 3_000);
    const [fired] = await owed('alert');
    expect(fired).toContain('61,000');
    expect(fired).toContain('1 more since the last one, kept quiet.');
  });

  it('that is closed when the alert is saved is told with the answer alone', async () => {
    await prices(60_000, 2_800);
    const saved = textOf(await harness.say('/alert btc > 61k gate ethusdt.price > 2900'));
    expect(saved).toContain('suspended until ethusdt.price > 2,900');
    expect(await owed('gate')).toEqual([]);
  });

  it('is told of by its last move alone where it moved twice before anybody heard', async () => {
    await prices(60_000, 3_000);
    await harness.say('/alert btc > 61k gate ethusdt.price > 2900');
    await prices(60_000, 2_800);
    await prices(60_000, 3_000);
    expect((await owed('gate')).filter((text) => text !== '')).toEqual([expect.stringMatching(/^▶️ /)]);
  });
});
