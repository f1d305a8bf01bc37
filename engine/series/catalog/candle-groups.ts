import type { BarsEntry } from '../catalog-entry.ts';
import {
  BODY_LONG,
  BODY_SHORT,
  body,
  bottom,
  type Candles,
  colour,
  EQUAL,
  FAR,
  lowerShadow,
  NEAR,
  SHADOW_VERY_SHORT,
  top,
  upperShadow,
} from '../kernels/candles.ts';
import { pattern } from './candles.ts';
import { factor } from './params.ts';

const isLong = (candles: Candles, ago: number): boolean => body(candles.at(ago)) > candles.mean(BODY_LONG, ago);

function engulfing(candles: Candles): number {
  const [bar, before] = [candles.at(0), candles.at(1)];
  const side = colour(bar);
  if (colour(before) === side) return 0;
  const [highEnd, lowEnd] = [top(bar) - top(before), bottom(before) - bottom(bar)];
  if (highEnd < 0 || lowEnd < 0 || (highEnd === 0 && lowEnd === 0)) return 0;
  return side * (highEnd > 0 && lowEnd > 0 ? 100 : 80);
}

function harami(candles: Candles): number {
  const [bar, before] = [candles.at(0), candles.at(1)];
  if (!isLong(candles, 1) || body(bar) > candles.mean(BODY_SHORT, 0)) return 0;
  const [highEnd, lowEnd] = [top(before) - top(bar), bottom(bar) - bottom(before)];
  if (highEnd < 0 || lowEnd < 0) return 0;
  return -colour(before) * (highEnd > 0 && lowEnd > 0 ? 100 : 80);
}

function piercing(candles: Candles): number {
  const [bar, before] = [candles.at(0), candles.at(1)];
  const isThere =
    colour(before) === -1 &&
    isLong(candles, 1) &&
    colour(bar) === 1 &&
    isLong(candles, 0) &&
    bar.open < before.low &&
    bar.close < before.open &&
    bar.close > before.close + body(before) * 0.5;
  return isThere ? 100 : 0;
}

function darkCloud(candles: Candles, penetration: number): number {
  const [bar, before] = [candles.at(0), candles.at(1)];
  const isThere =
    colour(before) === 1 &&
    isLong(candles, 1) &&
    colour(bar) === -1 &&
    bar.open > before.high &&
    bar.close > before.open &&
    bar.close < before.close - body(before) * penetration;
  return isThere ? -100 : 0;
}

/** A long candle, a small one beyond a gap, and one that comes back into the first; `side` is that of the third. */
function star(candles: Candles, side: 1 | -1, penetration: number): number {
  const [bar, middle, first] = [candles.at(0), candles.at(1), candles.at(2)];
  const hasGap = side === 1 ? top(middle) < bottom(first) : bottom(middle) > top(first);
  const isThere =
    colour(first) === -side &&
    isLong(candles, 2) &&
    body(middle) <= candles.mean(BODY_SHORT, 1) &&
    hasGap &&
    colour(bar) === side &&
    body(bar) > candles.mean(BODY_SHORT, 0) &&
    side * bar.close > side * first.close + body(first) * penetration;
  return isThere ? 100 * side : 0;
}

/** Whether the candle `ago` goes on from the one before it as a soldier does. */
function followsUp(candles: Candles, ago: number): boolean {
  const [bar, before] = [candles.at(ago), candles.at(ago + 1)];
  return (
    bar.close > before.close &&
    bar.open > before.open &&
    bar.open <= before.close + candles.mean(NEAR, ago + 1) &&
    body(bar) > body(before) - candles.mean(FAR, ago + 1)
  );
}

function soldiers(candles: Candles): number {
  for (let ago = 0; ago < 3; ago++) {
    const bar = candles.at(ago);
    if (colour(bar) !== 1 || upperShadow(bar) >= candles.mean(SHADOW_VERY_SHORT, ago)) return 0;
  }
  const isThere = followsUp(candles, 0) && followsUp(candles, 1) && body(candles.at(0)) > candles.mean(BODY_SHORT, 0);
  return isThere ? 100 : 0;
}

