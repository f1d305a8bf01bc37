import { createHash } from 'node:crypto';
import type { ChartRenderer, ChartRequest } from './request.ts';

/** The same text for equal requests, whatever the order in which their fields were written; NaN is told from null. */
function canonical(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

/** A key that two requests share if and only if they ask for the same picture. */
export function chartKey(request: ChartRequest): string {
  return createHash('sha256').update(canonical(request)).digest('base64url');
}

/**
 * Draws equal requests once: those asked for at the same time share one drawing, and the last `entries` pictures are kept, the
 * least recently used dropped first. A failure is not kept. The bytes are shared between callers: not to be written to.
 */
export function createCachedRenderer(inner: ChartRenderer, options: { readonly entries: number }): ChartRenderer {
  // A Map remembers the order of insertion: the first is the one that was not used for longest.
  const kept = new Map<string, Promise<Uint8Array>>();

  function keep(key: string, picture: Promise<Uint8Array>): void {
    kept.delete(key);
    kept.set(key, picture);
    for (const oldest of kept.keys()) {
      if (kept.size <= options.entries) break;
      kept.delete(oldest);
    }
  }

  return {
    async render(request) {
      const key = chartKey(request);
      const known = kept.get(key);
      const picture = known ?? inner.render(request);
      keep(key, picture);
      try {
        return await picture;
      } catch (error) {
        if (kept.get(key) === picture) kept.delete(key);
        throw error;
      }
    },
    async close() {
      kept.clear();
      await inner.close();
    },
  };
}
