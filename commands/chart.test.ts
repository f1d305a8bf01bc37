import { describe, expect, it, vi } from 'vitest';
import type { ChartRequest } from '../charts/request.ts';
import {
  buttonOf,
  createCommandHarness,
  HARNESS_NOW,
  labelsOf,
  member,
  SCRIPTS,
  textOf,
} from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Message } from './message.ts';

const harness = useCommandHarness();

const last = () => harness.drawn.at(-1)!;
const drawnSeries = () => last().series.map((series) => series.label);

it('says why a series has no line', async () => {
  const { market } = harness.ports;
  const bars = market.bars.bind(market);
  vi.spyOn(market, 'bars').mockImplementation(async (...read) => {
    const { closed, ...rest } = await bars(...read);
    return { ...rest, closed: closed.slice(-300) };
  });
  expect(textOf(await harness.say('/chart btc 5m sma(20)'))).not.toContain('no value');
  const text = textOf(await harness.say('/chart btc 5m rsi sma(5000)'));
  expect(text).toMatch(/\(24 h\)\nsma\(5000\) has no value yet: it takes 5,000 bars, and 30[01] are known\.$/);
});

describe('the levels on a chart', () => {
  it('are also the prices at which alerts on other series would fire now', async () => {
    await harness.say('/alert btc sma(5) > 60500');
    await harness.say('/alert btc > 66k');
    await harness.say('/alert eth > 4k');
    await harness.say('/chart btcusdt 5m');
    const [fixed, moving] = harness.drawn.at(-1)!.levels;
    expect(fixed).toEqual({ price: 66_000, label: 'price >' });
    // The next bar opens at the last price: (the four closes before + x) / 5 = 60,500.
    const closes = [0, 1, 2, 3].map((i) => SCRIPTS.btcusdt(HARNESS_NOW - i * 300_000));
    const price = 5 * 60_500 - closes.reduce((sum, close) => sum + close, 0);
    expect(moving.price).toBeCloseTo(price, -1);
    expect(moving).toMatchObject({
      isMoving: true,
      label: 'sma(5) > 60,500',
    });
    // On a chart of another interval the moving one says nothing, and the fixed one as much.
    await harness.say('/chart btcusdt 1h');
    expect(harness.drawn.at(-1)!.levels).toEqual([fixed]);
    await harness.press(buttonOf(await harness.say('/alert 1'), '⏸ Pause'));
    await harness.say('/chart btcusdt 5m');
    expect(harness.drawn.at(-1)!.levels).toEqual([fixed]);
  });
});

