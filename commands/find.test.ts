import { describe, expect, it } from 'vitest';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { buttonOf, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { createCommandService } from './create-service.ts';

const harness = useCommandHarness();

const reply = async (line: string) => textOf(await harness.say(line));

function list(instrument: string, over: Partial<InstrumentInfo>): void {
  const [venue, symbol] = instrument.split(':');
  const sol = harness.market.symbols.get('sim:solusdt')!;
  harness.market.symbols.add([{ ...sol, instrument, venue, symbol, ...over }]);
}

describe('/find', () => {
  it('lists matches, best first, with venue, kind, the price of what is watched, and the volume that is known', async () => {
    list('far:solusdt', { volume: 1_234_567 });
    list('far:solusdt.p', { kind: 'perpetual' });
    list('sim:soleur', { quote: 'eur' });
    await harness.say('/price sol');
    await harness.trade('solusdt', 151.5);
    expect(await reply('/find sol')).toBe(
      [
        '1 solusdt · far · spot · 1.23m usdt in 24 h',
        '2 solusdt · sim · spot · 151.50',
        '3 solusdt.p · far · perpetual',
        '4 soleur · sim · spot',
      ].join('\n'),
    );
    await harness.say('/settings venue sim');
    expect((await reply('/find sol')).split('\n')[0]).toBe('1 solusdt · sim · spot · 151.50');
    expect(await reply('/find sol perp')).toBe('solusdt.p · far · perpetual');
  });

  it('looks at lists alone: nothing is subscribed to', async () => {
    await reply('/find eth');
    expect(harness.venue.watched.size).toBe(0);
  });

  it('offers a chart and an alert of each', async () => {
    list('far:solusdt', {});
    const answer = await harness.say('/find sol');
    expect(answer.buttons?.map((row) => row.map(({ label }) => label))).toEqual([
      ['Chart 1', 'Alert 1'],
      ['Chart 2', 'Alert 2'],
    ]);
    const chart = await harness.press(buttonOf(answer, 'Chart 1'));
    expect(textOf(chart.reply)).toMatch(/^solusdt 5m · sim/);
    expect(harness.drawn).toHaveLength(1);
    const single = await harness.say('/find aapl');
    const alert = await harness.press(buttonOf(single, 'Alert'));
    expect(textOf(alert.reply)).toContain('aapl');
    expect(alert.reply?.buttons?.length).toBeGreaterThan(1);
  });

  it('takes a coin’s name and a slip', async () => {
    expect(await reply('/find solana')).toBe('solusdt · sim · spot');
    expect(await reply('/find ethusst')).toBe('ethusdt · sim · spot');
  });

  it('looks at the venue alone that is named, and says where that is none of this bot’s', async () => {
    list('far:solusdt', {});
    const { market } = harness.ports;
    const feeds = () => [...market.feeds(), { ...market.feeds()[0], name: 'far' }];
    const ports = { ...harness.ports, market: { ...market, feeds } };
    const say = async (text: string) =>
      textOf(await createCommandService(ports).run({ asker: someone(), command: 'find', text }));
    expect(await say('far:sol')).toBe('solusdt · far · spot');
    expect(await say('far:Solana')).toBe('solusdt · far · spot');
    expect(await say('far:btc')).toBe('Nothing like “btc” at far.');
    const foreign = await harness.say('/find bybit:btc');
    expect(textOf(foreign)).toBe('bybit is not among this bot’s venues (sim). Its operator can add it to FEEDS.');
    expect(textOf((await harness.press(buttonOf(foreign, 'btcusdt'))).reply)).toContain('btcusdt · sim · spot');
  });

  it('says where it has looked in vain, and which venues have not told yet', async () => {
    expect(await reply('/find')).toBe('What shall I look for? For example /find sol');
    expect(await reply('/find nope')).toBe('Nothing like “nope” at sim.');
    const { market } = harness.ports;
    const ports = { ...harness.ports, market: { ...market, unlisted: () => ['binance'] } };
    const say = async (text: string) =>
      textOf(await createCommandService(ports).run({ asker: someone(), command: 'find', text }));
    expect(await say('nope')).toMatch(/^Nothing like “nope” at sim\.\nbinance cannot be reached/);
    expect(await say('btc')).toMatch(/^btcusdt · sim · spot\nbinance cannot be reached/);
  });
});
