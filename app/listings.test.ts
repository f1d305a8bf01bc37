import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  HARNESS_NOW,
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

const market = (symbol: string, quote: string, over: Partial<InstrumentInfo> = {}): InstrumentInfo => ({
  ...{ instrument: `sim:${symbol}`, venue: 'sim', symbol, base: symbol.slice(0, -quote.length), quote },
  ...{ kind: 'spot', tick: 0.01, lot: 0.001, active: true, ...over },
});

/** The venue's list at its next look, one after another. */
async function look(infos: readonly InstrumentInfo[], after = HOUR): Promise<void> {
  harness.venue.list(infos);
  await harness.time.advance(after);
  await harness.listings.settled();
}
const without = (...symbols: string[]) => listed.filter(({ symbol }) => !symbols.includes(symbol));
const owed = async () => (await harness.owed()).map(textOf);
const delisted = async () => (await harness.owed(undefined, 'delisted')).map(textOf);
const reply = async (line: string) => textOf(await harness.say(line));

describe('a new market', () => {
  it('is told in one message with all that were listed at once, and each time anew', async () => {
    expect(await reply('/alert listing sim')).toBe(
      '✅ listing sim\nI look at the list of sim every hour and tell of every new market.',
    );
    await look([...listed, market('newusdt', 'usdt'), market('neweur', 'eur')]);
    expect(await owed()).toEqual(['🔔 sim lists neweur, newusdt\nSeen 13:00:00 UTC.']);
    await look([...listed, market('newusdt', 'usdt'), market('neweur', 'eur'), market('xyzusdt', 'usdt')]);
    expect(await owed()).toEqual(['🔔 sim lists xyzusdt\nSeen 14:00:00 UTC.']);
    expect(await reply('/price newusdt')).toContain('newusdt');
  });

  it('of another quote than was asked for is not told', async () => {
    await harness.say('/alert listing sim eur');
    await look([...listed, market('newusdt', 'usdt'), market('neweur', 'eur')]);
    expect(await owed()).toEqual(['🔔 sim lists neweur\nSeen 13:00:00 UTC.']);
    await look([...listed, market('newusdt', 'usdt'), market('neweur', 'eur'), market('abcusdt', 'usdt')]);
    expect(await owed()).toEqual([]);
  });

  it('is no news where it does not trade yet, and is once it does', async () => {
    await harness.say('/alert listing sim');
    await look([...listed, market('newusdt', 'usdt', { active: false })]);
    expect(await owed()).toEqual([]);
    await look([...listed, market('newusdt', 'usdt')]);
    expect(await owed()).toHaveLength(1);
  });

  it('tells no news of what was there at the first look, or of a look that finds nothing new', async () => {
    await harness.say('/alert listing sim');
    await look(listed);
    expect(await owed()).toEqual([]);
  });

  it('is told soon after the venue can be asked again, and for how long nobody looked', async () => {
    await harness.say('/alert listing sim');
    const { instruments } = harness.venue.feed;
    Object.assign(harness.venue.feed, {
      instruments: () => Promise.reject(new TransportError('down', { retryable: true, reason: 'unreachable' })),
    });
    await look([...listed, market('newusdt', 'usdt')], 5 * HOUR);
    expect(await owed()).toEqual([]);
    Object.assign(harness.venue.feed, { instruments });
    await look([...listed, market('newusdt', 'usdt')], 20_000);
    expect(await owed()).toEqual(['🔔 sim lists newusdt\nSome time since 12:00 UTC: I have not looked for 5h.']);
  });

  it('has an alert that is listed, explained, paused, taken up again and deleted like any other', async () => {
    const saved = await harness.say('/alert listing sim usdt');
    expect(saved.buttons?.flat().map(({ label }) => label)).toEqual(['Once', 'Delete']);
    expect(await reply('/alert listing sim usdt')).toMatch(/^You have this alert already:/);
    expect(await reply('/alerts')).toBe('Alerts 1 of 25\n1 listing sim usdt');
    const detail = await harness.say('/alerts 1');
    expect(textOf(detail)).toBe(
      '1 listing sim usdt\nI look at the list of sim every hour and tell of every new market that is quoted in usdt.\nIt has not fired yet.',
    );
    const paused = await harness.press(buttonOf(detail, '⏸ Pause'));
    await look([...listed, market('newusdt', 'usdt')]);
    expect(await owed()).toEqual([]);
    await harness.press(buttonOf(paused.edit, '▶ Resume'));
    await look([...listed, market('newusdt', 'usdt'), market('abcusdt', 'usdt')]);
    const [message] = await harness.owed();
    expect(message?.picture).toBeUndefined();
    expect(textOf(message)).toMatch(/^🔔 sim lists abcusdt\n/);
    expect(await reply('/why')).toMatch(/^listing sim usdt\nsim lists abcusdt\nSeen 14:00:00 UTC\. Sent .*\nIt was in/);
    expect((await harness.press(buttonOf(message, 'Delete'))).toast).toBe('listing sim usdt is deleted.');
    await look([...listed, market('newusdt', 'usdt'), market('abcusdt', 'usdt'), market('zusdt', 'usdt')]);
    expect(await owed()).toEqual([]);
  });

  it('can be waited for once', async () => {
    const saved = await harness.say('/alert listing sim');
    const once = await harness.press(buttonOf(saved, 'Once'));
    expect(textOf(once.edit)).toMatch(/^✅ listing sim once\n/);
    await look([...listed, market('newusdt', 'usdt')]);
    await look([...listed, market('newusdt', 'usdt'), market('abcusdt', 'usdt')]);
    expect(await owed()).toHaveLength(1);
    expect(await reply('/alerts')).toContain('☑️ listing sim · once · done');
  });

  it('is a fact that names it', async () => {
    const seen: unknown[] = [];
    harness.market.onEvent((event) => event.type === 'fact-taken' && seen.push([event.instrument, event.value]));
    await look([...listed, market('newusdt', 'usdt')]);
    expect(seen).toEqual([
      ...[0, 1, 0].map((value) => ['sim:*', value]),
      ...[0, 1, 0].map((value) => ['sim:*usdt', value]),
    ]);
  });

  it('subscribes to nothing', async () => {
    await harness.say('/alert listing sim');
    expect([...harness.venue.watched]).toEqual([]);
  });

  it('is asked for of a venue that there is', async () => {
    expect(await reply('/alert listing simm')).toContain('simm is not among this bot’s venues; did you mean sim?');
  });
});

