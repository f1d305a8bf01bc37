import { describe, expect, it } from 'vitest';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { type Stopping, stopParts } from './stop.ts';

const NEVER = () => new Promise<void>(() => {});

/** Parts that note when they were asked, and that `work` may hold up. */
function parts(work: Readonly<Record<string, () => Promise<void>>> = {}) {
  const time = createManualClock();
  const asked: string[] = [];
  const part = (name: string) => async () => {
    asked.push(name);
    await (work[name]?.() ?? new Promise<void>((resolve) => setImmediate(resolve)));
    asked.push(`${name} done`);
  };
  const stopping: Stopping = {
    parts: {
      gate: { close: () => asked.push('gate'), idle: part('commands') },
      platforms: [{ stop: part('telegram') }, { stop: part('discord') }],
      firings: { settled: part('firings stored'), stop: part('firings') },
      dispatcher: { drained: part('owed'), stop: part('dispatcher') },
      web: { stop: part('web') },
      market: { stop: part('market') },
      bars: { stop: part('bars') },
      trades: { stop: part('trades') },
      missed: { downtime: { stop: part('last note') } },
      charts: { renderer: { close: part('charts') } },
      preflight: { close: part('preflight') },
      backtests: { close: part('backtests') },
      searches: { close: part('searches') },
      desk: { close: part('desk') },
    },
    close: part('database'),
    clock: time.clock,
    log: createSilentLog(),
  };
  return { time, asked, stopping };
}

describe('the stop', () => {
  it('ends each part only when those are through that need it', async () => {
    const { asked, stopping } = parts();
    await stopParts(stopping);
    const inOrder = (first: string, then: string) => {
      expect(asked.indexOf(first), `${first} before ${then}`).toBeGreaterThanOrEqual(0);
      expect(asked.indexOf(first), `${first} before ${then}`).toBeLessThan(asked.indexOf(then));
    };
    expect(asked[0]).toBe('gate');
    for (const platform of ['telegram', 'discord']) inOrder(`${platform} done`, 'owed');
    inOrder('commands done', 'market');
    inOrder('preflight', 'commands done');
    inOrder('firings stored done', 'owed');
    inOrder('owed done', 'market');
    inOrder('dispatcher done', 'market');
    inOrder('web done', 'market');
    inOrder('market done', 'firings');
    inOrder('market done', 'bars');
    inOrder('market done', 'trades');
    for (const writer of ['firings', 'bars', 'trades', 'charts', 'last note']) inOrder(`${writer} done`, 'database');
  });

  it('takes 10 s at most, whatever hangs, and reaches the database in any case', async () => {
    const names = ['telegram', 'commands', 'firings stored', 'owed', 'dispatcher', 'web', 'market', 'bars', 'database'];
    const { time, asked, stopping } = parts(Object.fromEntries(names.map((name) => [name, NEVER])));
    let isOver = false;
    const stopped = stopParts(stopping).then(() => {
      isOver = true;
    });
    await time.advance(9_000);
    expect(asked).toContain('database');
    expect(isOver).toBe(false);
    await time.advance(1_000);
    await stopped;
  });

  it('goes on where a part fails', async () => {
    const broken = async () => {
      throw new Error('broken');
    };
    const { asked, stopping } = parts({ telegram: broken, owed: broken, web: broken, market: broken, bars: broken });
    await stopParts(stopping);
    expect(asked).toContain('discord done');
    expect(asked.at(-1)).toBe('database done');
  });
});
