import { describe, expect, it } from 'vitest';
import { textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

const harness = useCommandHarness();

const say = async (line: string) => textOf(await harness.say(line));
const watched = () => [...harness.venue.watched].sort();
const pass = (ms: number) => harness.time.advance(ms);

describe('an instrument is watched', () => {
  it('for an hour after it was asked for', async () => {
    await say('/chart eth 5m');
    expect(watched()).toEqual(['ethusdt']);
    await pass(HOUR - MINUTE);
    await say('/price eth');
    expect(watched()).toEqual(['ethusdt']);
    await pass(HOUR + MINUTE);
    expect(watched()).toEqual([]);
    expect(harness.market.feeds()[0]).toMatchObject({ name: 'sim', state: 'live', watched: 0 });
    expect(await say('/status')).toContain('sim prices: live, 0 symbols');
  });

  it('while a rule looks at it, and an hour longer', async () => {
    await say('/alert btc > 90k');
    await pass(30 * HOUR);
    expect(watched()).toEqual(['btcusdt']);
    const [rule] = await harness.rules.list('telegram:100');
    await harness.rules.pause(rule!.id);
    await pass(HOUR - MINUTE);
    expect(watched()).toEqual(['btcusdt']);
    await pass(2 * MINUTE);
    expect(watched()).toEqual([]);
    expect(harness.rules.view(rule!.id)?.state).toBe('paused');
  });

  it('again when a paused rule is resumed, which then fires', async () => {
    await say('/alert btc > 61k');
    const [rule] = await harness.rules.list('telegram:100');
    await harness.rules.pause(rule!.id);
    await pass(2 * HOUR);
    expect(watched()).toEqual([]);
    await harness.rules.resume(rule!.id);
    await pass(MINUTE);
    expect(watched()).toEqual(['btcusdt']);
    await harness.trade('btcusdt', 60_900);
    await harness.trade('btcusdt', 61_100);
    expect((await harness.owed()).map(textOf)[0]).toContain('price > 61,000');
  });

  it('while one of several rules is left', async () => {
    await say('/alert btc > 90k');
    await say('/alert btc > 95k once');
    const rules = await harness.rules.list('telegram:100');
    await harness.rules.remove(rules[0]!.id, 'deleted');
    await pass(2 * HOUR);
    expect(watched()).toEqual(['btcusdt']);
    await harness.trade('btcusdt', 96_000);
    await pass(HOUR + MINUTE);
    expect(watched()).toEqual([]);
  });

  it('while a stream follows it', async () => {
    harness.market.need('stream 1', ['sim:solusdt']);
    await pass(3 * HOUR);
    expect(watched()).toEqual(['solusdt']);
    harness.market.need('stream 1', []);
    await pass(HOUR + MINUTE);
    expect(watched()).toEqual([]);
  });
});

it('a rule on an instrument that was released fires as before', async () => {
  await say('/alert btc > 61k');
  const [rule] = await harness.rules.list('telegram:100');
  await harness.rules.remove(rule!.id, 'deleted');
  await pass(2 * HOUR);
  expect(watched()).toEqual([]);
  await say('/alert btc > 61k');
  await pass(MINUTE);
  await harness.trade('btcusdt', 60_900);
  await harness.trade('btcusdt', 61_100);
  expect((await harness.owed()).map(textOf)[0]).toContain('price > 61,000');
});

it('whoever only looks at the status page keeps nothing watched', async () => {
  await say('/price btc');
  await pass(50 * MINUTE);
  await harness.market.glance('sim:btcusdt', 15 * MINUTE, 96);
  await pass(11 * MINUTE);
  expect(watched()).toEqual([]);
});
