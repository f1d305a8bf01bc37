import { HOUR, MINUTE } from '../market/interval.ts';

/** A strategy to begin with: what stands behind its symbols. */
export interface StrategyTemplate {
  readonly name: string;
  /** What it looks for, in one line. */
  readonly summary: string;
  /** The interval that it is made for, in ms. */
  readonly interval: number;
  /** Its clauses. `OTHER` stands for the symbol that its own are held against, where there is one. */
  readonly text: string;
}

const join = (...clauses: readonly string[]): string => clauses.join(' ');

/** What is shipped, in the order in which it is listed. */
export const TEMPLATES: readonly StrategyTemplate[] = [
  {
    name: 'ma-cross',
    summary: 'a fast average crosses a slow one, and the RSI goes the same way',
    interval: HOUR,
    text: join(
      'param fast = 12 [5..30] param slow = 26 [20..100] param level = 50 [40..60]',
      'long when ema(fast) crosses above ema(slow) and rsi(14) > level exit long when ema(fast) < ema(slow)',
      'short when ema(fast) crosses below ema(slow) and rsi(14) < level exit short when ema(fast) > ema(slow)',
      'stop 2*atr(14) target 4*atr(14)',
    ),
  },
  {
    name: 'momentum',
    summary: 'the MACD crosses its signal with a strong RSI and more volume than usual',
    interval: HOUR,
    text: join(
      'param busy = 1.2 [1..3] param level = 50 [40..60]',
      'long when macd(12, 26, 9).macd crosses above macd(12, 26, 9).signal and rsi(14) > level',
      'and volume > busy*sma(volume, 20) exit long when macd(12, 26, 9).histogram < 0',
      'short when macd(12, 26, 9).macd crosses below macd(12, 26, 9).signal and rsi(14) < level',
      'and volume > busy*sma(volume, 20) exit short when macd(12, 26, 9).histogram > 0',
      'stop 2*atr(14) target 3*atr(14)',
    ),
  },
  {
    name: 'mean-reversion',
    summary: 'the close lies outside its Bollinger bands and far from its mean: back to the middle',
    interval: 15 * MINUTE,
    text: join(
      'param length = 20 [10..60] param depth = 2.2 [1.5..3]',
      'long when close < bb(length, 2).lower and z(length) < -depth exit long when close > bb(length, 2).middle',
      'short when close > bb(length, 2).upper and z(length) > depth exit short when close < bb(length, 2).middle',
      'stop 3*atr(14) expire 1d',
    ),
  },
  {
    name: 'breakout',
    summary: 'the close leaves the Donchian channel of the bars before it while ranges expand',
    interval: HOUR,
    text: join(
      'param length = 20 [10..60] param wider = 1.1 [1..2]',
      'long when close > donchian(length).upper[1] and atr(14) > wider*sma(atr(14), 50)',
      'exit long when close < donchian(10).lower[1]',
      'short when close < donchian(length).lower[1] and atr(14) > wider*sma(atr(14), 50)',
      'exit short when close > donchian(10).upper[1]',
      'stop 2*atr(14)',
    ),
  },
  {
    name: 'scalping',
    summary: 'the close crosses the VWAP of the day with the order book leaning the same way',
    interval: MINUTE,
    text: join(
      'param lean = 0.2 [0.05..0.6]',
      'long when close crosses above vwap and imbalance > lean exit long when close < vwap',
      'short when close crosses below vwap and imbalance < -lean exit short when close > vwap',
      'stop 0.3% target 0.5% expire 30m',
    ),
  },
  {
    name: 'pairs',
    summary: 'the spread to another symbol is stretched, and an ADF test says that it comes back',
    interval: HOUR,
    text: join(
      'param length = 120 [60..300] param entry = 2 [1.5..3]',
      'long when ols(OTHER, length).z < -entry and adf(spread(OTHER, length), length) < -2.86',
      'exit long when ols(OTHER, length).z > 0',
      'short when ols(OTHER, length).z > entry and adf(spread(OTHER, length), length) < -2.86',
      'exit short when ols(OTHER, length).z < 0',
      'stop 4*atr(14) expire 5d',
    ),
  },
  {
    name: 'trend',
    summary: 'the SuperTrend turns: always in the direction of the trend, until it turns back',
    interval: 4 * HOUR,
    text: join(
      'param length = 10 [7..30] param width = 3 [1.5..5]',
      'long when supertrend(length, width).direction crosses above 0',
      'exit long when supertrend(length, width).direction < 0',
      'short when supertrend(length, width).direction crosses below 0',
      'exit short when supertrend(length, width).direction > 0',
      'stop 4*atr(14)',
    ),
  },
  {
    name: 'squeeze',
    summary: 'volatility was squeezed and is let go: in the direction of the momentum',
    interval: HOUR,
    text: join(
      'param length = 20 [10..40]',
      'long when squeeze(length, 2, 1.5).on crosses below 1 and squeeze(length, 2, 1.5).momentum > 0',
      'exit long when squeeze(length, 2, 1.5).momentum < 0',
      'short when squeeze(length, 2, 1.5).on crosses below 1 and squeeze(length, 2, 1.5).momentum < 0',
      'exit short when squeeze(length, 2, 1.5).momentum > 0',
      'stop 2*atr(14) target 3*atr(14)',
    ),
  },
];

/** Whether a template holds its symbols against another one. */
export const needsOther = ({ text }: StrategyTemplate): boolean => /\bOTHER\b/.test(text);

/** The clauses of a template. @param other what its symbols are held against, as one writes it */
export const templateText = ({ text }: StrategyTemplate, other: string): string => text.replace(/\bOTHER\b/g, other);
