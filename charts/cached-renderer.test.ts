import { describe, expect, it } from 'vitest';
import { typicalRequest } from '../test/doubles/chart-samples.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { chartKey, createCachedRenderer } from './cached-renderer.ts';
import type { ChartRenderer, ChartRequest } from './request.ts';

/** Draws when told to, and counts. */
function countingRenderer(): ChartRenderer & { drawn: string[]; failing: boolean; closed: boolean } {
  const renderer = {
    drawn: [] as string[],
    failing: false,
    closed: false,
    async render(request: ChartRequest) {
      renderer.drawn.push(request.symbol);
      await Promise.resolve();
      if (renderer.failing) throw new Error('broken');
      return new Uint8Array([renderer.drawn.length]);
    },
    async close() {
      renderer.closed = true;
    },
  };
  return renderer;
}

function requestOf(symbol: string): ChartRequest {
  return { ...typicalRequest(), symbol };
}

describe('the cached renderer', () => {
  it('draws equal requests once, at the same time and afterwards', async () => {
    const inner = countingRenderer();
    const cached = createCachedRenderer(inner, { entries: 4, clock: createManualClock().clock, freshMs: 10_000 });
    const together = await Promise.all([cached.render(requestOf('a')), cached.render(requestOf('a'))]);
    const later = await cached.render(requestOf('a'));
    expect(inner.drawn).toEqual(['a']);
    expect([...together, later].map((png) => png[0])).toEqual([1, 1, 1]);
  });

  it('draws a chart once within one bar, however much is traded, until the picture is old', async () => {
    const inner = countingRenderer();
    const time = createManualClock();
    const cached = createCachedRenderer(inner, { entries: 4, clock: time.clock, freshMs: 10_000 });
    const first = requestOf('a');
    const last = first.bars[first.bars.length - 1];
    const later = { ...first, bars: [...first.bars.slice(0, -1), { ...last, close: last.high }] };
    const next = { ...later, bars: [...later.bars.slice(1), { ...last, start: last.start + first.interval }] };
    await cached.render(first);
    await cached.render(later);
    expect(inner.drawn).toHaveLength(1);
    await cached.render(next);
    expect(inner.drawn).toHaveLength(2);
    await time.advance(10_000);
    await cached.render(later);
    expect(inner.drawn).toHaveLength(3);
    await cached.render(first);
    expect(inner.drawn).toHaveLength(3);
  });

  it('drops what was not used for longest', async () => {
    const inner = countingRenderer();
    const cached = createCachedRenderer(inner, { entries: 2, clock: createManualClock().clock, freshMs: 10_000 });
    for (const symbol of ['a', 'b', 'a', 'c', 'a', 'b']) await cached.render(requestOf(symbol));
    expect(inner.drawn).toEqual(['a', 'b', 'c', 'b']);
  });

  it('tries again after a failure', async () => {
    const inner = countingRenderer();
    const cached = createCachedRenderer(inner, { entries: 2, clock: createManualClock().clock, freshMs: 10_000 });
    inner.failing = true;
    await expect(cached.render(requestOf('a'))).rejects.toThrow('broken');
    inner.failing = false;
    await expect(cached.render(requestOf('a'))).resolves.toEqual(new Uint8Array([2]));
  });

  it('closes what it wraps', async () => {
    const inner = countingRenderer();
    await createCachedRenderer(inner, { entries: 2, clock: createManualClock().clock, freshMs: 10_000 }).close();
    expect(inner.closed).toBe(true);
  });
});

describe('the key of a chart', () => {
  it('is the same for equal requests, whatever the order of their fields', () => {
    const request = typicalRequest();
    const reversed = Object.fromEntries(Object.entries(request).reverse()) as unknown as ChartRequest;
    expect(chartKey(reversed)).toBe(chartKey(request));
  });

  it('differs in every field, down to one value', () => {
    const request = typicalRequest();
    const changed: Partial<ChartRequest>[] = [
      { symbol: 'x' },
      { venue: 'x' },
      { interval: 1 },
      { digits: 3 },
      { timeZone: 'UTC' },
      { bars: request.bars.map((bar, i) => (i === 50 ? { ...bar, low: bar.low - 0.01 } : bar)) },
      { series: request.series.slice(1) },
      { levels: [{ price: 1, label: 'a' }] },
      { marks: [{ ts: 1, direction: 'up' as const, price: 1, label: 'a' }] },
      { style: 'line' as const },
    ];
    const keys = [request, ...changed.map((over) => ({ ...request, ...over }))].map(chartKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