describe('/chart', () => {
  it('draws 120 bars of a symbol in the chat’s interval, and tells the price and the day', async () => {
    const message = await harness.say('/chart eth');
    expect(last()).toMatchObject({ symbol: 'ethusdt', venue: 'sim', interval: 300_000, digits: 2, timeZone: 'UTC' });
    expect(last().bars).toHaveLength(120);
    expect(last().bars.at(-1)).toMatchObject({ start: HARNESS_NOW - 300_000, close: 3_000 });
    expect(textOf(message)).toBe('ethusdt 5m · sim · 3,000.00 0.0\u00a0% (24 h)');
    expect(message.picture?.alt).toContain('ethusdt 5m chart: 3,000.00');
    expect(labelsOf(message)).toEqual(['1m', '·5m·', '15m', '1h', '4h', '1d', '🔄', '+ RSI', '+ BB', '🔔 Alert']);
  });

  it('tells the price that its picture shows, also where it moves while that is drawn', async () => {
    const shown: number[] = [];
    const render = async ({ bars }: ChartRequest) => {
      shown.push(bars[bars.length - 1].close);
      await other.trade('btcusdt', 61_234);
      return new Uint8Array();
    };
    const other = await createCommandHarness({ charts: { render } });
    await other.say('/price btc');
    await other.trade('btcusdt', 60_010);
    expect(textOf(await other.say('/chart btc'))).toContain('· 60,010.00 ');
    expect(textOf(await other.say('/chart btc'))).toContain('· 61,234.00 ');
    expect(shown).toEqual([60_010, 61_234]);
    await other.drop();
  });

  it('draws the volume that it shows anyway once', async () => {
    await harness.say('/chart btc 5m volume sma(volume, 5)');
    expect(drawnSeries()).toEqual(['sma(volume, 5)']);
    await harness.say('/chart btc 5m volume@1h');
    expect(drawnSeries()).toEqual(['volume@1h']);
  });

  it('calls other symbols and ratios by their symbols', async () => {
    await harness.say('/chart btc ethusdt btcusdt/ethusdt rsi bb.upper');
    expect(drawnSeries()).toEqual(['ethusdt', 'btcusdt/ethusdt', 'rsi(14)', 'bb(20, 2).upper']);
  });

  it('draws the open bar, and what is typed in any order', async () => {
    await harness.say('/price btc');
    await harness.trade('btcusdt', 60_010);
    await harness.say('/chart rsi(7) 15m btc, ema(50) bb');
    expect(last().bars.at(-1)).toMatchObject({ start: HARNESS_NOW, close: 60_010 });
    expect(last().interval).toBe(900_000);
    expect(last().series.map(({ label, scale, lines }) => [label, scale, lines.map((line) => line.label)])).toEqual([
      ['rsi(7)', 'percent', ['rsi(7)']],
      ['ema(50)', 'price', ['ema(50)']],
      ['bb(20, 2)', 'price', ['upper', 'middle', 'lower']],
    ]);
  });

  it('draws one field where one is named', async () => {
    await harness.say('/chart btc macd.histogram bb.upper macd');
    expect(last().series.map((series) => series.lines.length)).toEqual([1, 1, 3]);
  });

  it('marks the chat’s alerts and what they told', async () => {
    await harness.say('/alert btc > 60500');
    await harness.say('/alert btc > 70k', member(1));
    await harness.say('/alert btc > 80k and rsi(14) > 30 and ema(20) > ema(50)');
    await harness.trade('btcusdt', 60_600);
    await harness.say('/chart btc');
    expect(last().levels).toEqual([
      { price: 60_500, label: 'price >' },
      { price: 80_000, label: 'price > … and rsi…' },
    ]);
    expect(last().marks).toEqual([{ ts: HARNESS_NOW, direction: 'up', price: 60_600, label: '' }]);
  });

  it.each([
    ['/chart', 'Which symbol? For example /chart ethusdt 5m'],
    ['/chart rsi', 'I see no symbol in “rsi”. For example /chart ethusdt 5m rsi'],
    ['/chart foo', 'I know no symbol “foo”. Type it as btcusdt or sim:btcusdt.'],
    [
      '/chart eth rsi macd atr std z(60)',
      'That is 5 panes below the price, and 4 is the most. Leave out z(60), for example.',
    ],
    [
      '/chart eth rsi macd stoch adx cci atr z(60)',
      'That is 7 panes below the price, and 4 is the most. Leave out cci, atr and z(60), for example.',
    ],
    [
      `/chart eth ${Array.from({ length: 9 }, (_, i) => `ema(${i + 5})`).join(' ')}`,
      'That is 9 series, and 8 is the most. Leave out ema(13), for example.',
    ],
  ])('%s is answered with a sentence', async (line, sentence) => {
    const answer = await harness.say(line);
    expect([textOf(answer), answer.private]).toEqual([sentence, true]);
  });

  it('marks an unknown overlay where it was typed, and offers the whole command with the right one', async () => {
    const answer = await harness.say('/chart eth 1h bb rsy(14)');
    expect(answer.text[1]).toEqual({ pre: 'eth 1h bb rsy(14)\n··········^^^' });
    await harness.press(buttonOf(answer, 'eth 1h bb rsi(14)'));
    expect([last().symbol, last().interval, drawnSeries()]).toEqual(['ethusdt', 3_600_000, ['bb(20, 2)', 'rsi(14)']]);
  });

  it('leads from what is true or false to an alert, and to the series alone', async () => {
    const { text, buttons } = await harness.say('/chart btc 1h ema(20) crosses above ema(50)');
    expect(textOf({ text })).toBe(
      `A chart draws series; what is true or false an alert watches. Set it with /alert btc 1h ema(20) crosses above ema(50).
btc 1h ema(20) crosses above ema(50)
···············^^^^^^^^^^^^^^^^^^^^^`,
    );
    expect(buttons?.[0]?.[0]?.label).toBe('btc 1h ema(20)');
    const inBrackets = await harness.say('/chart btc barssince(close > 5)');
    expect(inBrackets.picture).toBeDefined();
  });

  it('says that there are no bars yet', async () => {
    harness.market.symbols.add([
      { ...harness.market.symbols.get('sim:btcusdt')!, instrument: 'sim:newusdt', symbol: 'newusdt', base: 'new' },
    ]);
    expect(textOf(await harness.say('/chart new 5m'))).toBe(
      'I have no 5m bars of newusdt yet. Try again in a moment, or a shorter interval.',
    );
  });
});

