import type { ChartLine, ChartRequest } from '../../charts/request.ts';
import type { Bar } from '../../engine/market/events.ts';

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface WalkOptions {
  readonly seed: number;
  readonly count: number;
  readonly interval: number;
  readonly start: number;
  readonly price: number;
  readonly digits: number;
  /** Typical move of a bar as a share of the price. */
  readonly swing: number;
  readonly volume: number;
}

/** A random walk of bars. */
export function walk(options: WalkOptions): Bar[] {
  const random = seeded(options.seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const round = (value: number) => Number(value.toFixed(options.digits));
  const bars: Bar[] = [];
  let price = options.price;
  let drift = 0;
  for (let i = 0; i < options.count; i++) {
    drift = drift * 0.92 + normal() * options.swing * 0.1;
    const open = round(price);
    const close = round(price * (1 + drift + normal() * options.swing));
    const reach = options.swing * price * 0.8;
    const high = round(Math.max(open, close) + Math.abs(normal()) * reach);
    const low = round(Math.max(10 ** -options.digits, Math.min(open, close) - Math.abs(normal()) * reach));
    const volume = Number(
      (options.volume * Math.exp(normal() * 0.5 + Math.abs(close / open - 1) / options.swing / 2)).toFixed(3),
    );
    bars.push({
      start: options.start + i * options.interval,
      open,
      high,
      low,
      close,
      volume,
      trades: Math.round(volume * 10),
    });
    price = close;
  }
  return bars;
}

export function sma(values: readonly number[], length: number): number[] {
  return values.map((_, i) => {
    if (i + 1 < length) return Number.NaN;
    let sum = 0;
    for (let j = i + 1 - length; j <= i; j++) sum += values[j];
    return sum / length;
  });
}

export function ema(values: readonly number[], length: number): number[] {
  let mean = Number.NaN;
  return values.map((value, i) => {
    mean = i === 0 ? value : mean + (2 / (length + 1)) * (value - mean);
    return i + 1 < length ? Number.NaN : mean;
  });
}

export function deviation(values: readonly number[], length: number): number[] {
  const means = sma(values, length);
  return values.map((_, i) => {
    let sum = 0;
    for (let j = Math.max(0, i + 1 - length); j <= i; j++) sum += (values[j] - means[i]) ** 2;
    return Math.sqrt(sum / length);
  });
}

function rsi(values: readonly number[], length: number): number[] {
  let up = 0;
  let down = 0;
  return values.map((value, i) => {
    const change = i === 0 ? 0 : value - values[i - 1];
    up += (Math.max(0, change) - up) / length;
    down += (Math.max(0, -change) - down) / length;
    return i < length ? Number.NaN : 100 - 100 / (1 + up / (down || 1e-12));
  });
}

export function line(label: string, values: readonly number[]): ChartLine {
  return { label, values };
}

export const MINUTES = 60_000;
export const START = Date.UTC(2026, 2, 11, 8, 0);

/** 120 candles with three lines over them, volume and one pane: what a chat mostly asks for. */
export function typicalRequest(seed = 7, count = 120): ChartRequest {
  const bars = walk({
    seed,
    count,
    interval: 5 * MINUTES,
    start: START,
    price: 64_402.1,
    digits: 2,
    swing: 0.0016,
    volume: 84,
  });
  const closes = bars.map((bar) => bar.close);
  return {
    symbol: 'btcusdt',
    venue: 'binance',
    style: 'candles',
    interval: 5 * MINUTES,
    bars,
    digits: 2,
    series: [
      { label: 'ema(20)', scale: 'price', lines: [line('ema(20)', ema(closes, 20))], levels: [] },
      { label: 'ema(50)', scale: 'price', lines: [line('ema(50)', ema(closes, 50))], levels: [] },
      { label: 'sma(9)', scale: 'price', lines: [line('sma(9)', sma(closes, 9))], levels: [] },
      { label: 'rsi(14)', scale: 'percent', lines: [line('rsi(14)', rsi(closes, 14))], levels: [30, 70] },
    ],
    levels: [],
    marks: [],
    timeZone: 'Europe/Berlin',
  };
}

/** An alert's picture: its level, its firing, the series that it watches. */
export function alertRequest(): ChartRequest {
  const base = typicalRequest(27);
  const closes = base.bars.map((bar) => bar.close);
  const means = sma(closes, 20);
  const stds = deviation(closes, 20);
  const z = closes.map((close, i) => (close - means[i]) / stds[i]);
  const fired = z.findIndex((value, i) => i > 100 && value > 2);
  const bar = base.bars[fired];
  const level = Math.round((Math.max(...closes) + 60) / 50) * 50;
  return {
    ...base,
    series: [
      {
        label: 'bb(20, 2)',
        scale: 'price',
        lines: [
          line(
            'bb.upper',
            means.map((mean, i) => mean + 2 * stds[i]),
          ),
          line('bb.middle', means),
          line(
            'bb.lower',
            means.map((mean, i) => mean - 2 * stds[i]),
          ),
        ],
        levels: [],
      },
      { label: 'z(close, 20)', scale: 'centred', lines: [line('z(close, 20)', z)], levels: [2] },
    ],
    levels: [{ price: level, label: `price > ${level.toLocaleString('en-US')}` }],
    marks: [{ ts: bar.start + 200_000, direction: 'up', price: bar.high, label: 'z > 2' }],
  };
}

export function manyPanes(): ChartRequest {
  const base = typicalRequest(3, 180);
  const closes = base.bars.map((bar) => bar.close);
  const fast = ema(closes, 12);
  const slow = ema(closes, 26);
  const macd = fast.map((value, i) => value - slow[i]);
  const signal = ema(
    macd.map((value) => (Number.isFinite(value) ? value : 0)),
    9,
  );
  return {
    ...base,
    interval: 60 * MINUTES,
    bars: base.bars.map((bar, i) => ({ ...bar, start: START + i * 60 * MINUTES })),
    timeZone: 'America/New_York',
    series: [
      base.series[0],
      { label: 'rsi(14)', scale: 'percent', lines: base.series[3].lines, levels: [30, 70] },
      {
        label: 'macd(12, 26, 9)',
        scale: 'centred',
        lines: [
          line('macd.macd', macd),
          line('macd.signal', signal),
          line(
            'macd.histogram',
            macd.map((value, i) => value - signal[i]),
          ),
        ],
        levels: [],
      },
      {
        label: 'bbw(20)',
        scale: 'fraction',
        lines: [
          line(
            'bbw(20)',
            deviation(closes, 20).map((std, i) => (4 * std) / closes[i]),
          ),
        ],
        levels: [0.01],
      },
      {
        label: 'sma(volume, 20)',
        scale: 'volume',
        lines: [
          line(
            'sma(volume, 20)',
            sma(
              base.bars.map((bar) => bar.volume * 1000),
              20,
            ),
          ),
        ],
        levels: [],
      },
    ],
    marks: base.bars
      .filter((_, i) => i % 50 === 30)
      .map((bar, i) => ({
        ts: START + (i * 50 + 30) * 60 * MINUTES,
        direction: 'down',
        price: bar.low,
        label: `rsi(14) < 30 (${i + 1})`,
      })),
  };
}
