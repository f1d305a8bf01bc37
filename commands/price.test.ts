import { describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import { buttonOf, member, SCRIPTS, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { createCommandService } from './create-service.ts';

const harness = useCommandHarness();

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
    const ratios = 'btc/eth eth/btc btc/sol sol/btc eth/sol sol/eth aapl/btc aapl/eth';
    const many = await reply(`/price btc eth sol aapl ${ratios}`);
    expect(many.split('\n').filter((line) => line.includes('(24 h)'))).toHaveLength(10);
    expect(many).toContain('That is 10, the most I show at once.');
  });

  it('tells a symbol once that is typed twice', async () => {
    expect(await reply('/price btc btcusdt')).toBe(await reply('/price btc'));
    expect((await reply('/price btc eth BTC')).match(/^\w+usdt/gm)).toEqual(['btcusdt', 'ethusdt']);
  });

  it('says how old a price is', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 60_600);
    await harness.time.advance(5 * 60_000);
    expect(await reply('/price btc')).toMatch(/ · 5m old$/);
  });

  it('tells the ratio of two symbols, and that of a symbol and its quote as the symbol', async () => {
    await harness.say('/price btc eth');
    await harness.trade('btcusdt', 60_600);
    await harness.trade('ethusdt', 3_000);
    // 60,600 over 3,000; the script of both turns by the same 1 % at the same times.
    expect(await reply('/price btc/eth')).toMatch(/^btcusdt\/ethusdt 20\.2 [+−-]\S+\u00a0% \(24 h\) · sim$/);
    expect(await reply('/price btc/usdt')).toMatch(/^btcusdt 60,600\.00/);
    expect(await reply('/price btc/nothing')).toContain('I know no symbol');
  });

  it('says that there is no trade yet', async () => {
    harness.market.symbols.add([
      { ...harness.market.symbols.get('sim:btcusdt')!, instrument: 'sim:newusdt', symbol: 'newusdt', base: 'new' },
    ]);
    expect(await reply('/price new')).toBe('newusdt · sim · no trade yet, I have just subscribed');
  });

  it('names the symbol that it does not know', async () => {
    expect(await reply('/price')).toBe('Which symbol? For example /price btcusdt');
    const answer = await harness.say('/price etj');
    expect(textOf(answer)).toBe('I know no symbol “etj”. Did you mean ethusdt?');
    expect(answer.buttons?.flat().map((button) => button.label)).toEqual(['ethusdt']);
    expect(await reply('/price nope')).toBe('I know no symbol “nope”. Type it as btcusdt or sim:btcusdt.');
  });

  it('tells the others where one of several is not known, and offers what may be meant', async () => {
    const answer = await harness.say('/price btc nope etj sol');
    expect(
      textOf(answer)
        .split('\n')
        .filter((_line, i) => i % 2 === 0 || i > 1),
    ).toEqual([
      expect.stringMatching(/^btcusdt 60,000\.00 /),
      'I know no symbol “nope”. Type it as btcusdt or sim:btcusdt.',
      'I know no symbol “etj”. Did you mean ethusdt?',
      expect.stringMatching(/^solusdt 150\.00 /),
      expect.stringContaining(' · sim'),
    ]);
    const pressed = await harness.press(buttonOf(answer, 'ethusdt'));
    expect(textOf(pressed.reply)).toMatch(/^ethusdt 3,000\.00 /);
  });

  it('tells the others where the venue of one cannot be reached', async () => {
    await harness.say('/price btc');
    const { market } = harness.ports;
    const down = new TransportError('no route', { retryable: true, reason: 'unreachable' });
    const service = createCommandService({
      ...harness.ports,
      market: {
        ...market,
        bars: (instrument, interval, count) =>
          instrument === 'sim:ethusdt' ? Promise.reject(down) : market.bars(instrument, interval, count),
      },
    });
    const say = async (text: string) => textOf(await service.run({ asker: someone(), command: 'price', text }));
    expect((await say('btc eth')).split('\n')).toEqual([
      expect.stringMatching(/^btcusdt 60,000\.00 /),
      expect.stringContaining(' · sim'),
      'eth · its venue cannot be reached just now',
    ]);
    expect(await say('eth')).toMatch(/^I cannot reach the venue just now\./);
  });

  it('writes numbers in the language of the one who began the chat', async () => {
    expect(SCRIPTS.btcusdt(harness.time.now())).toBe(60_000);
    expect(textOf(await harness.say('/price btc', member(1, { locale: 'de' })))).toContain('btcusdt 60.000,00 ');
    expect(textOf(await harness.say('/price btc', member(2, { locale: 'no such thing' })))).toContain('60.000,00');
  });
});
