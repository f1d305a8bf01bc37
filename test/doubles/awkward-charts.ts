import type { ChartRequest } from '../../charts/request.ts';
import type { Bar } from '../../engine/market/events.ts';
import { deviation, ema, line, MINUTES, START, sma, typicalRequest, walk } from './chart-samples.ts';

export function plain(bars: readonly Bar[], digits: number, over: Partial<ChartRequest> = {}): ChartRequest {
  return {
    symbol: 'ethusdt',
    venue: 'sim',
    style: 'candles',
    interval: 5 * MINUTES,
    bars,
    digits,
    series: [],
    levels: [],
    marks: [],
    timeZone: 'UTC',
    ...over,
  };
}

/** Twenty alerts at one price, and thirty a few ticks apart around the last one. */
export function crowdedRequest(): ChartRequest {
  const base = typicalRequest(27);
  const last = base.bars[base.bars.length - 1].close;
  const same = Array.from({ length: 20 }, () => ({ price: last - 300, label: 'btcusdt price < somewhere' }));
  const close = Array.from({ length: 30 }, (_, i) => {
    const price = Number((last + (i - 14.5) * 12).toFixed(2));
    return { price, label: `btcusdt price ${i % 2 === 0 ? '>' : '<'} ${price}` };
  });
  return { ...base, series: [], levels: [...same, ...close, { price: last * 2, label: 'btcusdt price > twice that' }] };
}

/** The closes of one over those of another. */
function ratioRequest(): ChartRequest {
  const { bars } = typicalRequest(9);
  const ratios = bars.map((bar) => {
    const ratio = Number((bar.close / 3120).toFixed(6));
    return { ...bar, open: ratio, high: ratio, low: ratio, close: ratio, volume: 0 };
  });
  const closes = ratios.map((bar) => bar.close);
  const means = sma(closes, 20);
  const series = [
    { label: 'ema(20)', scale: 'price' as const, lines: [line('ema(20)', ema(closes, 20))], levels: [] },
    {
      label: 'z(close, 20)',
      scale: 'centred' as const,
      lines: [
        line(
          'z(close, 20)',
          deviation(closes, 20).map((std, i) => (closes[i] - means[i]) / std),
        ),
      ],
      levels: [2, -2],
    },
  ];
  return plain(ratios, 4, { symbol: 'btcusdt/ethusdt', style: 'line', series });
}

/** Pictures that are easily drawn badly, by name. */
export function awkwardRequests(): Record<string, ChartRequest> {
  const base = typicalRequest(31);
  const closes = base.bars.map((bar) => bar.close);
  const spike = base.bars.map((bar, i) => (i === 70 ? { ...bar, high: bar.high * 100, close: bar.close * 60 } : bar));
  const shares = walk({
    seed: 4,
    count: 90,
    interval: 1440 * MINUTES,
    start: Date.UTC(2025, 10, 3),
    price: 187,
    digits: 2,
    swing: 0.012,
    volume: 0,
  });
  const weekdays = shares.filter((bar) => ![0, 6].includes(new Date(bar.start).getUTCDay()));
  const mini = walk({
    seed: 8,
    count: 120,
    interval: MINUTES,
    start: START,
    price: 0.00000123,
    digits: 11,
    swing: 0.004,
    volume: 3e12,
  });
  const giant = walk({
    seed: 2,
    count: 120,
    interval: MINUTES,
    start: START,
    price: 1e9,
    digits: 2,
    swing: 0.002,
    volume: 0.002,
  });
  const apart = (label: string, factor: number) => ({
    label,
    scale: 'price' as const,
    lines: [
      line(
        label,
        closes.map((close) => close * factor),
      ),
    ],
    levels: [],
  });
  const pane = (label: string, factor: number) => ({
    label,
    scale: 'own' as const,
    lines: [
      line(
        label,
        closes.map((close, i) => (close - closes[Math.max(0, i - 5)]) * factor),
      ),
    ],
    levels: [],
  });
  return {
    crowded: crowdedRequest(),
    ratio: ratioRequest(),
    spike: { ...base, bars: spike, series: [] },
    shares: plain(weekdays, 2, {
      symbol: 'aapl',
      venue: 'ingest',
      interval: 1440 * MINUTES,
      timeZone: 'America/New_York',
    }),
    mini: plain(mini, 11, {
      symbol: 'pepeusdt',
      interval: MINUTES,
      series: [
        {
          label: 'ema(20)',
          scale: 'price',
          lines: [
            line(
              'ema(20)',
              ema(
                mini.map((bar) => bar.close),
                20,
              ),
            ),
          ],
          levels: [],
        },
      ],
    }),
    giant: plain(giant, 2, { symbol: 'btcidr', interval: MINUTES }),
    apart: { ...base, series: [apart('sma(close * 2, 3)', 2), apart('close / 100', 0.01), apart('ema(9)', 1.001)] },
    four: {
      ...base,
      series: [pane('close - close[5]', 1), pane('tiny', 1e-9), pane('huge', 1e9), pane('none', Number.NaN)],
    },
    names: plain(base.bars, 2, {
      symbol: '1000000mogusdt-260327-perpetual-settled',
      venue: 'ccxt:some-long-exchange-name',
    }),
    letters: plain(base.bars, 2, { symbol: 'größe価格ωжusdt', venue: 'ингест' }),
    still: plain(
      base.bars.map((bar) => ({ ...bar, open: 1e9, high: 1e9, low: 1e9, close: 1e9 })),
      0,
    ),
    marked: {
      ...typicalRequest(27),
      series: [],
      marks: [20, 21, 45, 80, 80, 118].map((i, n) => {
        const bar = typicalRequest(27).bars[i];
        return {
          ts: bar.start + 1000,
          direction: n % 2 === 0 ? 'up' : 'down',
          price: n % 2 === 0 ? bar.high : bar.low,
          label: '',
        };
      }),
    },
  };
}