describe('a market that is gone', () => {
  it('switches the rules on it off and tells each chat once, after a second look', async () => {
    await harness.say('/alert sol > 200');
    await harness.say('/alert sol - eth > 1');
    await harness.say('/alert btc > 70k');
    await harness.say('/alert sol > 300', member(7));
    await look(without('solusdt'));
    expect(await delisted()).toEqual([]);
    await look(without('solusdt'), 15 * MINUTE);
    expect(await delisted()).toEqual([
      '⚠️ sim has delisted solusdt: 2 alerts of yours are off.\nThey come back by themselves if that is listed again.',
    ]);
    expect((await harness.owed(member(7), 'delisted')).map(textOf)).toEqual([
      '⚠️ sim has delisted solusdt: 1 alert of yours is off.\nIt comes back by itself if that is listed again.',
    ]);
    expect(await reply('/alerts 1')).toContain('⚠️ Broken. sim has delisted solusdt.');
    expect(harness.market.symbols.get('sim:solusdt')?.active).toBe(false);
    await look(without('solusdt'));
    await look(without('solusdt'));
    expect(await delisted()).toEqual([]);
    await harness.trade('solusdt', 400);
    expect(await owed()).toEqual([]);
  });

  it('is not gone where it was missing once', async () => {
    await harness.say('/alert sol > 200');
    await look(without('solusdt'));
    await look(listed, 15 * MINUTE);
    await look(without('solusdt'));
    expect(await delisted()).toEqual([]);
    expect(await reply('/alerts')).not.toContain('broken');
  });

  it('is not gone where it is only halted', async () => {
    await harness.say('/alert sol > 200');
    const halted = listed.map((info) => (info.symbol === 'solusdt' ? { ...info, active: false } : info));
    await look(halted);
    await look(halted);
    expect(await delisted()).toEqual([]);
  });

  it.each([0, 1])('is not believed of a list of %d where there were four', async (count) => {
    await harness.say('/alert sol > 200');
    for (let i = 0; i < 4; i++) await look(listed.slice(0, count));
    expect(await delisted()).toEqual([]);
    expect(harness.log.filter(({ message }) => message.includes('too short to be believed')).length).toBeGreaterThan(1);
    await harness.say('/alert listing sim');
    await look(listed);
    expect(await owed()).toEqual([]);
  });

  it('that comes back is news', async () => {
    await harness.say('/alert listing sim');
    await look(without('solusdt'));
    await look(without('solusdt'), 15 * MINUTE);
    await look(listed);
    expect(await owed()).toEqual([expect.stringMatching(/^🔔 sim lists solusdt\n/)]);
    expect(harness.market.symbols.get('sim:solusdt')?.active).toBe(true);
  });
});

describe('the times of the looks', () => {
  it('come by the hour', async () => {
    let asked = 0;
    const { instruments } = harness.venue.feed;
    Object.assign(harness.venue.feed, {
      instruments() {
        asked++;
        return instruments();
      },
    });
    expect(harness.time.now()).toBe(HARNESS_NOW);
    await harness.time.advance(HOUR - 1);
    expect(asked).toBe(0);
    await harness.time.advance(1);
    expect(asked).toBe(1);
    await harness.time.advance(3 * HOUR);
    expect(asked).toBe(4);
  });
});
