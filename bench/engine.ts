import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import type { Scope } from '../engine/language/scope.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { parseTradeFrame } from '../feeds/binance-parse.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

const INSTRUMENTS = 100;
const RULES = 10_000;
const FRAMES = 300_000;
const ROUNDS = 3;
const T0 = 1_700_000_100_000;

/** Twenty kinds of live series, over three intervals. */
const KINDS = [
  '1m price',
  '1m close',
  '1m sma(20)',
  '1m ema(20)',
  '1m rsi(14)',
  '1m z(20)',
  '1m std(20)',
  '1m change(5)',
  '1m macd',
  '1m bb(20).upper',
  '5m close',
  '5m ema(50)',
  '5m rsi(14)',
  '5m z(60)',
  '5m atr(14)',
  '5m highest(20)',
  '5m volume',
  '15m lowest(20)',
  '15m macd.histogram',
  '15m bb(20).width',
];

const symbol = (i: number): string => `COIN${i}USDT`;

/** Frames as the venue sends them: a random walk by ticks, trades in bursts at one price as real ones are. */
export function binanceFrames(count: number, instruments = INSTRUMENTS): string[] {
  const random = createRandom(7);
  const prices = Array.from({ length: instruments }, () => 10_000 + Math.floor(random() * 90_000));
  const ids = Array.from({ length: instruments }, () => 1_000_000);
  return Array.from({ length: count }, (_, n) => {
    const i = Math.floor(random() * instruments);
    if (random() < 0.5) prices[i] += random() < 0.5 ? -1 : 1;
    const ts = T0 + Math.floor(n * 2);
    const s = symbol(i);
    const price = (prices[i] / 100).toFixed(2);
    const size = (random() * 3).toFixed(5);
    const id = ids[i]++;
    return `{"stream":"${s.toLowerCase()}@trade","data":{"e":"trade","E":${ts + 3},"s":"${s}","t":${id},"p":"${price}","q":"${size}","T":${ts},"m":${random() < 0.5},"M":true}}`;
  });
}

function loadedEngine(): Engine {
  const engine = new Engine();
  const scope: Scope = {
    resolve: (name) => (name.includes(':') ? name.toLowerCase() : undefined),
    suggest: () => [],
    instrument: undefined,
    interval: MINUTE,
    now: T0,
    wallTime: Date.UTC,
  };
  const random = createRandom(11);
  for (let i = 0; i < INSTRUMENTS; i++) {
    const instrument = `binance:${symbol(i).toLowerCase()}`;
    for (const interval of [MINUTE, 5 * MINUTE, 15 * MINUTE]) {
      const bars = Array.from({ length: 400 }, (_, k) => {
        const price = 100 + random() * 900;
        const start = Math.floor(T0 / interval) * interval - (400 - k) * interval;
        return { start, open: price, high: price + 1, low: price - 1, close: price, volume: 5, trades: 9 };
      });
      engine.watch(instrument, interval, 400);
      engine.apply({ type: 'bars', instrument, interval, bars });
    }
    for (let k = 0; k < RULES / INSTRUMENTS; k++) {
      const [interval, series] = KINDS[k % KINDS.length].split(' ');
      const level = levelFor(series, random);
      const text = parseRule(`${instrument} ${interval} ${series} > ${level}`, scope);
      engine.apply({ type: 'rule-set', ts: T0, rule: { id: `${i}-${k}`, text } });
    }
  }
  return engine;
}

function levelFor(series: string, random: () => number): string {
  if (/rsi/.test(series)) return (20 + random() * 60).toFixed(2);
  if (/z|macd/.test(series)) return (random() * 4 - 2).toFixed(3);
  if (/change|width/.test(series)) return `${(random() * 3).toFixed(3)}%`;
  return (100 + random() * 900).toFixed(2);
}

/** Trades a second through parse and engine, as a ratio to JSON.parse of the same frames. */
export function benchEngine(): readonly BenchRow[] {
  const frames = binanceFrames(FRAMES);
  const engine = loadedEngine();
  for (const frame of frames.slice(0, 20_000)) JSON.parse(frame);
  let parse = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    for (const frame of frames) JSON.parse(frame);
    parse = Math.min(parse, performance.now() - from);
  }
  // One pass over a fresh tape: every trade moves the market on, as it would live.
  const half = FRAMES / 2;
  for (const frame of frames.slice(0, half)) engine.apply(parseTradeFrame(frame)!);
  let fired = 0;
  const from = performance.now();
  for (let n = half; n < FRAMES; n++) {
    const events = engine.apply(parseTradeFrame(frames[n])!);
    for (let i = 0; i < events.length; i++) if (events[i].type === 'fired') fired++;
  }
  const took = performance.now() - from;
  const rate = (half / took) * 1000;
  const jsonRate = (FRAMES / parse) * 1000;
  return [
    {
      name: `parse + engine, ${INSTRUMENTS} instruments, ${RULES} rules, ${engine.size().series} series`,
      figure: `${Math.round(rate).toLocaleString('en')} trades/s (JSON.parse alone ${Math.round(jsonRate).toLocaleString('en')}/s, ${fired} firings)`,
      ratio: (rate / jsonRate).toFixed(2),
      wanted: 'at least 0.25',
    },
  ];
}
