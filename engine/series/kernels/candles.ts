import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';

export const body = (bar: Bar): number => Math.abs(bar.close - bar.open);
export const range = (bar: Bar): number => bar.high - bar.low;
export const top = (bar: Bar): number => Math.max(bar.open, bar.close);
export const bottom = (bar: Bar): number => Math.min(bar.open, bar.close);
export const upperShadow = (bar: Bar): number => bar.high - top(bar);
export const lowerShadow = (bar: Bar): number => bottom(bar) - bar.low;
/** 1 for a white candle, -1 for a black one; one without a body is white, as in TA-Lib. */
export const colour = (bar: Bar): 1 | -1 => (bar.close >= bar.open ? 1 : -1);

/** What counts as long, short or near: `factor` times the average measure of the `bars` candles before. */
export interface CandleSetting {
  readonly measure: (bar: Bar) => number;
  readonly bars: number;
  readonly factor: number;
}

/** The settings that TA-Lib begins with. */
export const BODY_LONG: CandleSetting = { measure: body, bars: 10, factor: 1 };
export const BODY_SHORT: CandleSetting = { measure: body, bars: 10, factor: 1 };
export const BODY_DOJI: CandleSetting = { measure: range, bars: 10, factor: 0.1 };
export const SHADOW_VERY_SHORT: CandleSetting = { measure: range, bars: 10, factor: 0.1 };
export const NEAR: CandleSetting = { measure: range, bars: 5, factor: 0.2 };
export const FAR: CandleSetting = { measure: range, bars: 5, factor: 0.6 };
export const EQUAL: CandleSetting = { measure: range, bars: 5, factor: 0.05 };

/** The newest candles, as a pattern sees them: `ago` counts from 0, the newest. */
export interface Candles {
  at(ago: number): Bar;
  /** What a setting means for the candle `ago`: those before it are averaged, it is not. */
  mean(setting: CandleSetting, ago: number): number;
}

/**
 * A pattern of candles, judged anew with every update: at most a dozen bars are looked at, whatever the history. What it sees depends
 * on the last `bars` alone.
 */
export class CandleKernel implements Kernel<Bar>, Candles {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly bars: number;
  private readonly judge: (candles: Candles) => number;
  /** Oldest first. */
  private readonly seen: Bar[] = [];

  /** @param bars candles that the pattern looks at, those that are averaged included */
  constructor(bars: number, judge: (candles: Candles) => number) {
    this.bars = bars;
    this.judge = judge;
  }

  add(bar: Bar): void {
    this.seen.push(bar);
    if (this.seen.length > this.bars) this.seen.shift();
    this.update();
  }

  replace(bar: Bar): void {
    this.seen[this.seen.length - 1] = bar;
    this.update();
  }

  private update(): void {
    if (this.seen.length === this.bars) this.values[0] = this.judge(this);
  }

  at(ago: number): Bar {
    return this.seen[this.seen.length - 1 - ago];
  }

  mean({ measure, bars, factor }: CandleSetting, ago: number): number {
    const end = this.seen.length - 1 - ago;
    let sum = 0;
    for (let i = end - bars; i < end; i++) sum += measure(this.seen[i]);
    return factor * (sum / bars);
  }
}
