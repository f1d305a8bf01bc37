import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness, member, SCRIPTS, textOf } from '../test/doubles/command-harness.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
});
afterEach(() => harness.drop());

const reply = async (line: string) => textOf(await harness.say(line));

describe('/price', () => {
  it('tells the last price, the day’s growth, range and volume', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 60_600);
    // The script turns once in four hours, by 1 %, with wicks of 1; a day is 1440 minutes of 10, and the trade is 1.
    expect(await reply('/price btc')).toBe(
      'btcusdt 60,600.00 +1.0\u00a0% (24 h)\n59,399.00 to 60,601.00 · volume 14.4k btc · sim',
    );
  });

  it('counts what happens now into the range', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 61_000);
    await harness.trade('btcusdt', 60_000);
    expect(await reply('/price btc')).toContain('59,399.00 to 61,000.00');
  });

  it('takes several symbols, ten at most', async () => {
    expect(
      (await reply('/price btc, eth sol aapl')).split('\n').filter((line) => line.includes('(24 h)')),
    ).toHaveLength(4);
    const many = await reply(`/price ${Array(12).fill('btc').join(' ')}`);
    expect(many.split('\n').filter((line) => line.includes('(24 h)'))).toHaveLength(10);
    expect(many).toContain('That is 10, the most I show at once.');
  });

  it('says how old a price is', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(5 * 60_000);
    expect(await reply('/price btc')).toMatch(/ · 5m old$/);
  });

  it('says that there is no trade yet', async () => {
    harness.market.symbols.add([
      { ...harness.market.symbols.get('sim:btcusdt')!, instrument: 'sim:newusdt', symbol: 'newusdt', base: 'new' },
    ]);
    expect(await reply('/price new')).toBe('newusdt · sim · no trade yet, I have just subscribed');
  });

  it('names the symbol that it does not know', async () => {
    expect(await reply('/price')).toBe('Which symbol? For example /price btcusdt');
    const answer = await harness.say('/price btc etj');
    expect(answer.text[1]).toEqual({ pre: 'btc etj\n····^^^' });
    expect(answer.buttons?.flat().map((button) => button.label)).toEqual(['btc ethusdt']);
  });

  it('writes numbers in the language of the one who began the chat', async () => {
    expect(SCRIPTS.btcusdt(harness.time.now())).toBe(60_000);
    expect(textOf(await harness.say('/price btc', member(1, { locale: 'de' })))).toContain('btcusdt 60.000,00 ');
    expect(textOf(await harness.say('/price btc', member(2, { locale: 'no such thing' })))).toContain('60.000,00');
  });
});
