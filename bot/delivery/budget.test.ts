import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget } from './budget.ts';
import { platformLimits } from './limits.ts';

describe('a budget', () => {
  it('never lets more through than any window holds, and says exactly when the next one fits', () => {
    const window = fc.record({ count: fc.integer({ min: 1, max: 4 }), ms: fc.integer({ min: 1, max: 30 }) });
    const windows = fc.array(window, { maxLength: 2 });
    const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 8 }), chat: fc.constantFrom('a', 'b') }));
    fc.assert(
      fc.property(windows, windows, steps, (all, each, moves) => {
        const budget = createBudget({ all, chat: () => each });
        const sends: { chat: string; at: number }[] = [];
        let now = 1000;
        const fits = (at: number, chat: string): boolean => {
          const inside = (ms: number, mine: boolean) =>
            sends.filter((send) => send.at > at - ms && (!mine || send.chat === chat)).length;
          return all.every((w) => inside(w.ms, false) < w.count) && each.every((w) => inside(w.ms, true) < w.count);
        };
        for (const { wait, chat } of moves) {
          now += wait;
          const longest = [...each].sort((a, b) => b.ms - a.ms)[0];
          const mine = sends.filter((send) => longest && send.chat === chat && send.at > now - longest.ms).length;
          expect(budget.left(chat, now)).toEqual(
            longest && { left: longest.count - mine, of: longest.count, ms: longest.ms },
          );
          const free = budget.room(now) > 0 && !budget.spent(now).includes(chat);
          expect(free).toBe(fits(now, chat));
          if (free) {
            budget.record(chat, now);
            sends.push({ chat, at: now });
          }
          const next = budget.nextFreeAt(now);
          const waiting = ['a', 'b'].filter((name) => !fits(now, name));
          if (waiting.length === 0) expect(next).toBeUndefined();
          else expect(next).toBeGreaterThan(now);
        }
      }),
    );
  });

  it('names the time at which a chat is free again', () => {
    const budget = createBudget({ all: [], chat: () => [{ count: 2, ms: 100 }] });
    for (const at of [1000, 1030]) budget.record('a', at);
    expect(budget.spent(1099)).toEqual(['a']);
    expect(budget.nextFreeAt(1050)).toBe(1100);
    expect(budget.spent(1100)).toEqual([]);
    expect(budget.room(1100)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the limits', () => {
  // Telegram: 1 message/s a chat, 20/min a group, 30/s in all. Discord: 5 in 5 s a channel, 50/s in all.
  it('stay within what the platforms publish', () => {
    const perSecond = (windows: readonly { count: number; ms: number }[], ms: number) =>
      Math.min(...windows.map((w) => w.count * Math.max(1, ms / w.ms)));
    const telegram = platformLimits('telegram');
    expect(perSecond(telegram.all, 1_000)).toBeLessThanOrEqual(30);
    expect(perSecond(telegram.chat('telegram:-100123'), 60_000)).toBeLessThanOrEqual(20);
    expect(perSecond(telegram.chat('telegram:123'), 60_000)).toBeLessThanOrEqual(60);
    const discord = platformLimits('discord');
    expect(perSecond(discord.all, 1_000)).toBeLessThanOrEqual(50);
    expect(perSecond(discord.chat('discord:1'), 5_000)).toBeLessThanOrEqual(5);
  });

  it('do not hold up a platform that has none', () => {
    const budget = createBudget(platformLimits('console'));
    for (let i = 0; i < 1000; i++) budget.record('console:local', 5);
    expect(budget.room(5)).toBe(Number.POSITIVE_INFINITY);
    expect(budget.spent(5)).toEqual([]);
  });
});
