import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { member } from '../test/doubles/command-harness.ts';
import { createQuotas, type Limit, QUOTAS, type QuotaLimits } from './quota.ts';

const none = { user: [], chat: [], guild: [] };
const limits = (over: Partial<Record<'user' | 'chat' | 'guild', readonly Limit[]>>): QuotaLimits => ({
  ...QUOTAS,
  charts: { ...none, ...over },
});
const aMinute = (most: number): readonly Limit[] => [{ most, windowMs: MINUTE }];

describe('quotas', () => {
  it('say when there is room again: when enough of what was spent is a minute old', () => {
    let now = 0;
    const quotas = createQuotas({ now: () => now }, limits({ user: aMinute(2) }));
    expect(quotas.spend('charts', member(1), 1)).toBeUndefined();
    now = 10_000;
    expect(quotas.spend('charts', member(1), 1)).toBeUndefined();
    now = 20_000;
    const used = { counted: 'user', limit: { most: 2, windowMs: MINUTE }, freeAt: 60_000 };
    expect(quotas.spend('charts', member(1), 1)).toEqual(used);
    expect(quotas.spend('charts', member(1), 2)).toEqual({ ...used, freeAt: 70_000 });
    now = 60_000;
    expect(quotas.spend('charts', member(1), 1)).toBeUndefined();
  });

  it('are kept apart by user, by kind, by chat with its topics, and by server', () => {
    const quotas = createQuotas({ now: () => 0 }, limits({ user: aMinute(1), chat: aMinute(2), guild: aMinute(3) }));
    const spent = (user: number, chat: string, thread?: string) => {
      const address = { platform: 'discord', chat, ...(thread === undefined ? {} : { thread }) };
      return quotas.spend('charts', member(user, { address, guild: 'discord:9' }), 1)?.counted;
    };
    expect([spent(1, 'a'), spent(1, 'b'), spent(2, 'a', '5'), spent(3, 'a', '6')]).toEqual([
      undefined,
      'user',
      undefined,
      'chat',
    ]);
    expect([spent(3, 'b'), spent(4, 'c')]).toEqual([undefined, 'guild']);
    expect(quotas.spend('previews', member(1), 1)).toBeUndefined();
  });

  it('count nothing for anybody where one of them has no room', () => {
    const quotas = createQuotas({ now: () => 0 }, limits({ user: aMinute(2), chat: aMinute(1) }));
    const elsewhere = { address: { platform: 'telegram', chat: '-2' } };
    expect(quotas.spend('charts', member(1), 1)).toBeUndefined();
    for (let i = 0; i < 5; i++) expect(quotas.spend('charts', member(1), 1)?.counted).toBe('chat');
    expect(quotas.spend('charts', member(1, elsewhere), 1)).toBeUndefined();
  });

  it('let something through that is larger than a whole window, alone', () => {
    let now = 0;
    const quotas = createQuotas({ now: () => now }, limits({ user: aMinute(5) }));
    expect(quotas.spend('charts', member(1), 9)).toBeUndefined();
    expect(quotas.spend('charts', member(1), 1)?.freeAt).toBe(MINUTE);
    now = MINUTE;
    expect(quotas.spend('charts', member(1), 1)).toBeUndefined();
  });

  it('never let more through in any window than they say, and no less than would fit', () => {
    const windows = [
      { most: 5, windowMs: MINUTE },
      { most: 12, windowMs: HOUR },
    ];
    const step = fc.record({ wait: fc.integer({ min: 0, max: 20 * MINUTE }), amount: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = 0;
        const quotas = createQuotas({ now: () => now }, limits({ user: windows }));
        const passed: { at: number; amount: number }[] = [];
        const inWindow = (windowMs: number, at: number) =>
          passed.filter((each) => each.at > at - windowMs && each.at <= at).reduce((sum, each) => sum + each.amount, 0);
        for (const { wait, amount } of steps) {
          now += wait;
          const used = quotas.spend('charts', member(1), amount);
          const fits = windows.every(({ most, windowMs }) => inWindow(windowMs, now) + amount <= most);
          expect(used === undefined).toBe(fits);
          if (used === undefined) passed.push({ at: now, amount });
          else {
            const { freeAt, limit } = used;
            expect(inWindow(limit.windowMs, freeAt) + amount).toBeLessThanOrEqual(limit.most);
            expect(inWindow(limit.windowMs, freeAt - 1) + amount).toBeGreaterThan(limit.most);
          }
        }
      }),
    );
  });
});
