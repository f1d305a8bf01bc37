import type { Kernel } from '../catalog-entry.ts';

/** The newest few numbers of a series, zero before it began. */
class Recent {
  private readonly ring: Float64Array;
  private newest = 0;

  constructor(size: number) {
    this.ring = new Float64Array(size);
  }

  /** Makes room for a new one, to be `set`. */
  push(): void {
    this.newest = (this.newest + 1) % this.ring.length;
    this.ring[this.newest] = 0;
  }

  set(x: number): void {
    this.ring[this.newest] = x;
  }

  at(lag: number): number {
    return this.ring[(this.newest + this.ring.length - lag) % this.ring.length];
  }
}

/** Mean of the newest four, weighted 4 to 1. */
const smoothedPrice = (of: Recent): number => (4 * of.at(0) + 3 * of.at(1) + 2 * of.at(2) + of.at(3)) / 10;

/** Ehlers' Hilbert transform as a filter of seven. */
const quadrature = (of: Recent, lag = 0): number =>
  0.0962 * of.at(lag) + 0.5769 * of.at(lag + 2) - 0.5769 * of.at(lag + 4) - 0.0962 * of.at(lag + 6);

const stillPhasor = () => ({ inPhase: 0, quadrature: 0, re: 0, im: 0, period: 0 });
type Phasor = ReturnType<typeof stillPhasor>;

const SKIPPED = 12;

/**
 * Ehlers' homodyne discriminator: period of the dominant cycle in bars (6 to 50 once settled), and the in-phase and quadrature
 * parts of the price. It begins with the 13th input, as that of TA-Lib's MAMA.
 */
export class DominantCycleKernel implements Kernel<number> {
  readonly values = new Float64Array(3).fill(Number.NaN);
  private readonly prices = new Recent(4);
  private readonly smoothed = new Recent(7);
  private readonly detrended = new Recent(10);
  private readonly quadratures = new Recent(7);
  private closed = stillPhasor();
  private open = stillPhasor();
  private seen = 0;

  add(price: number): void {
    const { closed } = this;
    this.closed = this.open;
    this.open = closed;
    this.seen++;
    this.prices.push();
    this.smoothed.push();
    this.detrended.push();
    this.quadratures.push();
    this.replace(price);
  }

  replace(price: number): void {
    const { closed, open, detrended, quadratures, values } = this;
    this.prices.set(price);
    if (this.seen <= SKIPPED) return;
    const adjustment = 0.075 * closed.period + 0.54;
    this.smoothed.set(smoothedPrice(this.prices));
    detrended.set(quadrature(this.smoothed) * adjustment);
    const q = quadrature(detrended) * adjustment;
    quadratures.set(q);
    const i = detrended.at(3);
    open.inPhase = 0.2 * (i - quadrature(quadratures) * adjustment) + 0.8 * closed.inPhase;
    open.quadrature = 0.2 * (q + quadrature(detrended, 3) * adjustment) + 0.8 * closed.quadrature;
    measure(closed, open);
    values[0] = open.period;
    values[1] = i;
    values[2] = q;
  }
}

/** The period from how far the phasor has turned since the bar before. */
function measure(closed: Phasor, open: Phasor): void {
  open.re = 0.2 * (open.inPhase * closed.inPhase + open.quadrature * closed.quadrature) + 0.8 * closed.re;
  open.im = 0.2 * (open.inPhase * closed.quadrature - open.quadrature * closed.inPhase) + 0.8 * closed.im;
  const turned = open.im * open.re === 0 ? closed.period : (2 * Math.PI) / Math.atan(open.im / open.re);
  const near = Math.max(0.67 * closed.period, Math.min(1.5 * closed.period, turned));
  open.period = 0.2 * Math.max(6, Math.min(50, near)) + 0.8 * closed.period;
}

/** Mean of as many of the newest inputs as the cycle is long, 1 to 50. */
export class CycleMeanKernel implements Kernel<{ price: number; bars: number }> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly prices = new Recent(50);

  add(input: { price: number; bars: number }): void {
    this.prices.push();
    this.replace(input);
  }

  replace({ price, bars }: { price: number; bars: number }): void {
    this.prices.set(price);
    let sum = 0;
    for (let lag = 0; lag < bars; lag++) sum += this.prices.at(lag) - price;
    this.values[0] = price + sum / bars;
  }
}
