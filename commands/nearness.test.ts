import { describe, expect, it } from 'vitest';
import { HARNESS_NOW, SCRIPTS } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { type Nearness, nearnessOf } from './nearness.ts';

const harness = useCommandHarness();

/** How near a rule is that was typed just now. */
async function near(text: string): Promise<Nearness> {
  await harness.say(`/alert ${text}`);
  const stored = (await harness.rules.list('telegram:100')).at(-1)!;
  return nearnessOf(harness.market, harness.rules.running(stored.id)!, harness.rules.view(stored.id));
}

/** Closes of the last `count` 5m bars by the script, and the last price, 60,000. */
const closes = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => SCRIPTS.btcusdt(HARNESS_NOW - (count - 1 - i) * 300_000));

describe('how near a rule is', () => {
  it('is the way to the level for a price', async () => {
    const found = await near('btc > 66k');
    expect(found).toMatchObject({ value: 60_000, threshold: 66_000, price: 66_000, isRelative: false });
    expect(found.way).toBeCloseTo(0.1, 12);
  });

  it('is measured from the level also where the number stands on the left', async () => {
    expect(await near('btc 66k < price')).toMatchObject({ value: 60_000, threshold: 66_000, price: 66_000 });
  });

  it('names the price at which a series of the close would be at its threshold', async () => {
    // With the last bar still open, its close moves alone: sma(5) = (the four closes before + x) / 5.
    await harness.time.advance(1_000);
    await harness.trade('btcusdt', 60_100);
    const { price, value } = await near('btc sma(5) > 60500');
    const before = closes(4);
    const sum = before.reduce((a, b) => a + b, 0);
    expect(value).toBeCloseTo((sum + 60_100) / 5, 6);
    expect(price).toBeCloseTo(5 * 60_500 - sum, 0);
  });

  it('names the price at which two series meet', async () => {
    await harness.time.advance(1_000);
    await harness.trade('btcusdt', 60_000);
    const { price, value, threshold, isRelative } = await near('btc price > sma(4)*1.1');
    expect(isRelative).toBe(true);
    expect(value).toBe(60_000);
    // x = 1.1 (s + x) / 4, where s is the sum of the three closes before the open bar.
    const s = closes(3).reduce((a, b) => a + b, 0);
    expect(threshold).toBeCloseTo((1.1 * (s + 60_000)) / 4, 6);
    expect(price).toBeCloseTo((1.1 * s) / (4 - 1.1), 0);
  });

  it('names no price for what does not depend on it, on another instrument, or on several', async () => {
    for (const text of ['btc volume > 1000', 'btc ethusdt.close > 5000', 'btc btcusdt/ethusdt > 30']) {
      const { price, value } = await near(text);
      expect([text, price]).toEqual([text, undefined]);
      expect(value).toBeGreaterThan(0);
    }
  });

  it('looks at what is still missing: of all that must hold the farthest, of alternatives the nearest', async () => {
    expect(await near('btc > 59k and close > 61k and high > 62k')).toMatchObject({
      threshold: 62_000,
      price: undefined,
    });
    expect(await near('btc > 61k or close > 62k')).toMatchObject({ threshold: 61_000 });
    expect(await near('btc > 59k and not close < 70k')).toMatchObject({ threshold: 70_000 });
  });

  it('is the nearer bound of a range', async () => {
    expect(await near('btc leaves [50k, 61k]')).toMatchObject({ threshold: 61_000, price: 61_000 });
    expect(await near('btc leaves [59k, 80k]')).toMatchObject({ threshold: 59_000, price: 59_000 });
    expect(await near('btc enters [70k, 80k]')).toMatchObject({ threshold: 70_000, price: 70_000 });
  });

  it('takes both bounds of a range before it goes on to what stands behind it', async () => {
    expect(await near('btc price inside [50k, 70k] and close > 63k')).toMatchObject({ threshold: 63_000 });
    expect(await near('btc close crosses 61k and high > 63k')).toMatchObject({ threshold: 63_000 });
  });

  it('names no price where the rule is true already and must become false first', async () => {
    expect(await near('btc > 50k')).toMatchObject({ value: 60_000, threshold: 50_000, price: undefined });
    expect(await near('btc crosses above 50k')).toMatchObject({ price: undefined });
    expect(await near('btc crosses 50k')).toMatchObject({ price: 50_000 });
  });

  it.each([
    ['close > 61k', true],
    ['price > 61k', true],
    ['close > 63k', false],
    ['rsi > 75', true],
    ['close crosses above 61k', true],
    ['close crosses 61k', true],
    ['close crosses 63k', false],
    ['close enters [61k, 70k]', true],
    ['close leaves [58k, 61k]', true],
    ['not close < 61k', true],
    ['close > sma(4)*1.01', true],
    ['volume > 1000000', false],
  ])('of “%s on close”, met by the open bar: %s, is no price, for its close decides', async (condition, isMet) => {
    await harness.time.advance(1_000);
    await harness.trade('btcusdt', 62_000);
    const found = await near(`btc ${condition} on close`);
    expect([found.isMet, found.way === 0, found.price !== undefined]).toEqual([
      isMet,
      isMet,
      !isMet && !condition.startsWith('volume'),
    ]);
  });

  it('is a price again where the open bar has gone back', async () => {
    await harness.time.advance(1_000);
    await harness.trade('btcusdt', 62_000);
    await harness.trade('btcusdt', 60_500);
    expect(await near('btc close > 61k on close')).toMatchObject({ isMet: false, price: 61_000 });
    expect((await near('btc close > 60k')).isMet).toBe(false);
  });

  it('is unknown before the series are warm, and for a rule that does not run', async () => {
    expect(nearnessOf(harness.market, {} as never, undefined)).toMatchObject({ value: undefined, way: Infinity });
    harness.venue.fail(new Error('down'));
    expect(await near('sol rsi(14)@1d > 70')).toMatchObject({ expr: undefined, value: undefined, way: Infinity });
  });
});
