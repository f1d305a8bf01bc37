import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRule } from '../engine/language/parse.ts';
import { type CommandHarness, createCommandHarness, HARNESS_NOW, SCRIPTS } from '../test/doubles/command-harness.ts';
import type { Firing } from './ports.ts';
import { scopeOf } from './scope.ts';
import { fillTemplate } from './template.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
  await harness.say('/price btc eth');
});
afterEach(() => harness.drop());

const FIRING: Firing = {
  ...{ id: '1.1', ruleId: '1', ts: HARNESS_NOW, instrument: 'sim:btcusdt', price: 60_150, tradeId: '7', suppressed: 0 },
  values: [{ series: 'z', value: 2.3123, before: 1.9, threshold: 2 }],
};

/** The message of a rule as it is stored, filled in. */
async function filled(message: string, over: Partial<Firing> = {}, rule = 'btcusdt 5m z > 2'): Promise<string> {
  const context = await harness.context();
  const text = parseRule(`${rule} "${message}"`, scopeOf(context));
  return fillTemplate(text.modes.message!, { ...context, rule: text, firing: { ...FIRING, ...over } });
}

/** Bars that end `n` bars before the firing close there. */
const btc = (barsAgo: number, interval = 300_000): number => SCRIPTS.btcusdt(HARNESS_NOW - barsAgo * interval);

describe('a placeholder', () => {
  it.each([
    ['{symbol} {venue} {interval}', 'btcusdt sim 5m'],
    ['{price} at {time}', '60,150.00 at 12:00:00 UTC'],
    ['{value} over {threshold}', '2.31 over 2'],
    ['{rule}', 'btcusdt z > 2'],
    ['{SYMBOL} { price }', 'btcusdt 60,150.00'],
    ['no braces at all', 'no braces at all'],
  ])('%s becomes %s', async (message, text) => expect(await filled(message)).toBe(text));

  it('shows the value that made the rule fire rather than one of now', async () => {
    expect(await filled('{z} {z(20)}')).toBe('2.31 2.31');
  });

  it('shows value and threshold in the unit of what is compared', async () => {
    const values = [{ series: 'change(1h)', value: 0.0512, before: 0.01, threshold: 0.05 }];
    expect(await filled('{value} over {threshold}', { values }, 'btcusdt +5% 1h')).toBe(
      '+5.12\u00a0% over +5.00\u00a0%',
    );
    const price = [{ series: 'price', value: 70_001.5, before: 1, threshold: 70_000 }];
    expect(await filled('{value} over {threshold}', { values: price }, 'btcusdt > 70k')).toBe(
      '70,001.50 over 70,000.00',
    );
  });

  it('shows a series that the rule does not compare, with the firing’s price as the last close', async () => {
    // The bar that began at the firing is the open one: closes of the two bars before it, then the price.
    const mean = (btc(0) + btc(1) + 60_150) / 3;
    await harness.trade('btcusdt', 60_150);
    expect(await filled('{sma(3)}')).toBe(
      mean.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    );
  });

  it('leaves out of a firing at a bar’s close what came after it', async () => {
    await harness.trade('btcusdt', 99_999);
    const mean = (btc(0) + btc(1) + btc(2)) / 3;
    const text = await filled('{sma(3)}', { tradeId: undefined });
    expect(text).toBe(mean.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
  });

  it('shows what was, however late the message is made', async () => {
    await harness.trade('btcusdt', 60_150);
    const then = await filled('{sma(3)} {close} {sma(2)@1h}');
    await harness.time.advance(20 * 60_000);
    await harness.trade('btcusdt', 70_000);
    expect(await filled('{sma(3)} {close} {sma(2)@1h}')).toBe(then);
    expect(then).toContain(' 60,150.00 ');
  });

  it('shows series of other instruments, of other intervals and of several', async () => {
    expect(await filled('{ethusdt.close}', { tradeId: undefined })).toBe(
      SCRIPTS.ethusdt(HARNESS_NOW).toLocaleString('en', { minimumFractionDigits: 2 }),
    );
    expect(await filled('{btcusdt/ethusdt}', { tradeId: undefined })).toBe('20');
    expect(await filled('{close[1]@1h}', { tradeId: undefined })).toBe(
      btc(1, 3_600_000).toLocaleString('en', { minimumFractionDigits: 2 }),
    );
    expect(await filled('{sma(2)@1h - sma(2)}', { tradeId: undefined })).toMatch(/^−?[\d,.]+$/);
  });

  it('counts a longer bar with what it had at the trade, beside a shorter one too', async () => {
    await harness.trade('btcusdt', 60_150);
    expect(await filled('{close@1h - close}')).toBe('0');
  });

  it('counts a longer bar only once it has closed where the rule looks at closes', async () => {
    await harness.time.advance(30 * 60_000);
    await harness.trade('btcusdt', 61_000);
    const at = { ts: HARNESS_NOW + 30 * 60_000, price: 61_000, tradeId: undefined };
    const noon = btc(0).toLocaleString('en', { minimumFractionDigits: 2 });
    expect(await filled('{close@1h}', at, 'btcusdt 5m z > 2 on close')).toBe(noon);
    expect(await filled('{close@1h}', at)).toBe('61,000.00');
  });

  it('is filled in with what a definition meant when the rule was saved', async () => {
    await harness.say('/define mean3 = sma(3)');
    await harness.say('/alert btc > 60100 once "mean {mean3} <b>*x*</b>"');
    await harness.say('/define mean3 = sma(50)');
    await harness.trade('btcusdt', 60_050);
    await harness.trade('btcusdt', 60_150);
    const [message] = await harness.owed();
    const mean = (btc(0) + btc(1) + 60_150) / 3;
    const number = mean.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    // Plain text in a span of its own: what it holds can format nothing.
    expect(message!.text).toContain(`mean ${number} <b>*x*</b>`);
  });

  it('tells the growth of 24 hours', async () => {
    // The script repeats itself every four hours: a day before it stood where it stands at the firing.
    expect(await filled('{change_24h}', { price: 60_300 })).toBe('+0.5\u00a0%');
  });

  it('is n/a where the venue cannot be asked, and the message goes out', async () => {
    harness.venue.fail(new Error('down'));
    expect(await filled('sol {solusdt.rsi(14)@4h}, {symbol}')).toBe('sol n/a, btcusdt');
    expect(harness.log).toContainEqual(expect.objectContaining({ level: 'warn' }));
  });

  it('stays as it was written where the message can no longer be read', async () => {
    const context = await harness.context();
    const rule = parseRule('btcusdt z > 2', scopeOf(context));
    const facts = { ...context, rule, firing: FIRING };
    expect(await fillTemplate('{was_once(3)} {symbol}', facts)).toBe('{was_once(3)} {symbol}');
  });
});
