import type { BarsEntry, Param } from '../catalog-entry.ts';
import {
  BODY_DOJI,
  BODY_LONG,
  BODY_SHORT,
  body,
  bottom,
  CandleKernel,
  type Candles,
  colour,
  lowerShadow,
  NEAR,
  SHADOW_VERY_SHORT,
  top,
  upperShadow,
} from '../kernels/candles.ts';
import { exactly } from './parts.ts';

interface Pattern {
  readonly name: string;
  /** Its name at a candle, where the whole one is long. */
  readonly sign?: string;
  readonly aliases?: readonly string[];
  readonly params?: readonly Param[];
  /** Candles that it looks at, those that are averaged included: TA-Lib's look-back and one. */
  readonly bars: number;
  readonly summary: string;
  readonly source: string;
  readonly judge: (candles: Candles, params: readonly number[]) => number;
  /** Neither bullish nor bearish, whatever its value. */
  readonly isUndecided?: true;
  /** Whether it is ever found with a value above zero. */
  readonly isRising: boolean;
}

/** An entry of a pattern: 100 or -100 where it ends in this bar, 0 elsewhere. */
export const pattern = ({
  name,
  sign,
  aliases = [],
  params = [],
  bars,
  summary,
  source,
  judge,
  isUndecided,
  isRising,
}: Pattern): BarsEntry => ({
  name,
  aliases,
  params,
  fields: [],
  levels: [-100, 0, 100],
  scale: 'centred',
  shape: 'signs',
  ...(sign && { sign }),
  ...(isUndecided && { isUndecided }),
  summary,
  source,
  example: `${name} ${isRising ? '>' : '<'} 0`,
  input: 'bars',
  warmup: () => exactly(bars),
  create: (values) => new CandleKernel(bars, (candles) => judge(candles, values)),
});

const isDoji = (candles: Candles): boolean => body(candles.at(0)) <= candles.mean(BODY_DOJI, 0);
const hasUpper = (candles: Candles): boolean => upperShadow(candles.at(0)) >= candles.mean(SHADOW_VERY_SHORT, 0);
const hasLower = (candles: Candles): boolean => lowerShadow(candles.at(0)) >= candles.mean(SHADOW_VERY_SHORT, 0);

/** A small body at the top of a long lower shadow. */
const isHanging = (candles: Candles): boolean => {
  const bar = candles.at(0);
  return body(bar) < candles.mean(BODY_SHORT, 0) && lowerShadow(bar) > body(bar) && !hasUpper(candles);
};

/** A small body at the foot of a long upper shadow. */
const isStanding = (candles: Candles): boolean => {
  const bar = candles.at(0);
  return body(bar) < candles.mean(BODY_SHORT, 0) && upperShadow(bar) > body(bar) && !hasLower(candles);
};

const found = (is: boolean, value: number): number => (is ? value : 0);

/** Patterns of one candle, some with a look at the one before. */
export const CANDLES: readonly BarsEntry[] = [
  pattern({
    name: 'doji',
    isUndecided: true,
    bars: 11,
    summary: 'doji: 100 where a bar opens and closes at nearly one price, neither bullish nor bearish',
    source: 'TA-Lib CDLDOJI',
    isRising: true,
    judge: (candles) => found(isDoji(candles), 100),
  }),
  pattern({
    name: 'dragonflydoji',
    sign: 'dragonfly',
    bars: 11,
    summary: 'dragonfly doji: 100 at a doji with a lower shadow alone, bullish after a fall',
    source: 'TA-Lib CDLDRAGONFLYDOJI',
    isRising: true,
    judge: (candles) =>
      found(
        isDoji(candles) && !hasUpper(candles) && lowerShadow(candles.at(0)) > candles.mean(SHADOW_VERY_SHORT, 0),
        100,
      ),
  }),
  pattern({
    name: 'gravestonedoji',
    sign: 'gravestone',
    bars: 11,
    summary: 'gravestone doji: 100 at a doji with an upper shadow alone, bearish after a rise',
    source: 'TA-Lib CDLGRAVESTONEDOJI, which has 100 and not -100',
    isRising: true,
    judge: (candles) =>
      found(
        isDoji(candles) && !hasLower(candles) && upperShadow(candles.at(0)) > candles.mean(SHADOW_VERY_SHORT, 0),
        100,
      ),
  }),
  pattern({
    name: 'hammer',
    bars: 12,
    summary: 'hammer: 100 at a small body over a long lower shadow near the low before, bullish after a fall',
    source: 'TA-Lib CDLHAMMER',
    isRising: true,
    judge: (candles) =>
      found(isHanging(candles) && bottom(candles.at(0)) <= candles.at(1).low + candles.mean(NEAR, 1), 100),
  }),
  pattern({
    name: 'hangingman',
    sign: 'hanging',
    bars: 12,
    summary: 'hanging man: -100 at a small body over a long lower shadow near the high before, bearish after a rise',
    source: 'TA-Lib CDLHANGINGMAN',
    isRising: false,
    judge: (candles) =>
      found(isHanging(candles) && bottom(candles.at(0)) >= candles.at(1).high - candles.mean(NEAR, 1), -100),
  }),
  pattern({
    name: 'invertedhammer',
    sign: 'inv. hammer',
    bars: 12,
    summary:
      'inverted hammer: 100 at a small body, a gap below the one before, under a long upper shadow, bullish after a fall',
    source: 'TA-Lib CDLINVERTEDHAMMER',
    isRising: true,
    judge: (candles) => found(isStanding(candles) && top(candles.at(0)) < bottom(candles.at(1)), 100),
  }),
  pattern({
    name: 'shootingstar',
    sign: 'shooting',
    bars: 12,
    summary:
      'shooting star: -100 at a small body, a gap above the one before, under a long upper shadow, bearish after a rise',
    source: 'TA-Lib CDLSHOOTINGSTAR',
    isRising: false,
    judge: (candles) => found(isStanding(candles) && bottom(candles.at(0)) > top(candles.at(1)), -100),
  }),
  pattern({
    name: 'marubozu',
    bars: 11,
    summary: 'marubozu: a long body nearly without shadows; 100 is bullish (rising), -100 bearish (falling)',
    source: 'TA-Lib CDLMARUBOZU',
    isRising: true,
    judge: (candles) => {
      const bar = candles.at(0);
      const isBare = !hasUpper(candles) && !hasLower(candles);
      return found(isBare && body(bar) > candles.mean(BODY_LONG, 0), 100 * colour(bar));
    },
  }),
  pattern({
    name: 'spinningtop',
    isUndecided: true,
    sign: 'spinning',
    bars: 11,
    summary: 'spinning top: a small body between longer shadows, undecided; 100 where it rises, -100 where it falls',
    source: 'TA-Lib CDLSPINNINGTOP',
    isRising: true,
    judge: (candles) => {
      const bar = candles.at(0);
      const isBetween = upperShadow(bar) > body(bar) && lowerShadow(bar) > body(bar);
      return found(isBetween && body(bar) < candles.mean(BODY_SHORT, 0), 100 * colour(bar));
    },
  }),
];