function crows(candles: Candles): number {
  for (let ago = 0; ago < 3; ago++) {
    const bar = candles.at(ago);
    if (colour(bar) !== -1 || lowerShadow(bar) >= candles.mean(SHADOW_VERY_SHORT, ago)) return 0;
  }
  const opensWithin = (ago: number): boolean =>
    candles.at(ago).open < candles.at(ago + 1).open && candles.at(ago).open > candles.at(ago + 1).close;
  const falls = (ago: number): boolean => candles.at(ago).close < candles.at(ago + 1).close;
  const isThere =
    colour(candles.at(3)) === 1 &&
    candles.at(3).high > candles.at(2).close &&
    [0, 1].every((ago) => opensWithin(ago) && falls(ago));
  return isThere ? -100 : 0;
}

function tweezer(candles: Candles): number {
  const [bar, before] = [candles.at(0), candles.at(1)];
  const side = colour(bar);
  if (colour(before) === side || !isLong(candles, 1)) return 0;
  const apart = side === 1 ? bar.low - before.low : bar.high - before.high;
  return Math.abs(apart) <= candles.mean(EQUAL, 1) ? 100 * side : 0;
}

/** Patterns of several candles. */
export const CANDLE_GROUPS: readonly BarsEntry[] = [
  pattern({
    name: 'engulfing',
    sign: 'engulfs',
    bars: 3,
    summary:
      'engulfing: a body around the opposite one before; 100 is bullish, -100 bearish, 80 where one end is equal',
    source: 'TA-Lib CDLENGULFING',
    isRising: true,
    judge: engulfing,
  }),
  pattern({
    name: 'harami',
    bars: 12,
    summary: 'harami: a small body within the long one before; 100 is bullish, -100 bearish, 80 where one end is equal',
    source: 'TA-Lib CDLHARAMI',
    isRising: true,
    judge: harami,
  }),
  pattern({
    name: 'piercing',
    bars: 12,
    summary:
      'piercing line: 100 where a bar opens below a long black one and closes above its middle, bullish after a fall',
    source: 'TA-Lib CDLPIERCING',
    isRising: true,
    judge: piercing,
  }),
  pattern({
    name: 'darkcloud',
    sign: 'cloud',
    aliases: ['darkcloudcover'],
    params: [factor('penetration', 0.5, 0, 1)],
    bars: 12,
    summary:
      'dark cloud cover: -100 where a bar opens above a long white one and closes deep in it, bearish after a rise',
    source: 'TA-Lib CDLDARKCLOUDCOVER',
    isRising: false,
    judge: (candles, [penetration]) => darkCloud(candles, penetration),
  }),
  pattern({
    name: 'tweezer',
    bars: 12,
    summary:
      'tweezer: two opposite bars with one low (100, bullish) or one high (-100, bearish), the first of them long',
    source: "Nison 1991; not in TA-Lib, long and equal as TA-Lib's settings have them",
    isRising: true,
    judge: tweezer,
  }),
  pattern({
    name: 'morningstar',
    sign: 'morning',
    params: [factor('penetration', 0.3, 0, 1)],
    bars: 13,
    summary: 'morning star: 100 at a long black bar, a small one below and a white one back into the first, bullish',
    source: 'TA-Lib CDLMORNINGSTAR',
    isRising: true,
    judge: (candles, [penetration]) => star(candles, 1, penetration),
  }),
  pattern({
    name: 'eveningstar',
    sign: 'evening',
    params: [factor('penetration', 0.3, 0, 1)],
    bars: 13,
    summary: 'evening star: -100 at a long white bar, a small one above and a black one back into the first, bearish',
    source: 'TA-Lib CDLEVENINGSTAR',
    isRising: false,
    judge: (candles, [penetration]) => star(candles, -1, penetration),
  }),
  pattern({
    name: 'threewhitesoldiers',
    sign: '3 soldiers',
    aliases: ['soldiers'],
    bars: 13,
    summary: 'three white soldiers: 100 at the third of three rising white bars that close near their highs, bullish',
    source: 'TA-Lib CDL3WHITESOLDIERS',
    isRising: true,
    judge: soldiers,
  }),
  pattern({
    name: 'threeblackcrows',
    sign: '3 crows',
    aliases: ['crows'],
    bars: 14,
    summary: 'three black crows: -100 at the third of three falling black bars that close near their lows, bearish',
    source: 'TA-Lib CDL3BLACKCROWS',
    isRising: false,
    judge: crows,
  }),
];
