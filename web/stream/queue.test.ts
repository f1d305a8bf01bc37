import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutgoingQueue, type Outgoing } from './queue.ts';

const message = (kind: Outgoing['kind'], key: string, n: number): Outgoing => ({
  kind,
  key,
  json: JSON.stringify({ kind, key, n }),
});

function drain(queue: ReturnType<typeof createOutgoingQueue>): string[] {
  const taken: string[] = [];
  for (let json = queue.shift(); json !== undefined; json = queue.shift()) taken.push(json);
  return taken;
}

describe('what a slow client has not taken', () => {
  it('comes in order while it fits', () => {
    const queue = createOutgoingQueue(10);
    const all = [1, 2, 3].map((n) => message('trade', 'a', n));
    for (const one of all) queue.push(one);
    expect(drain(queue)).toEqual(all.map((one) => one.json));
  });

  it('keeps every firing and the newest trade of each instrument when it overflows, and says what is missing', () => {
    const queue = createOutgoingQueue(10);
    const firing = message('other', 'a', 0);
    queue.push(firing);
    for (let n = 1; n <= 10; n++) queue.push(message('trade', n % 2 === 0 ? 'a' : 'b', n));
    expect(drain(queue)).toEqual([
      JSON.stringify({ type: 'lagged', skipped: 8 }),
      firing.json,
      message('trade', 'b', 9).json,
      message('trade', 'a', 10).json,
    ]);
  });

  it('gives up bars before firings', () => {
    const queue = createOutgoingQueue(10);
    const firings = [1, 2, 3, 4].map((n) => message('other', 'a', n));
    for (const firing of firings) queue.push(firing);
    for (let n = 0; n < 7; n++) queue.push(message('bar', 'a', n));
    const taken = drain(queue);
    expect(taken).toEqual(expect.arrayContaining(firings.map((one) => one.json)));
    expect(taken.filter((json) => json.includes('"bar"'))).toEqual([message('bar', 'a', 6).json]);
  });

  it('never exceeds its limit, keeps order, and accounts for every message', () => {
    const kinds = fc.constantFrom<Outgoing['kind']>('trade', 'bar', 'status', 'other');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(kinds, fc.constantFrom('a', 'b', 'c')), { maxLength: 200 }),
        fc.integer({ min: 2, max: 20 }),
        (events, limit) => {
          const queue = createOutgoingQueue(limit);
          events.forEach(([kind, key], n) => {
            queue.push(message(kind, key, n));
            expect(queue.length).toBeLessThanOrEqual(limit + 1);
          });
          const taken = drain(queue).map((json) => JSON.parse(json) as { skipped?: number; n: number });
          const skipped = taken[0]?.skipped ?? 0;
          const numbers = taken.filter((one) => one.skipped === undefined).map((one) => one.n);
          expect(numbers.length + skipped).toBe(events.length);
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
          if (events.length > 0) expect(numbers.at(-1)).toBeDefined();
        },
      ),
    );
  });
});
