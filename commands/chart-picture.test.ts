import { describe, expect, it } from 'vitest';
import { parseExpression } from '../engine/language/parse.ts';
import { HARNESS_NOW, SCRIPTS } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { axisOf, drawPicture, type PictureOrder } from './chart-picture.ts';
import { storedScope } from './scope.ts';

const harness = useCommandHarness();

const scope = storedScope({ instrument: 'sim:btcusdt', interval: 300_000 });
const expr = (text: string) => parseExpression(text, scope);

function draw(texts: readonly string[], over: Partial<PictureOrder> = {}) {
  const overlays = texts.map((text) => ({ expr: expr(text), oneField: true }));
  const place = { instrument: 'sim:btcusdt', interval: 300_000, timeZone: 'UTC', locale: 'en' };
  return drawPicture(harness.ports, { ...place, overlays, levels: [], marks: [], ...over });
}
const lines = () => harness.drawn.at(-1)!.series.map((series) => series.lines[0].values);

describe('a picture', () => {
  it('has a value of a series at each of its bars, warm from the first on', async () => {
    await draw(['sma(3)', 'rsi(14)', 'ema(200)']);
    const { bars } = harness.drawn.at(-1)!;
    const [sma, ...others] = lines();
    for (const [i, { start }] of bars.entries()) {
      const closes = [0, 1, 2].map((back) => SCRIPTS.btcusdt(start + 300_000 * (1 - back)));
      expect(sma[i]).toBeCloseTo((closes[0] + closes[1] + closes[2]) / 3, 6);
    }
    for (const values of others) expect(values.some(Number.isNaN)).toBe(false);
  });

  it('shows of a longer interval what was known at the time, and of a shorter one what it had come to', async () => {
    await draw(['close@1h', 'close@1m', 'close[1]']);
    const { bars } = harness.drawn.at(-1)!;
    const [hours, minutes, before] = lines();
    for (const [i, { start, close }] of bars.entries()) {
      const end = start + 300_000;
      expect(hours[i]).toBe(SCRIPTS.btcusdt(Math.floor(end / 3_600_000) * 3_600_000));
      expect(minutes[i]).toBe(close);
      if (i > 0) expect(before[i]).toBe(bars[i - 1].close);
    }
  });

  it('computes across instruments and intervals', async () => {
    await draw(['sim:btcusdt/sim:ethusdt', 'sim:ethusdt.close@1h - sim:ethusdt.close']);
    const [ratio, gap] = lines();
    // Scripted prices are rounded to cents.
    for (const value of ratio) expect(value).toBeCloseTo(20, 3);
    expect(gap.some(Number.isNaN)).toBe(false);
  });

  it('has another key whenever it would look different, and the same when not', async () => {
    const key = async (texts: readonly string[], over: Partial<PictureOrder> = {}) =>
      (await draw(texts, over)).picture.key;
    const plain = await key(['rsi(14)']);
    expect(await key(['rsi(14)'])).toBe(plain);
    const others = [
      await key(['rsi(7)']),
      await key([]),
      await key(['rsi(14)'], { paneLevels: new Map([['rsi(14)', [25]]]) }),
      await key(['rsi(14)'], { levels: [{ price: 60_000, label: 'x' }] }),
      await key(['rsi(14)'], { marks: [{ ts: HARNESS_NOW, direction: 'up', price: 60_000, label: '' }] }),
      await key(['rsi(14)'], { timeZone: 'Asia/Tokyo' }),
      await key(['rsi(14)'], { interval: 900_000 }),
      await key(['rsi(14)'], { instrument: 'sim:ethusdt' }),
    ];
    expect(new Set([plain, ...others]).size).toBe(others.length + 1);
  });

  it('marks the levels of the catalog, or the rule’s own', async () => {
    await draw(['rsi(14)', 'atr(14)'], { paneLevels: new Map([['atr(14)', [20]]]) });
    expect(harness.drawn.at(-1)!.series.map((series) => series.levels)).toEqual([[30, 70], [20]]);
  });

  it('is refused where there are no bars', async () => {
    await expect(draw([], { instrument: 'sim:nothing' })).rejects.toMatchObject({ code: 'no-data' });
  });
});

describe('the axis of a series', () => {
  it.each([
    ['close', 'price'],
    ['ema(20)', 'price'],
    ['bb.upper', 'price'],
    ['close[3]', 'price'],
    ['close@1h', 'price'],
    ['max(close, ema(20))', 'price'],
    ['bb.width', 'own'],
    ['sma(rsi(14), 3)', 'percent'],
    ['sma(volume, 20)', 'volume'],
    ['rsi(14)', 'percent'],
    ['change(1h)', 'fraction'],
    ['macd', 'centred'],
    ['-macd', 'centred'],
    ['close - open', 'own'],
    ['close * 2', 'own'],
    ['sim:ethusdt.close', 'own'],
    ['sim:ethusdt.ema(20)', 'own'],
    ['max(close, sim:ethusdt.close)', 'own'],
    ['sim:ethusdt.rsi(14)', 'percent'],
    ['sim:btcusdt/sim:ethusdt', 'own'],
  ])('%s is %s', (text, axis) => expect(axisOf(expr(text), 'sim:btcusdt')).toBe(axis));
});
