import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import type { Scope } from '../engine/language/scope.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';

const INSTRUMENTS = 1_000;
const STEP = 5 * MINUTE;
const T0 = 1_700_000_100_000;
const HISTORY = 160;
const ROUNDS = 6;

const scope: Scope = {
  resolve: (name) => (name.includes(':') ? name.toLowerCase() : undefined),
  suggest: () => [],
  instrument: undefined,
  interval: STEP,
  now: T0,
  wallTime: Date.UTC,
};
const instrumentOf = (i: number): string => `binance:coin${i}usdt`;

/** All of them with an alert on it, in which OTHER is another one of them. */
function watchedEngine(random: () => number, condition: string): Engine {
  const engine = new Engine();
  for (let i = 0; i < INSTRUMENTS; i++) {
    let close = 100;
    const bars = Array.from({ length: HISTORY }, (_, k) => {
      const open = close;
      close *= 1 + (random() - 0.5) / 250;
      const [high, low] = [Math.max(open, close) * 1.001, Math.min(open, close) * 0.999];
      return { start: T0 - (HISTORY - k) * STEP, open, high, low, close, volume: 5 * random(), trades: 9 };
    });
    const instrument = instrumentOf(i);
    engine.watch(instrument, STEP, HISTORY);
    engine.apply({ type: 'bars', instrument, interval: STEP, bars });
    const text = parseRule(
      `${instrument} 5m ${condition.replace('OTHER', instrumentOf((i + 1) % INSTRUMENTS))}`,
      scope,
    );
    engine.apply({ type: 'rule-set', ts: T0, rule: { id: `${i}`, text } });
  }
  return engine;
}

/** What holds the engine up longest where a thousand instruments are watched: all of their bars close at once, with and without trades. */
function closing(condition: string, what: string): BenchRow {
  const random = createRandom(5);
  const engine = watchedEngine(random, condition);
  const took: Record<'traded' | 'still', number[]> = { traded: [], still: [] };
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const start = T0 + round * STEP;
    const isTraded = round % 2 === 0;
    for (let i = 0; isTraded && i < INSTRUMENTS; i++) {
      const base = { type: 'trade', size: 1, side: 'buy', id: `${round}-${i}` } as const;
      engine.apply({ ...base, instrument: instrumentOf(i), ts: start + 1_000, price: 100 + random() });
    }
    const from = process.cpuUsage();
    engine.apply({ type: 'clock', ts: start + STEP + 5_000 });
    const { user, system } = process.cpuUsage(from);
    took[isTraded ? 'traded' : 'still'].push((user + system) / 1_000);
  }
  const [traded, still] = [Math.min(...took.traded), Math.min(...took.still)];
  return {
    name: `${INSTRUMENTS} bars close at once, each with an alert on its ${what}`,
    figure: `${traded.toFixed(1)} ms of processor time, ${still.toFixed(1)} ms where nothing was traded`,
    wanted: 'at most 50 ms',
  };
}

export function benchCloses(): readonly BenchRow[] {
  return [
    closing('anomaly > 0.9', 'anomaly'),
    closing('garch(100) > 2%', 'volatility by GARCH(1,1)'),
    closing('coint(OTHER, 140) < 0.05', 'cointegration with another one'),
  ];
}
