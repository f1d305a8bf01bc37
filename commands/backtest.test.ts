import { describe, expect, it } from 'vitest';
import type { LinesRequest } from '../charts/figures/request.ts';
import { HOUR } from '../engine/market/interval.ts';
import { createCommandHarness, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { BacktestAnswer } from './strategy-ports.ts';

const harness = useCommandHarness();

/** With plain blanks, and without the marks of code. */
const text = async (line: string): Promise<string> =>
  textOf(await harness.say(line))
    .replace(/\u00a0/g, ' ')
    .replaceAll('`', '');

describe('/backtest', () => {
  it('tries rules in quotes: on a price that swings by 1% in four hours, who buys at the bottom and sells at the top wins', async () => {
    const said = await text('/backtest "long when close < 59500 exit when close > 60500 fee 0 slippage 0" btc 5m 24h');
    // 60,000 * (1 - 0.01 sin) goes through 59,500 six times in a day, and each time from there to 60,500: about 1.7% each.
    expect(said).toMatch(/^rules btcusdt 5m: \+\d+\.\d %/);
    expect(said).toMatch(/[56] trades, 100\.0 % won, nothing lost; \+1\.\d % on average/);
    expect(said).toContain('by the exit');
    expect(said).toContain('Size 100.0 %, fee 0 %, slippage 0 %.');
    const [figure] = harness.figures as readonly LinesRequest[];
    expect(figure).toMatchObject({ kind: 'lines', title: 'rules btcusdt 5m' });
    expect(figure!.lines.map(({ name }) => name)).toEqual(['strategy', 'holding', 'worst fall']);
    expect(figure!.lines[0]!.values.at(-1)).toBeGreaterThan(0.05);
    for (const { values } of figure!.lines) for (const value of values) expect(value).toSatisfy(Number.isFinite);
  });

  it('tries templates and the chat’s own strategies, with other symbols, lengths and parameters', async () => {
    expect(await text('/backtest ma-cross btc 5m 24h fast=6')).toMatch(/^ma-cross btcusdt 5m: /);
    await harness.say('/strategy new mine on eth 5m long when close crosses above sma(20) exit when close < sma(20)');
    expect(await text('/backtest mine 1h')).toMatch(/^mine ethusdt 1h: /);
    expect(await text('/backtest mine 2d')).toMatch(/^mine ethusdt 5m: /);
    expect(await text('/backtest mine btc eth 15m 2d')).toMatch(/^mine btcusdt ethusdt 15m: /);
    expect(await text('/backtest pairs eth 5m 2d vs btcusdt')).toMatch(/^pairs ethusdt 5m: /);
  });

  it.each([
    ['/backtest', 'Which strategy shall I try?'],
    ['/backtest ma-crs btc', 'Did you mean ma-cross?'],
    ['/backtest ma-cross', 'For which symbols?'],
    ['/backtest ma-cross nonsuch 1h', 'I know no symbol'],
    ['/backtest ma-cross btc fast=99', 'fast is 99, outside its range'],
    ['/backtest ma-cross btc slope=9', 'There is no parameter slope'],
    ['/backtest pairs eth 1h', 'holds its symbol against another one'],
    ['/backtest ma-cross btc 1m 300d', 'has too many bars of 1m'],
    ['/backtest ma-cross btc 1h 3h', 'has too few bars of 1h'],
    ['/backtest ma-cross btc 10s 1d', 'Bars shorter than a minute'],
    ['/backtest ma-cross btc 1h 90d 3d', 'An interval and a period'],
    ['/backtest btc ma-cross', 'The strategy comes first, then the symbols. Write /backtest ma-cross btc'],
    ['/backtest btc "long when rsi < 30 stop 2%"', 'The rules in quotes come first'],
    ['/backtest ma-cross trend btc', '“trend” is a strategy too'],
    ['/backtest ma-cross btc 1h fast=abc', '“abc” is no number for fast. For example fast=10'],
    ['/backtest ma-cross btc 1h fast=', 'The value of fast is missing'],
    ['/backtest ma-cross btc 1h 900y', '“900y” is no length of time'],
    ['/backtest ma-cross btc 1h 5..30', '“5..30” names no parameter'],
    ['/backtest "long when rsi < 30" btc', 'never gets out'],
    ['/backtest "long when rsi > 120 stop 2%" btc', 'runs from 0 to 100'],
    ['/backtest btc nostrategy', 'No strategy is called “nostrategy” here'],
    ['/backtest btc ma-crss 1h', 'No strategy is called “ma-crss” here. Did you mean ma-cross'],
    [
      '/backtest btc eth 1h',
      '“btc” is a symbol. Which strategy shall I try? For example /backtest ma-cross btc eth 1h',
    ],
  ])('refuses %s', async (line, why) => {
    expect(await text(line)).toContain(why);
  });

  it.each([
    ['/backtest ma-cross btc 1h fast=-3', 'fast=-3'],
    ['/backtest ma-cross btc 1h slow=30 fast=99', 'fast=99'],
    ['/backtest ma-cross cross 1h', 'cross'],
    ['/backtest btc 1h ma-cross', 'ma-cross'],
    ['/backtest ma-crs btc', 'ma-crs'],
  ])('marks what is wrong in %s', async (line, wrong) => {
    const typed = line.slice('/backtest '.length);
    const marks = `${'·'.repeat(typed.lastIndexOf(wrong))}${'^'.repeat(wrong.length)}`;
    expect(await text(line)).toContain(`${typed}\n${marks}`);
  });

  it.each([
    [{ kind: 'untold', facts: ['imbalance'] }, 'Of imbalance no past is known'],
    [
      {
        kind: 'short',
        few: { instrument: 'sim:btcusdt', interval: HOUR, bars: 500, there: 120 },
      },
      // 500 bars of 5m are 41 h, of 15m 125 h: more than the 120 h that there are. 380 h are missing.
      'The strategy needs 500 bars of 1h of btcusdt, and there are 120: take bars of 5m, shorter lengths, or wait 15d20h.',
    ],
    [{ kind: 'short', few: undefined }, 'never all had values at once'],
    [{ kind: 'late' }, 'could not be had in time'],
  ] as const)('says why there is no answer: %j', async (answer: BacktestAnswer, why) => {
    const other = await createCommandHarness({ backtests: { run: async () => answer } });
    try {
      expect(textOf(await other.say('/backtest ma-cross btc 1h 30d'))).toContain(why);
    } finally {
      await other.drop();
    }
  });
});
