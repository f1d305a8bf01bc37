import { describe, expect, it } from 'vitest';
import { createCommandHarness, HARNESS_NOW, labelsOf, SCRIPTS, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { firingMessage } from './firing-message.ts';
import type { LateCause } from './late-cause.ts';
import type { Message } from './message.ts';

const harness = useCommandHarness();

/** The message of an alert that fires at a price. */
async function fired(rule: string, price: number): Promise<Message> {
  await harness.say(`/alert ${rule}`);
  await harness.trade('btcusdt', price);
  const [message] = await harness.owed();
  return message!;
}

describe('an alert', () => {
  it('says first what fired and where it stands, then when, where and how the hour was', async () => {
    const message = await fired('btc > 60500', 60_600);
    // An hour before, a quarter of the swing, the script stood 1 % lower.
    const hour = (60_600 / SCRIPTS.btcusdt(HARNESS_NOW - 3_600_000) - 1) * 100;
    expect(message.text).toEqual([
      ...['🔔 ', { bold: 'btcusdt price > 60,500' }, ' → ', { bold: '60,600.00' }],
      `\n12:00:00 UTC · sim · +${hour.toFixed(1)}\u00a0% in 1 h`,
    ]);
    expect(labelsOf(message)).toEqual(['Why?', 'Snooze 1h', 'Delete']);
    expect(message.silent).toBe(false);
  });

  it('shows the value that made it so, beside the price, in the chat’s numbers and zone', async () => {
    await harness.say('/settings zone Asia/Tokyo');
    const message = await fired('btc +5% 1h', 66_000);
    expect(textOf(message)).toMatch(
      /^🔔 btcusdt change\(1h\) > 5% → \+1\d\.\d\d\u00a0% at 66,000\.00\n21:00:00 GMT\+9 · 5m · sim/,
    );
  });

  it('shows the price alone where several comparisons made it so', async () => {
    const message = await fired('btc close > 60500 and rsi > 40', 60_600);
    expect(textOf(message)).toContain('btcusdt close > 60,500 and rsi > 40 → 60,600.00\n');
    const either = await fired('btc rsi > 99 or close > 60700', 60_800);
    expect(textOf(either)).toContain('btcusdt rsi > 99 or close > 60,700 → 60,800.00\n');
  });

  it('says its own words first, unformatted', async () => {
    const message = await fired('btc > 60500 "*Up* to {price}, rsi {rsi(14)}" silent', 60_600);
    expect(message.text[1]).toMatch(/^\*Up\* to 60,600\.00, rsi [\d.]+$/);
    expect(message.text.slice(2, 4)).toEqual(['\n', { bold: 'btcusdt price > 60,500' }]);
    expect(message.silent).toBe(true);
  });

  it('says that it is late, when it was, and where the price is now', async () => {
    await harness.say('/alert btc > 60500');
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(252_000);
    await harness.trade('btcusdt', 60_000);
    const [message] = await harness.owed();
    expect(textOf(message)).toBe(
      '🔔 late 4m12s · btcusdt price > 60,500 → 60,600.00, 12:00:00 UTC\nsim · now 60,000.00 (−1.0\u00a0%)',
    );
  });

  it('marks what fired before it, and nothing that came later', async () => {
    await harness.say('/alert btc > 60500 every 1m');
    for (const price of [60_600, 60_000, 60_700]) {
      await harness.trade('btcusdt', price);
      await harness.time.advance(40_000);
    }
    await harness.owed();
    expect(harness.drawn.map((request) => request.marks.map((mark) => mark.price))).toEqual([
      [60_600],
      [60_600, 60_700],
    ]);
  });

  it('is late from ten seconds on', async () => {
    await harness.say('/alert btc > 60500');
    await harness.say('/alert btc > 60501');
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(10_000);
    expect((await harness.owed()).map(textOf).join()).not.toContain('late');
    await harness.time.advance(15 * 60_000);
    await harness.trade('btcusdt', 60_000);
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(11_000);
    expect((await harness.owed()).map(textOf)).toEqual([
      expect.stringContaining('🔔 late 11s · btcusdt price > 60,500'),
      expect.stringContaining('🔔 late 11s · btcusdt price > 60,501'),
    ]);
  });

  it('says why it is late where that is known', async () => {
    await harness.say('/settings zone Europe/Berlin');
    await harness.say('/alert btc > 60500');
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(252_000);
    await harness.trade('btcusdt', 60_000);
    const [stored] = await harness.rules.list('telegram:100');
    const [firing] = await harness.rules.firings(stored.id, 1);
    const text = harness.rules.running(stored.id)!;
    const say = async (cause: LateCause) =>
      textOf(
        await firingMessage(await harness.context(), stored, text, firing, { people: [], isShared: false, cause }),
      );
    const first = '🔔 late 4m12s · btcusdt price > 60,500 → 60,600.00, 13:00:00 CET\n';
    const now = 'Now 60,000.00 (−1.0\u00a0%).';
    const [from, to] = [HARNESS_NOW - 60_000, HARNESS_NOW + 240_000];
    expect(await say({ why: 'down', from, to })).toBe(
      `${first}I was down from 12:59 to 13:04 CET and read the missed trades. ${now}`,
    );
    expect(await say({ why: 'down', from: HARNESS_NOW, to })).toBe(
      `${first}I was down from 13:00 to 13:04 CET, before this could be sent. ${now}`,
    );
    expect(await say({ why: 'gap', venue: 'binance', from, to: HARNESS_NOW + 5_000 })).toBe(
      `${first}binance was silent from 12:59:00 to 13:00:05 CET; I read the missed trades. ${now}`,
    );
  });

  it('says how busy it is where that is unusual', async () => {
    await harness.say('/alert btc > 60500');
    await harness.time.advance(1_000);
    const sink = harness.venue.sink();
    const base = { type: 'trade', instrument: 'sim:btcusdt', side: 'buy', id: 'x' } as const;
    sink({ ...base, ts: harness.time.now(), price: 60_000, size: 500 });
    await harness.time.advance(62_000);
    await harness.trade('btcusdt', 60_600);
    // The last hour: 59 minutes of 10 and one of 500, the last five of them 10, 10, 10, 10, 500.
    const usual = (59 * 10 + 500) / 60;
    expect(textOf((await harness.owed())[0])).toContain(`volume ${(540 / 5 / usual).toFixed(1)}x usual`);
  });

  it('draws the series it looks at, its level and the firings around it', async () => {
    const message = await fired('btc sma(3) > 60100', 60_600);
    expect(message.picture?.alt).toContain('btcusdt 5m chart: 60,600.00');
    const request = harness.drawn.at(-1)!;
    expect(request.series.map(({ label, scale, levels }) => [label, scale, levels])).toEqual([
      ['sma(3)', 'price', [60_100]],
    ]);
    expect(request.marks).toEqual([{ ts: HARNESS_NOW, direction: 'up', price: 60_600, label: '' }]);
  });

  it('goes out without its picture where none can be drawn', async () => {
    const other = await createCommandHarness({ charts: { render: () => Promise.reject(new Error('no worker')) } });
    await other.say('/alert btc > 60500');
    await other.trade('btcusdt', 60_600);
    const [message] = await other.owed();
    expect(message?.picture).toBeUndefined();
    expect(textOf(message)).toContain('→ 60,600.00');
    expect(other.log).toContainEqual(expect.objectContaining({ level: 'warn' }));
    await other.drop();
  });

  it('fits under a picture however long its rule is', async () => {
    const long = Array.from({ length: 20 }, (_, i) => `close > ${60_500 + i}`).join(' or ');
    const message = await fired(`btc ${long} "${'x'.repeat(480)}"`, 60_600);
    expect(textOf(message).length).toBeLessThan(1024);
  });
});

describe('what is owed to a chat', () => {
  it('is not made where the alert was deleted meanwhile, or the chat is switched off', async () => {
    await harness.say('/alert btc > 60500');
    await harness.say('/alert btc > 60501');
    await harness.trade('btcusdt', 60_600);
    const [{ id }] = await harness.rules.list('telegram:100');
    await harness.rules.remove(id, 'test');
    await harness.ports.chats.deactivate('telegram:100', 'blocked');
    expect(await harness.owed()).toEqual([undefined, undefined]);
    await harness.ports.chats.activate('telegram:100');
    await harness.trade('btcusdt', 60_000);
    await harness.time.advance(16 * 60_000);
    await harness.trade('btcusdt', 60_600);
    expect((await harness.owed()).map(textOf)).toEqual([expect.stringContaining('price > 60,501')]);
  });
});
