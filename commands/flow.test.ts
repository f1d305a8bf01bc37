import { describe, expect, it } from 'vitest';
import type { ProfileRequest } from '../charts/figures/request.ts';
import type { Bar, Trade } from '../engine/market/events.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { flow } from './flow.ts';
import type { ArchivePort } from './ports.ts';

const harness = useCommandHarness();

const COUNT = 40;
const FROM = HARNESS_NOW - COUNT * MINUTE;

/** Bars of a minute that rise by 1 from 101, of 10 units each. */
const bars = (boughtOf: (i: number) => number | undefined): readonly Bar[] =>
  Array.from({ length: COUNT }, (_, i) => {
    const close = 101 + i;
    return {
      start: FROM + i * MINUTE,
      open: 100,
      high: close,
      low: 100,
      close,
      volume: 10,
      trades: 5,
      bought: boughtOf(i),
    };
  });

type Given = readonly [minute: number, price: number, size: number, side?: Trade['side']];

/** Five trades of 2 units in each bar from one on, at the bar's price. */
const evenly = (from = 0): Given[] =>
  Array.from({ length: (COUNT - from) * 5 }, (_, i) => {
    const minute = from + Math.floor(i / 5);
    return [minute, 101 + minute, 2, i % 5 < 3 ? 'buy' : 'sell'];
  });

/** Asks in a market of given bars and trades; the trades come in portions of seven. */
async function asked(text: string, closed: readonly Bar[], given: readonly Given[]) {
  const market: CommandContext['market'] = {
    ...harness.market,
    bars: async (_instrument, _interval, count) => ({ closed: closed.slice(-count), open: undefined }),
  };
  const all = given.map(([minute, price, size, side], i): Trade => {
    return {
      type: 'trade',
      instrument: 'sim:btcusdt',
      ts: FROM + minute * MINUTE + 10,
      price,
      size,
      side,
      id: String(i),
    };
  });
  const archive: ArchivePort = {
    ...harness.ports.archive,
    async *trades(_instrument, from, to) {
      const within = all.filter(({ ts }) => ts >= from && ts < to);
      for (let i = 0; i < within.length; i += 7) yield within.slice(i, i + 7);
    },
  };
  const message = await flow.run({ ...(await harness.context()), market, archive }, text);
  return { message, lines: textOf(message).split('\n') };
}

