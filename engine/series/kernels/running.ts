import type { Bar } from '../../market/events.ts';
import type { Kernel } from '../catalog-entry.ts';

/** A total that goes on from bar to bar: `step` makes it from the one before, the bar, and the bar before (if any). */
export class RunningKernel implements Kernel<Bar> {
  readonly values: Float64Array;
  private readonly step: (total: number, bar: Bar, before: Bar | undefined) => number;
  private total: number;
  private before: Bar | undefined;
  private newest: Bar | undefined;

  /** @param start the total before the first bar */
  constructor(start: number, step: (total: number, bar: Bar, before: Bar | undefined) => number) {
    this.values = new Float64Array(1).fill(Number.NaN);
    this.total = start;
    this.step = step;
  }

  add(bar: Bar): void {
    if (this.newest !== undefined) this.total = this.values[0];
    this.before = this.newest;
    this.replace(bar);
  }

  replace(bar: Bar): void {
    this.newest = bar;
    this.values[0] = this.step(this.total, bar, this.before);
  }
}

/** Length of a run of rises (above zero) or falls (below) of a value; 0 where it stayed. */
export class StreakKernel implements Kernel<number> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private run = 0;
  private before = Number.NaN;
  private newest = Number.NaN;

  add(input: number): void {
    if (!Number.isNaN(this.values[0])) this.run = this.values[0];
    this.before = this.newest;
    this.replace(input);
  }

  replace(input: number): void {
    this.newest = input;
    if (Number.isNaN(this.before)) return;
    if (input > this.before) this.values[0] = Math.max(0, this.run) + 1;
    else if (input < this.before) this.values[0] = Math.min(0, this.run) - 1;
    else this.values[0] = 0;
  }
}

const DAY_MS = 86_400_000;

/** Mean of the typical price weighted with the volume, since midnight UTC; the bar's own where nothing was traded yet. */
export class SessionVwapKernel implements Kernel<Bar> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private day = Number.NaN;
  private money = 0;
  private volume = 0;
  private openMoney = 0;
  private openVolume = 0;

  add(bar: Bar): void {
    const day = Math.floor(bar.start / DAY_MS);
    const goesOn = day === this.day;
    this.money = goesOn ? this.money + this.openMoney : 0;
    this.volume = goesOn ? this.volume + this.openVolume : 0;
    this.day = day;
    this.replace(bar);
  }

  replace(bar: Bar): void {
    const price = (bar.high + bar.low + bar.close) / 3;
    this.openMoney = price * bar.volume;
    this.openVolume = bar.volume;
    const volume = this.volume + bar.volume;
    this.values[0] = volume > 0 ? (this.money + this.openMoney) / volume : price;
  }
}

/**
 * Klinger's volume force: the volume, signed with the trend of the typical price and weighted with how much of the range since the
 * trend turned is the bar's own.
 */
export class VolumeForceKernel implements Kernel<Bar> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  /** As of the bar before. */
  private closed = { sum: Number.NaN, range: 0, trend: 0, travelled: 0 };
  private open = { sum: Number.NaN, range: 0, trend: 0, travelled: 0 };

  add(bar: Bar): void {
    const { closed } = this;
    this.closed = this.open;
    this.open = closed;
    this.replace(bar);
  }

  replace(bar: Bar): void {
    const { closed, open } = this;
    open.sum = bar.high + bar.low + bar.close;
    open.range = bar.high - bar.low;
    if (Number.isNaN(closed.sum)) return;
    open.trend = open.sum === closed.sum ? closed.trend : open.sum > closed.sum ? 1 : -1;
    open.travelled = (open.trend === closed.trend ? closed.travelled : closed.range) + open.range;
    const share = open.travelled === 0 ? Number.NaN : open.range / open.travelled;
    const weight = Number.isNaN(share) ? 0 : Math.abs(2 * share - 1);
    this.values[0] = 100 * bar.volume * weight * (open.trend < 0 ? -1 : 1);
  }
}
