import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../market/events.ts';
import { anchorOf } from './anchor.ts';
import { CATALOG } from './catalog.ts';
import type { BarsEntry, Kernel, SeriesEntry } from './catalog-entry.ts';

const RUNS = 20;

type Streaming = SeriesEntry | BarsEntry;
interface Case {
  readonly entry: Streaming;
  readonly params: readonly number[];
  /** How many inputs it is given when it is begun anew, or at a start. */
  readonly every: number;
}

/** xorshift32, uniform in [0, 1). */
function uniformOf(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/**
 * A long market of changing moods: calm, wild, trends up and down, and moments in which nothing is traded. These are short: where
 * nothing moves for as long as an oscillator remembers, it forgets, too, and says the middle.
 */
function walk(seed: number, count: number): Bar[] {
  const random = uniformOf(seed);
  const bars: Bar[] = [];
  let close = 10 ** (random() * 5);
  let [drift, noise, quiet] = [0, 0.002, 0];
  for (let i = 0; i < count; i++) {
    if (random() < 1 / 150) {
      noise = 10 ** (-3 + random());
      drift = (random() - 0.5) * 0.6 * noise;
    }
    if (random() < 1 / 60) quiet = Math.floor(random() * 6);
    const isQuiet = quiet-- > 0;
    const open = close;
    if (!isQuiet) close = open * Math.exp(drift + noise * (random() + random() + random() - 1.5));
    const [up, down] = isQuiet ? [0, 0] : [random() * noise, random() * noise];
    const volume = isQuiet ? 0 : random() * 50;
    bars.push({
      start: 1_704_067_200_000 + i * 60_000,
      open,
      high: Math.max(open, close) * (1 + up),
      low: Math.min(open, close) * (1 - down),
      close,
      volume,
      trades: isQuiet ? 0 : 1 + Math.floor(random() * 90),
      bought: volume * random(),
    });
  }
  return bars;
}

function run(
  { entry, params }: Case,
  bars: readonly Bar[],
  from: number,
  each: (values: Float64Array, i: number) => void,
) {
  const kernel = entry.create(params) as Kernel<Bar> & Kernel<number>;
  const input = entry.input === 'bars' ? undefined : (entry.defaultInput ?? 'close');
  for (let i = from; i < bars.length; i++) {
    if (input === undefined) kernel.add(bars[i]!);
    else kernel.add(bars[i]![input]);
    each(kernel.values, i);
  }
}

function caseOf(entry: Streaming, params: readonly number[]): Case {
  return { entry, params, every: anchorOf(entry, params, '', 60_000)?.every ?? entry.warmup(params).settled };
}

/** The usual parameters, and lengths of a few dozen bars. */
function someParams(entry: Streaming): fc.Arbitrary<readonly number[]> {
  const usual = entry.params.map((param) => param.default);
  const others = entry.params.map((param) =>
    param.kind === 'number'
      ? fc.constant(param.default)
      : fc.integer({ min: param.min, max: Math.min(param.max, param.min + 40) }),
  );
  return fc.oneof(fc.constant(usual), fc.tuple(...others));
}

const streaming = CATALOG.filter((entry): entry is Streaming => entry.input === 'series' || entry.input === 'bars');
const anchored = streaming.filter((entry) => !entry.warmup(entry.params.map((param) => param.default)).counts);

describe('a value depends on the bars that a start has, be it begun anew or not', () => {
  it.each(anchored.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
    fc.assert(
      fc.property(fc.integer(), someParams(entry), (seed, params) => {
        const one = caseOf(entry, params);
        const { first, settled } = entry.warmup(params);
        // Only 2500 inputs are kept: what wants more is begun anew from these, and may jump.
        fc.pre(settled <= one.every);
        const bars = walk(seed, 2 * one.every + 300);
        const size = new Float64Array(Math.max(1, entry.fields.length));
        let long: number[] = [];
        let short: number[] = [];
        run(one, bars, 0, (values, i) => {
          for (let f = 0; f < size.length; f++) if (Math.abs(values[f]!) > size[f]!) size[f] = Math.abs(values[f]!);
          if (i === bars.length - 1) long = [...values];
        });
        run(one, bars, bars.length - one.every, (values) => {
          short = [...values];
        });
        if (settled <= first) expect(short).toEqual(long);
        for (const [f, value] of long.entries()) {
          // What is nothing but rounding, such as a signal line of one bar less its line, is measured against the others.
          const most = Math.max(1e-8 * size[f]!, 1e-13 * Math.max(...size));
          expect(Math.abs(short[f]! - value), `field ${f}: ${value} becomes ${short[f]}`).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
