import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../engine/market/interval.ts';
import { HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { CommandContext } from './command.ts';
import { summary } from './summary.ts';

const harness = useCommandHarness();

const closeAt = (hours: number) => 100 + (hours % 8 < 4 ? hours % 8 : 8 - (hours % 8));

/** Asks in a market that goes up and down by turns of four hours, with firings at the given hours after the first bar. */
async function asked(text: string, hours: number, firedAt: readonly number[]) {
  const context = await harness.context();
  const start = HARNESS_NOW - hours * HOUR;
  const market: CommandContext['market'] = {
    ...harness.market,
    watched: () => ['sim:btcusdt', 'sim:ethusdt'],
    async bars(instrument) {
      const closed = Array.from({ length: instrument === 'sim:btcusdt' ? hours : 3 }, (_, i) => {
        const close = closeAt(i);
        return { start: start + i * HOUR, open: close, high: close, low: close, close, volume: 10, trades: 1 };
      });
      return { closed, open: undefined };
    },
  };
  const rules: CommandContext['rules'] = {
    ...harness.rules,
    firingsBetween: async (instrument, from, to, chatKey) => {
      expect(chatKey).toBe('telegram:100');
      const all = firedAt.map((hour, i) => ({
        ...{ id: `1.${i}`, ruleId: '1', ts: start + (hour + 1) * HOUR, instrument, price: closeAt(hour) },
        ...{ values: [{ series: 'price', value: 100, before: 99, threshold: 99.5 }], tradeId: 'x', suppressed: 0 },
      }));
      return all.filter(({ ts }) => instrument === 'sim:btcusdt' && ts >= from && ts < to);
    },
  };
  return textOf(await summary.run({ ...context, market, rules }, text));
}

const lows = (count: number) => Array.from({ length: count }, (_, k) => 8 * k);

describe('/summary', () => {
  it('tells move, volume and trends of each symbol, and what there is too little of', async () => {
    const [first, btc, eth] = (await asked('', (10 * DAY) / HOUR, [])).split('\n\n');
    expect(first).toMatch(/^Summary of 30 days/);
    // 240 hours: the last close is 101, and so was each one that whole days lie before.
    expect(btc.split('\n')).toEqual([
      'btcusdt 101.00 · moves 0.0\u00a0% a day · volume 240, 1.0 times the usual',
      '1d 0.0\u00a0% flat · 7d 0.0\u00a0% flat',
      'No alert of this chat fired.',
    ]);
    expect(eth).toBe('ethusdt A summary needs at least 25 values, there are 3.');
  });

  it('holds the chat’s alerts against any hour', async () => {
    const text = await asked('btc', 400, lows(40));
    expect(text).toMatch(
      /Alerts fired 40 times: 40 of 40 went on 4h later \(100\u00a0%, likely 91\u00a0% to 100\u00a0%, any hour 3[78]\u00a0%\): better than chance\.$/,
    );
    expect(text).not.toContain('ethusdt');
  });

  it('does not judge by few, or by what is too new', async () => {
    expect(await asked('btc', 400, lows(9))).toMatch(
      /Alerts fired 9 times: 9 of 9 went on 4h later, too few to judge\.$/,
    );
    expect(await asked('btc', 400, [398])).toMatch(/Alerts fired once, too lately to know what came of it\.$/);
  });

  it('refuses what it does not know', async () => {
    expect(textOf(await harness.say('/summary nothing'))).toContain('I know no symbol “nothing”.');
  });

  it('counts what really fired in the chat', async () => {
    await harness.trade('btcusdt', 59_900);
    await harness.say('/alert btc > 60100');
    await harness.trade('btcusdt', 60_200);
    await harness.time.advance(HOUR);
    const text = textOf(await harness.say('/summary btc'));
    expect(text).toMatch(/Alerts fired once, too lately to know what came of it\.$/);
    expect(text).not.toContain('NaN');
  });
});
