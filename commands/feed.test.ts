import { describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { buttonOf, HARNESS_NOW, member, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Message } from './message.ts';
import { SIGNAL, SIGNAL_MOVED } from './signal-message.ts';

const SPIKE = 'spike on btc 1m long when close > 61000 exit when close < 50000 stop at 60500 target at 62000';
const NOTE = 'Signals are no advice';
const KEY = 'telegram:100';

const harness = useCommandHarness();

const said = async (line: string, asker = someone()): Promise<string> => textOf(await harness.say(line, asker));
const plain = (message: Message | undefined): string => textOf(message).replaceAll('\u00a0', ' ');

async function running(): Promise<void> {
  await harness.say(`/strategy new ${SPIKE}`);
  await harness.trade('btcusdt', 60_000);
  await harness.say('/feed add spike');
  await harness.market.idle();
}

/** A minute that closes at a price, and the first price of the next one. */
async function minute(close: number, next: number): Promise<void> {
  await harness.trade('btcusdt', close);
  await harness.time.advance(MINUTE);
  await harness.trade('btcusdt', next);
}

describe('/feed', () => {
  it('needs a strategy, and says which there are', async () => {
    expect(await said('/feed add')).toContain('Which strategy shall the feed carry?');
    expect(await said('/feed add ma-cros btc')).toContain(
      'No strategy is called “ma-cros” here. Did you mean ma-cross?',
    );
    expect(await said('/feed add ma-cross')).toContain('For which symbols?');
    expect(await said('/feed add ma-cross nonsense')).toContain('I know no symbol “nonsense”');
    expect(await said('/feed add ma-cross btc 7x')).toContain('There are no bars of “7x”');
    expect(await said('/feed add ma-cross btc 1h 5m')).toContain('A feed has one interval, and “5m” is another');
    const twice = (await said('/feed add ma-cross btc 15m 5m')).split('\n');
    expect(twice[2].indexOf('^')).toBe(twice[1].lastIndexOf('5m'));
    expect(await said('/feed add ma-cross btc fast=abc')).toContain('I cannot read “fast=abc”');
    for (const rule of ['"long when close > open" btc 1m', 'long when close > open'])
      expect(await said(`/feed add ${rule}`)).toContain('A feed carries a strategy by its name');
    expect(await said('/feed add pairs eth')).toContain('and none is named');
    expect(await said('/feed add ma-cross btc slow2=9')).toContain('There is no parameter slow2; did you mean slow?');
    expect(await said('/feed add ma-cross btc to nowhere')).toContain('No nowhere here');
    expect(await said('/feed nonsense')).toContain('I cannot “nonsense” a feed');
    expect(await said('/feed')).toContain('No feed yet');
  });

  it('carries templates with other parameters, and a strategy on its own symbols or others', async () => {
    expect(await said('/feed add ma-cross btc eth 15m fast=9')).toContain(
      'Feed 1: ma-cross on btcusdt, ethusdt · 15m · fast=9 slow=',
    );
    expect(await said('/feed list')).toContain('15m · fast=9 slow=');
    await harness.say(`/strategy new ${SPIKE}`);
    expect(await said('/feed add spike')).toContain('Feed 2: spike on btcusdt · 1m');
    expect(await said('/feed add spike sol')).toContain('Feed 3: spike on solusdt');
    expect(harness.feeds.list(KEY)[0].text.params.map(({ name, value }) => `${name} ${value}`)).toContain('fast 9');
    expect(await said('/feed add spike eth btc')).toContain('Feed 2 carries spike on btcusdt 1m there already');
    expect(await said('/feed remove 7')).toContain('There is no feed 7 here');
    expect(await said('/feed remove')).toContain('Which feed?');
    expect(await said('/feed remove 2')).toContain('Feed 2: spike is removed');
    expect(await said('/feed list')).not.toContain('2 spike on btcusdt');
    // A number that is free again is given again.
    expect(await said('/feed add spike btc')).toContain('Feed 2: spike');
  });

  it('carries the version that there was, says that there is a newer one, and takes it when it is added again', async () => {
    await running();
    await harness.say(`/strategy new ${SPIKE} expire 1h`);
    expect(await said('/feed list')).toContain('version 1 (there is 2: add it again)');
    expect(await said('/feed add spike')).toMatch(
      /\nIt replaces feed 1, which carried an older text or other parameters\.$/,
    );
    const [only, ...others] = harness.feeds.list(KEY);
    expect([others.length, only.feed.version, only.text.expire]).toEqual([0, 2, HOUR]);
  });

  it('leaves a feed on other symbols or of another interval alone', async () => {
    await harness.say('/feed add ma-cross btc eth 1h');
    expect(await said('/feed add ma-cross btc 15m')).toContain('Feed 2: ma-cross on btcusdt · 15m');
    expect(await said('/feed add ma-cross sol 1h')).toContain('Feed 3: ma-cross on solusdt · 1h');
    expect(await said('/feed add ma-cross sol btc 1h')).toContain(
      'Feed 1 carries ma-cross on btcusdt 1h there already. Leave out btcusdt; /feed remove 1 ends it.',
    );
    expect(await said('/feed add ma-cross btc 1h fast=9')).toContain(
      'Feed 1 carries ma-cross of another text on ethusdt as well, which this would end. ' +
        'Name all symbols, /feed add ma-cross btcusdt ethusdt 1h, or end it: /feed remove 1.',
    );
    expect(harness.feeds.list(KEY).map(({ feed }) => feed.number)).toEqual([1, 2, 3]);
  });

  it('says of a feed of another interval, too, that there is a newer text', async () => {
    await running();
    expect(await said('/feed add spike 5m')).toContain('Feed 2: spike on btcusdt · 5m');
    expect(await said('/feed list')).not.toContain('add it again');
    await harness.say(`/strategy new ${SPIKE} expire 1h`);
    expect((await said('/feed list')).match(/there is .*?: add it again/g)).toEqual([
      'there is 2: add it again',
      'there is a newer text: add it again',
    ]);
    await harness.say('/feed add spike 5m');
    expect((await said('/feed list')).split('\n')[2]).toMatch(/^2 spike on btcusdt · 5m · version 3$/);
  });

  it('says how many open signals were given up for a newer version', async () => {
    await running();
    await minute(61_050, 61_100);
    await harness.say(`/strategy new ${SPIKE} expire 1h`);
    expect(await said('/feed add spike')).toContain('One open signal was given up at the last price.');
  });

  it('refuses a strategy that there are too few bars for, and says what would do', async () => {
    // The venue has 400 days, which are 57 weeks; 100 bars of 1d are fewer.
    await harness.say('/strategy new slow on btc 7d long when close > sma(100) stop 2%');
    expect(await said('/feed add slow')).toMatch(
      /^The strategy needs 100 bars of 1w of btcusdt, and there are 5[67]: take bars of 1d, shorter lengths, or wait \d+d\.$/,
    );
    expect(await said('/feed add slow 1d')).toContain('Feed 1: slow');
    // That it cannot be asked does not say that there is none.
    harness.venue.fail(new TransportError('away', { retryable: true, reason: 'unreachable' }));
    expect(await said('/feed add slow eth')).toContain('It watches as soon as its series have enough bars');
  });

  it('is shown as stale while nothing is heard of its symbols', async () => {
    await running();
    const gap = (open: boolean) =>
      harness.venue.sink()({
        ...{ type: 'gap', instrument: 'sim:btcusdt', open },
        ...{ from: HARNESS_NOW - 5 * MINUTE, ts: harness.time.now() },
      });
    gap(true);
    expect(await said('/feed list')).toContain('stale since 11:55 UTC');
    gap(false);
    expect(await said('/feed list')).not.toContain('stale');
  });

  it('is seen by all, and changed by admins of a group', async () => {
    expect(await said('/feed', member(5))).toContain('No feed yet');
    expect(await said('/feed add ma-cross btc', member(5))).toMatch(/^Only/);
    const admin = member(6, { isChatAdmin: true });
    expect(await said('/feed add ma-cross btc to topic 45', admin)).toContain('→ Traders, topic 45');
    expect(harness.feeds.list('telegram:-1001234567890/45')).toHaveLength(1);
    expect(await said('/feed list', admin)).toContain('→ Traders, topic 45');
  });
});

describe('in Discord', () => {
  const admin = someone({
    ...{
      address: { platform: 'discord', chat: '7' },
      userId: 'discord:8',
      chatKind: 'group',
      chatTitle: 'Traders #bots',
    },
  });
  const first = async (): Promise<string> => (await said('/feed list', admin)).split('\n')[1] ?? '';

  it('a feed can be posted under its strategy’s name, and strong signals of an announcement channel published', async () => {
    const added = await said('/feed add ma-cross btc to #news as webhook publish', admin);
    expect(added.split('\n')[0]).toBe(
      '✅ Feed 1: ma-cross on btcusdt · 1h → #news · fast=12 slow=26 level=50 · as webhook · strong signals published',
    );
    expect(await first()).toContain('→ #news · as webhook · strong signals published');
    // What is not said stays as it is, and its open signals stay open.
    expect(await said('/feed add ma-cross btc to #news as bot', admin)).toBe(
      '✅ Feed 1: ma-cross is posted so from now on: strong signals published.',
    );
    expect(await said('/feed add ma-cross btc to #news no publish', admin)).toContain('as any other message');
    expect(await first()).not.toMatch(/webhook|published/);
    expect(await said('/feed add ma-cross btc to #news', admin)).toContain(
      'carries ma-cross on btcusdt 1h there already',
    );
    expect(await said('/audit', admin)).toContain('feed.change');
  });

  it('a newer version of a feed looks as the older one did, after a restart as well', async () => {
    await harness.say(`/strategy new ${SPIKE}`, admin);
    await harness.say('/feed add spike as webhook', admin);
    await harness.say(`/strategy new ${SPIKE} expire 1h`, admin);
    expect(await said('/feed add spike', admin)).toContain('as webhook');
    const stored = await harness.feedStore.active();
    expect(stored.map(({ feed }) => [feed.byWebhook, feed.publishes])).toEqual([[true, false]]);
  });

  it('says what cannot be', async () => {
    const refused = async (line: string, asker = admin): Promise<string> =>
      said(`/feed add ma-cross btc ${line}`, asker);
    expect(await refused('as webhook', someone())).toContain('no webhooks and no announcement channels but in Discord');
    expect(await refused('to #talk publish')).toContain('of announcement channels alone, and that is none');
    expect(await refused('as webhok')).toContain('A feed is not posted as “webhok”');
    expect(await refused('as')).toContain('As what shall the feed be posted?');
    expect(await said('/feed list', admin)).toContain('No feed yet');
  });

  it('a signal is published when six of ten like it ended well, as long as it is open', async () => {
    await harness.say(`/strategy new ${SPIKE}`, admin);
    await harness.trade('btcusdt', 60_000);
    await harness.say('/feed add spike to #news as webhook publish', admin);
    await harness.market.idle();
    const there = someone({ address: { platform: 'discord', chat: 'news' } });
    const looks: unknown[] = [];
    for (let i = 0; i < 21; i++) {
      await minute(61_050, 61_100);
      const [message] = await harness.owed(there, SIGNAL);
      looks.push([message?.byline, message?.publish]);
      await harness.trade('btcusdt', 62_500);
      await minute(60_000, 60_000);
    }
    // Twenty have to have ended before one has a confidence: (20 + 20 * (20 + 10) / 40) / 40 = 0.875.
    expect(looks.slice(0, 20)).toEqual(Array(20).fill(['spike', undefined]));
    expect(looks[20]).toEqual(['spike', true]);
    await minute(61_050, 62_100);
    const [late] = await harness.owed(there, SIGNAL);
    expect(plain(late)).toContain('target');
    expect([late?.byline, late?.publish]).toEqual(['spike', undefined]);
  });
});

describe('a signal', () => {
  it('goes out once with its levels and reasons, and its message tells what came of it by then', async () => {
    await running();
    await minute(61_050, 61_100);
    const [message, ...others] = await harness.owed(someone(), SIGNAL);
    expect(others).toEqual([]);
    expect(plain(message).split('\n').slice(0, 4)).toEqual([
      '🟢 long btcusdt at 61,050.00 · 1m · spike',
      // 60500 / 61100 - 1 and 62000 / 61100 - 1: from where it was filled.
      'entry 61,100.00 · stop 60,500.00 (−0.98 %) · target 62,000.00 (+1.47 %)',
      'Too few past signals for a confidence: none has ended.',
      'because of close 61,050.00',
    ]);
    expect(plain(message)).toContain(NOTE);
    const [drawn] = harness.drawn;
    expect(drawn.levels.map(({ price, label }) => `${label} ${price}`)).toEqual([
      'entry 61,100.00 61100',
      'stop 60,500.00 60500',
      'target 62,000.00 62000',
    ]);
    await harness.trade('btcusdt', 62_010);
    const moved = await harness.owed(someone(), SIGNAL_MOVED);
    // Only the last of them has something to say.
    const told = moved.filter((each) => each !== undefined);
    // Paid 61100 * 1.0005, got 62000 * 0.9995, and 0.1 % of both: +1.17 %.
    expect(told.map((each) => plain(each).split('\n')[0])).toEqual([
      '✅ long btcusdt: target 62,000.00 → +1.17 % after costs · 1m · spike',
    ]);
    expect(told[0]).toMatchObject({ edits: expect.stringMatching(/^m\d+$/), tone: 'good' });
  });

  it('names both sides of what raised it, each in its own unit', async () => {
    await harness.trade('btcusdt', 60_000);
    const saved = await said(
      '/strategy new two on btc 1m long when close > open and close - open > 12.5 and sma(2) < close ' +
        'exit when close < 50000',
    );
    expect(saved).toContain('✅');
    expect(await said('/feed add two')).toContain('Feed 1: two');
    await minute(60_000, 60_100);
    await minute(61_050.25, 61_100);
    const [message] = await harness.owed(someone(), SIGNAL);
    // As the ledger has them, in order of their names; the mean of 60,000 and 61,050.25.
    expect(plain(message).split('\n')[3]).toBe(
      'because of close 61,050.25 · close - open 950.25 · open 60,100.00 · sma(2) 60,525.13',
    );
    const [{ signal }] = await harness.ports.ledger.signals({ chatKey: KEY }, 10);
    expect(signal.reasons).toMatchObject({ close: 61_050.25, open: 60_100 });
  });

  it('says once a day of the chat that it is no advice, and goes on saying so where it did', async () => {
    // There it is 23:00.
    await harness.say('/settings zone Pacific/Guadalcanal');
    await running();
    await minute(61_050, 62_100);
    const [first] = await harness.owed(someone(), SIGNAL);
    await minute(60_000, 60_000);
    await minute(61_050, 61_060);
    const [second] = await harness.owed(someone(), SIGNAL);
    expect([plain(first).includes(NOTE), plain(second).includes(NOTE)]).toEqual([true, false]);
    const edits = (await harness.owed(someone(), SIGNAL_MOVED)).filter((each) => each !== undefined);
    expect(edits.map((each) => plain(each).includes(NOTE))).toEqual([true, false]);
    await harness.time.advance(HOUR);
    await minute(60_000, 60_000);
    await minute(61_050, 61_060);
    expect(plain((await harness.owed(someone(), SIGNAL))[0])).toContain(NOTE);
  });

  it('that never went out is told of by the ledger alone', async () => {
    await running();
    await minute(61_050, 62_100);
    const edits = await harness.owed(someone(), SIGNAL_MOVED);
    expect(edits.length).toBeGreaterThan(0);
    expect(edits.filter((each) => each !== undefined)).toEqual([]);
    const [record] = await harness.ports.ledger.signals({ chatKey: KEY }, 10);
    expect(record.end).toMatchObject({ what: 'target', price: expect.any(Number) });
  });

  it('of a feed that is removed ends at the last price, and that stands in the ledger', async () => {
    await running();
    await minute(61_050, 61_100);
    await harness.trade('btcusdt', 60_900);
    const [{ feed }] = harness.feeds.list(KEY);
    const message = await harness.say('/feed list');
    expect(textOf(message)).toContain('1 open');
    expect(await said('/feed remove 1')).toContain('Its open signal was given up at the last price');
    const [{ end }] = await harness.ports.ledger.signals({ chatKey: KEY }, 10);
    // Paid 61100 * 1.0005 = 61130.55, got 60900 * 0.9995 = 60869.55, fees 0.001 * 122000.1.
    expect(end).toMatchObject({ what: 'exit', price: 60_900, signal: `s${feed.id}.1` });
    expect(end?.result).toBeCloseTo((60_869.55 - 61_130.55 - 122.0001) / 61_130.55, 12);
    expect((await harness.ports.ledger.verify([])).faults).toEqual([]);
  });

  it('has a confidence once 20 like it have ended', async () => {
    await running();
    for (let i = 0; i < 20; i++) {
      await minute(61_050, 61_100);
      await harness.trade('btcusdt', i % 4 === 0 ? 60_000 : 62_500);
      await minute(60_000, 60_000);
    }
    await harness.owed(someone(), SIGNAL);
    await minute(61_050, 61_100);
    const [message] = await harness.owed(someone(), SIGNAL);
    // 15 of 20 won: drawn towards one half by 20, (15 + 10) / 40; towards that by 20 more, (15 + 12.5) / 40.
    expect(plain(message)).toContain('Hit rate of 20 like signals: 69 %.');
    const pressed = await harness.press(buttonOf(message, 'Ledger'));
    expect(plain(pressed.reply)).toContain('21 signals since');
  });
});
