import { describe, expect, it } from 'vitest';
import { textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { type DigestItem, digestMessage } from './digest-message.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const harness = useCommandHarness();

/** One firing of each rule, `agoMs` before now, at the given value. */
async function items(
  ...rules: readonly (readonly [text: string, value: number, agoMs?: number])[]
): Promise<DigestItem[]> {
  const found: DigestItem[] = [];
  for (const [text, value, agoMs = 0] of rules) {
    await harness.say(`/alert ${text}`);
    const stored = (await harness.rules.list('telegram:100')).at(-1)!;
    const running = harness.rules.running(stored.id)!;
    const values = [{ series: text, value, before: undefined, threshold: 0 }];
    const where = { instrument: stored.instrument, price: 60_123.456, tradeId: '1', suppressed: 0 };
    const firing = { id: `${stored.id}.1`, ruleId: stored.id, ts: harness.time.now() - agoMs, values, ...where };
    found.push({ firing, stored, text: running, held: undefined });
  }
  return found;
}

async function digest(all: readonly DigestItem[]): Promise<string> {
  const context = await harness.context();
  return textOf(digestMessage(context, all, { deliveryId: '7', people: [] }));
}

describe('a digest', () => {
  it('names the loud ones first, with the value that counts, and each rule once', async () => {
    const [quiet, z, price] = await items(['btc > 60k silent', 60_100], ['btc z > 2', 2.31], ['btc > 61k', 61_000]);
    const again = { ...price, firing: { ...price.firing, id: `${price.stored.id}.2` } };
    expect((await digest([quiet, z, price, again])).split('\n')[1]).toBe(
      'btcusdt z > 2 (2.31) · btcusdt price > 61,000 ×2 · btcusdt price > 60,000',
    );
  });

  it('says over what time, and of which pause it is', async () => {
    const all = await items(['btc > 60k', 1, 4 * MINUTE], ['btc > 61k', 1, 30_000], ['btc > 62k', 1]);
    expect(await digest(all.slice(1))).toMatch(/^🔔 2 alerts in the last minute/);
    expect(await digest(all)).toMatch(/^🔔 3 alerts in the last 4 minutes/);
    const held = (reason: string) => digest(all.map((item) => ({ ...item, held: reason })));
    expect(await held('quiet')).toMatch(/^🔔 3 alerts in the quiet hours/);
    expect(await held('mute btcusdt')).toMatch(/^🔔 3 alerts while btcusdt was muted/);
    expect(await held('mute')).toMatch(/^🔔 3 alerts during the mute/);
  });

  it('tells the time of what is old, and nothing of the last hour then', async () => {
    const all = await items(['btc > 60k', 1, 3 * HOUR], ['btc > 61k', 1]);
    expect(await digest(all)).toBe(
      '🔔 2 alerts since 09:00 UTC\n09:00 btcusdt price > 60,000 · btcusdt price > 61,000',
    );
  });

  it('is silent where all of its alerts are, and calls those who asked for it', async () => {
    const [quiet, loud] = await items(['btc > 60k silent', 1], ['btc > 61k', 1]);
    const context = await harness.context();
    const people = [
      { userId: 'telegram:1', name: 'Ann' },
      { userId: 'telegram:2', name: 'Bob' },
    ];
    const message = (all: readonly DigestItem[]) => digestMessage(context, all, { deliveryId: '7', people });
    expect(message([quiet, quiet]).silent).toBe(true);
    expect(message([quiet, loud]).silent).toBe(false);
    expect(message([loud]).text).toContainEqual({ mention: 'telegram:1', name: 'Ann' });
    expect(textOf(message([loud]))).toMatch(/\nFor Ann and Bob\.$/);
  });
});
