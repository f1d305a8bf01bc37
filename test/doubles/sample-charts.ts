import type { ChartRequest } from '../../charts/request.ts';
import { awkwardRequests, plain } from './awkward-charts.ts';
import {
  alertRequest,
  deviation,
  ema,
  line,
  MINUTES,
  manyPanes,
  START,
  typicalRequest,
  walk,
} from './chart-samples.ts';
import { shapedRequests } from './shaped-charts.ts';

/** Ordinary and awkward pictures by name. */
export function sampleRequests(): Record<string, ChartRequest> {
  const few = walk({
    seed: 5,
    count: 2,
    interval: 5 * MINUTES,
    start: START,
    price: 3412.5,
    digits: 2,
    swing: 0.003,
    volume: 12,
  });
  const flat = Array.from({ length: 60 }, (_, i) => ({
    start: START + i * 5 * MINUTES,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: 0,
    trades: 0,
  }));
  const tiny = walk({
    seed: 11,
    count: 90,
    interval: 60 * MINUTES,
    start: START,
    price: 0.00001234,
    digits: 8,
    swing: 0.01,
    volume: 9e9,
  });
  const huge = walk({
    seed: 12,
    count: 260,
    interval: 1440 * MINUTES,
    start: Date.UTC(2025, 4, 1),
    price: 8_412_345_678,
    digits: 0,
    swing: 0.03,
    volume: 3,
  });
  const dense = walk({
    seed: 13,
    count: 500,
    interval: MINUTES,
    start: START,
    price: 187.3,
    digits: 3,
    swing: 0.0009,
    volume: 4000,
  });
  const closes = dense.map((bar) => bar.close);
  return {
    ...awkwardRequests(),
    ...shapedRequests(),
    typical: typicalRequest(),
    alert: alertRequest(),
    panes: manyPanes(),
    one: plain(few.slice(0, 1), 2),
    two: plain(few, 2, { levels: [{ price: few[1].close + 20, label: 'price > far' }] }),
    none: plain([], 2),
    flat: plain(flat, 4, {
      series: [
        {
          label: 'ema(200)',
          scale: 'price',
          lines: [
            line(
              'ema(200)',
              flat.map(() => Number.NaN),
            ),
          ],
          levels: [],
        },
      ],
    }),
    tiny: plain(tiny, 8, {
      symbol: 'pepeusdt',
      interval: 60 * MINUTES,
      timeZone: 'Asia/Tokyo',
      levels: [
        { price: tiny[40].high * 1.5, label: 'price > far away' },
        { price: tiny[89].close, label: 'price > last' },
        { price: tiny[89].close * 1.002, label: 'price crosses above last' },
      ],
    }),
    huge: plain(huge, 0, {
      symbol: 'btcvnd',
      venue: 'ccxt:kraken',
      interval: 1440 * MINUTES,
      timeZone: 'Asia/Ho_Chi_Minh',
    }),
    dense: plain(dense, 3, {
      symbol: 'solusdt',
      venue: 'binance-usdm',
      interval: MINUTES,
      timeZone: 'Australia/Adelaide',
      series: [
        ...[9, 21, 55, 100, 200].map((n) => ({
          label: `ema(${n})`,
          scale: 'price' as const,
          lines: [line(`ema(${n})`, ema(closes, n))],
          levels: [],
        })),
        {
          label: 'Größe Ω «Скорость» 🚀 squeeze',
          scale: 'own',
          lines: [line('Größe', deviation(closes, 20))],
          levels: [],
        },
      ],
      marks: [120, 126, 480, 499].map((i) => ({
        ts: dense[i].start,
        direction: i % 2 === 0 ? 'up' : 'down',
        price: dense[i].close,
        label: `Тест Ω z > ${i}`,
      })),
    }),
  };
}