describe('an interval that is none', () => {
  const offersOf = (message: Message) => labelsOf(message);

  it.each([
    ['btc 500d', '500d', 'btc 1d'],
    ['btc 1.5h rsi', '1.5h', 'btc 90m rsi'],
    ['btc 30 rsi', '30', 'btc 30m rsi'],
    ['btc 3mo', '3mo', 'btc 1d'],
    ['btc 0m', '0m', 'btc 1m'],
  ])('/chart %s: says which there are and offers the nearest', async (typed, word, offer) => {
    const answer = await harness.say(`/chart ${typed}`);
    expect(textOf(answer)).toContain(`There are no bars of “${word}”. An interval is 1s, 1m, 5m, 15m, 1h, 4h or 1d`);
    expect(offersOf(answer)).toEqual([offer]);
    await harness.press(buttonOf(answer, offer));
    expect(harness.drawn).toHaveLength(1);
  });

  it('is told apart from a second one, and from a number in a formula', async () => {
    const answer = await harness.say('/chart btc 5m 15m');
    expect(textOf(answer)).toContain('A chart has one interval: 5m or 15m?');
    await harness.press(buttonOf(answer, 'btc 5m'));
    await harness.say('/chart btc close - 5');
    expect(drawnSeries()).toEqual(['close - 5']);
  });

  it('is not one that is rarely asked for: seven minutes are drawn, and stay among the buttons', async () => {
    const message = await harness.say('/chart btc 7m');
    expect(last().interval).toBe(420_000);
    expect(labelsOf(message)?.slice(0, 7)).toEqual(['1m', '5m', '·7m·', '15m', '1h', '4h', '1d']);
    expect(Math.max(...message.buttons!.map((row) => row.length))).toBeLessThanOrEqual(5);
  });
});