describe('/flow', () => {
  it('tells the delta of the bars, the profile and the sizes of trades, and draws them', async () => {
    // Minute 20: 30 units more at 121 in one trade, which is the large one and makes 121 the point of control.
    const closed = bars((i) => 6 + (i % 2)).map((each, i) => (i === 20 ? { ...each, volume: 40, bought: 6 } : each));
    const given = ([...evenly(), [20, 121, 30, 'sell']] as Given[]).toSorted((a, b) => a[0] - b[0]);
    const { lines, message } = await asked('btc 1m 40', closed, given);
    // From the first open of 100 to the last close of 140.
    expect(lines[0]).toBe('btcusdt 1m · 40 bars · sim · +40.0\u00a0%');
    // 20 times 6 and 20 times 7 of 430: 260 of it bought, 170 sold.
    expect(lines[1]).toBe('takers bought 260 btc (60.5\u00a0%), sold 170 btc · delta +90 btc');
    // 39 rows of 10 and one of 40 are 430; 301 are 70 %. Both sides have 20 in two rows, so it goes up nine times, to 139: 220. Above that
    // is one row of 10, so it goes down: 240, 260, 280, 300, 320 after five times two rows, which are 74 %.
    expect(lines[2]).toBe('point of control 121.00 · value area 111.00 to 139.00 (74\u00a0% of the volume)');
    expect(lines[3].split(/\s+/)).toEqual(['trades', 'size', 'volume', 'bought']);
    // All but one are of 2 units; 3 of 5 are bought: 60 %.
    expect(lines[4].split(/\s+/)).toEqual(['smallest', 'half', '93%', '60%']);
    expect(lines[7].split(/\s+/)).toEqual(['large', '>2', '7%', '0%']);
    expect(lines[8]).toBe(
      'Large, larger than 99\u00a0% of 201 trades: above 2 btc, 1 of them; the largest 30 btc sold at 121.00, 11:40 UTC.',
    );
    // 2.25 a bar, give or take 5.0: about 2.8 standard errors of 40. The last close is 140.
    expect(lines[9]).toMatch(
      /^Takers bought more than chance explains \(p 0\.00\d\)\. The price is above the value area\.$/,
    );
    expect(lines).toHaveLength(10);
    const figure = harness.figures[0] as ProfileRequest;
    expect(figure.rows).toHaveLength(40);
    expect([figure.rows[figure.control], figure.bought[20], figure.sold[20]]).toEqual(['121.00', 6, 34]);
    expect([...figure.value]).toEqual([10, 38]);
    expect(figure.delta.slice(0, 3)).toEqual([2, 6, 8]);
    expect(figure.delta[39]).toBe(90);
    expect(figure.foot).toBe('sim · profile of 201 trades since 11:20 UTC');
    expect(message.buttons![0].map(({ label }) => label)).toEqual(['5m', '15m', '1h']);
  });

  it('says over which time trades are kept and what is missing of them', async () => {
    const late = (
      await asked(
        'btc 1m 40',
        bars(() => 5),
        evenly(10),
      )
    ).lines;
    expect(late.at(-1)).toContain(
      'Trades are kept since 11:30 UTC only: sizes and profile are of that time, which has 75\u00a0% of the volume.',
    );
    expect(late.at(-1)).not.toContain('missing');
    // Each fourth bar has none: of the 39 bars after the first trade, 10 (7, 15 …) are without.
    const holed = evenly().filter(([minute]) => minute % 4 !== 3);
    expect(
      (
        await asked(
          'btc 1m 40',
          bars(() => 5),
          holed,
        )
      ).lines.at(-1),
    ).toContain(
      // 10 of 39 bars: 26 %.
      '26\u00a0% of the volume since then is missing from them.',
    );
  });

  it('says since when trades are kept where that was after the bars', async () => {
    const later: Given = [COUNT + 0.5, 101, 2];
    const { lines } = await asked(
      'btc 1m 40',
      bars(() => 5),
      [later],
    );
    expect(lines.at(-1)).toContain(
      'No trades of that time are kept, so the profile is of bars and says nothing of sizes',
    );
    expect(lines.at(-1)).toContain('; they are kept since 12:00 UTC.');
  });

  it('makes the profile of bars where no trades are kept', async () => {
    const { lines } = await asked(
      'btc 1m 40',
      bars(() => 5),
      [],
    );
    expect(lines.at(-1)).toContain('No trades of that time are kept, so the profile is of bars');
    expect(lines.join()).not.toMatch(/Large|NaN/);
    expect((harness.figures[0] as ProfileRequest).foot).toContain('profile of bars since 11:20 UTC');
  });

  it('says when takers’ sides are not known, of all bars or of some', async () => {
    const none = (
      await asked(
        'btc 1m 40',
        bars(() => undefined),
        evenly().map(([m, p, s]) => [m, p, s]),
      )
    ).lines;
    expect(none[1]).toBe('Takers’ sides are not known of these bars: there is no delta.');
    expect(none.join()).not.toContain('NaN');
    const figure = harness.figures[0] as ProfileRequest;
    expect([figure.delta, figure.unknown[0], figure.bought[0]]).toEqual([[], 10, 0]);
    const some = (
      await asked(
        'btc 1m 40',
        bars((i) => (i < 30 ? undefined : 4)),
        evenly(),
      )
    ).lines;
    // Ten bars of 4 bought and 6 sold.
    expect(some[1]).toBe(
      'takers bought 40 btc (40.0\u00a0%), sold 60 btc · delta −20 btc · of the 10 bars whose sides are known, since 11:50 UTC',
    );
    expect(some.at(-1)).toContain('Too few bars to tell the delta from chance.');
  });

  it('says that the price went against the takers', async () => {
    const { lines } = await asked(
      'btc 1m 40',
      bars((i) => 2 + (i % 2)),
      evenly(),
    );
    expect(lines.at(-1)).toContain('Takers sold more than chance explains (p < 0.001), and yet the price rose.');
    // From 100 to 100.05 is nowhere.
    const still = bars((i) => 2 + (i % 2)).map((each) => ({ ...each, high: 100.05, close: 100.05 }));
    expect((await asked('btc 1m 40', still, [])).lines.at(-1)).toContain('than chance explains (p < 0.001). The price');
  });

  it('says nothing of sizes of fewer than 100 trades, nor of large ones where all are alike', async () => {
    const few = (
      await asked(
        'btc 1m 40',
        bars(() => 5),
        evenly(30),
      )
    ).lines;
    expect(few.at(-1)).toContain('Of sizes nothing is said: that needs 100 trades, 50 are kept.');
    const very = (
      await asked(
        'btc 1m 40',
        bars(() => 5),
        evenly(38),
      )
    ).lines;
    expect(very.at(-1)).toContain('With 10 trades the profile is of bars.');
    expect(
      (
        await asked(
          'btc 1m 40',
          bars(() => 5),
          evenly(),
        )
      ).lines.join(),
    ).toContain('None of 200 trades is larger than 99\u00a0% of them.');
  });

  it.each([
    ['', 'Which symbol?'],
    ['btc eth', 'This is of one symbol, not of 2.'],
    ['btc 5', '“5” bars are too few.'],
  ])('refuses %j', async (text, reason) => {
    expect(textOf(await harness.say(`/flow ${text}`))).toContain(reason);
  });

  it('counts the trades that came in since the symbol is watched', async () => {
    await harness.say('/price btc');
    // Ten seconds apart: at least 18 of them lie in bars that are closed.
    for (let i = 0; i < 25; i++) {
      await harness.time.advance(10_000);
      await harness.trade('btcusdt', 60_000 + (i % 5));
    }
    const text = textOf(await harness.say('/flow btc 1m 60'));
    expect(text).toMatch(/^btcusdt 1m · 60 bars · sim/);
    expect(text).toMatch(/Of sizes nothing is said: that needs 100 trades, \d\d are kept\./);
    expect(text).not.toMatch(/NaN|undefined/);
  });
});