describe('its buttons', () => {
  it('change the interval: what was typed without one goes along, what was typed with one stays', async () => {
    const message = await harness.say('/chart eth 5m rsi rsi(14)@1h btcusdt.close');
    expect(drawnSeries()).toEqual(['rsi(14)', 'rsi(14)@1h', 'btcusdt']);
    const { edit } = await harness.press(buttonOf(message, '15m'));
    expect([last().interval, drawnSeries()]).toEqual([900_000, ['rsi(14)', 'rsi(14)@1h', 'btcusdt']]);
    expect(labelsOf(edit)).toContain('·15m·');
    await harness.press(buttonOf(edit, '4h'));
    const four = last().series[0].lines[0].values.at(-1);
    await harness.say('/chart eth 4h rsi');
    expect(last().series[0].lines[0].values.at(-1)).toBe(four);
  });

  it('put an indicator on and take it off, of this instrument alone and whatever its length', async () => {
    const message = await harness.say('/chart eth rsi(7) btcusdt.rsi z(rsi(14), 20)');
    expect(labelsOf(message)).toEqual(expect.arrayContaining(['− RSI', '+ BB']));
    const off = await harness.press(buttonOf(message, '− RSI'));
    expect(drawnSeries()).toEqual(['btcusdt.rsi(14)', 'z(rsi(14), 20)']);
    expect(labelsOf(off.edit)).toContain('+ RSI');
    const bands = await harness.press(buttonOf(off.edit, '+ BB'));
    expect(last().series.at(-1)).toMatchObject({ label: 'bb(20, 2)', scale: 'price' });
    expect(last().series.at(-1)!.lines).toHaveLength(3);
    await harness.press(buttonOf(bands.edit, '− BB'));
    expect(drawnSeries()).toEqual(['btcusdt.rsi(14)', 'z(rsi(14), 20)']);
  });

  it('say that there is no room for one more', async () => {
    const message = await harness.say('/chart eth z macd atr std');
    const before = harness.drawn.length;
    expect((await harness.press(buttonOf(message, '+ RSI'))).toast).toBe(
      'That is 5 panes below the price, and 4 is the most. Leave out rsi, for example.',
    );
    expect(harness.drawn).toHaveLength(before);
    expect(labelsOf((await harness.press(buttonOf(message, '🔄'))).edit)).toContain('+ RSI');
  });

  it('draw anew with what has happened since', async () => {
    const message = await harness.say('/chart btc');
    await harness.trade('btcusdt', 60_500);
    const { edit } = await harness.press(buttonOf(message, '🔄'));
    expect(textOf(edit)).toContain('60,500.00 +0.8\u00a0% (24 h)');
    expect(edit?.picture?.key).not.toBe(message.picture?.key);
  });

  it('tell how to set an alert on it, in private', async () => {
    const { reply } = await harness.press(buttonOf(await harness.say('/chart eth 1h'), '🔔 Alert'));
    expect([reply?.private, textOf(reply).split('\n')[1]]).toEqual([true, '/alert ethusdt 1h z > 2']);
  });

  it('go on where the venue no longer lists the symbol', async () => {
    const message = await harness.say('/chart eth btcusdt.close');
    harness.market.symbols.add([{ ...harness.market.symbols.get('sim:btcusdt')!, active: false }]);
    expect((await harness.press(buttonOf(message, '15m'))).edit?.picture).toBeDefined();
  });

  it('say that the chart is too old once its view is gone, or of another version', async () => {
    const message = await harness.say('/chart eth');
    await harness.ports.views.update('1', 'telegram:100', { kind: 'chart', version: 7 });
    const toast = 'This chart is too old to change. Ask for a new one with /chart.';
    expect(await harness.press(buttonOf(message, '15m'))).toEqual({ toast });
    await harness.ports.views.prune(harness.time.now() + 1, 10);
    expect(await harness.press(buttonOf(message, '15m'))).toEqual({ toast });
  });
});

describe('a chart of another chat', () => {
  it('is out of reach, also with a button of one’s own chat', async () => {
    await harness.say('/chart eth', member(1));
    const { button } = await harness.context();
    expect((await harness.press(button('x', 'cv', ['1', 'r']))).toast).toContain('too old to change');
  });
});

describe('a series of another instrument', () => {
  it('never lies on this one’s price, also an average of it', async () => {
    await harness.say('/chart btc ethusdt.close ethusdt.sma(20) ethusdt.bb.upper btcusdt/ethusdt');
    expect(last().series.map((series) => series.scale)).toEqual(['own', 'own', 'own', 'own']);
    expect(last().series[0].lines[0].values.at(-1)).toBe(SCRIPTS.ethusdt(HARNESS_NOW));
    expect(last().series[3].lines[0].values.at(-1)).toBeCloseTo(20, 9);
  });

  it('is scaled by what it measures otherwise', async () => {
    await harness.say('/chart sma(volume, 20), 5m, -rsi, btc, close-open, min(open,close)');
    expect(last().series.map((series) => series.scale)).toEqual(['volume', 'own', 'own', 'price']);
  });
});
