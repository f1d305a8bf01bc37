import { describe, expect, it } from 'vitest';
import { TransportError, type TransportReason } from '../../engine/errors.ts';
import { backoffMs } from '../backoff.ts';
import type { Delivery } from './outbox-port.ts';
import { judge } from './outcome.ts';

const HOUR = 3_600_000;
const delivery = (attempts: number, createdAt = 0, chatKey = 'telegram:-5'): Delivery => {
  const fixed = { id: '1', dedupeKey: 'd', firingId: undefined, kind: 'alert', payload: {} };
  return { ...fixed, priority: 0, dueAt: 0, held: undefined, chatKey, attempts, createdAt };
};
const error = (reason: TransportReason, retryable: boolean, more: { retryAfterMs?: number; movedTo?: string } = {}) =>
  new TransportError('no', { reason, retryable, ...more });
const at = (now: number, platformWorks = false) => ({ now, random: () => 0.5, platformWorks });

describe('the verdict on a failed try', () => {
  it('waits as long as the platform says, however often', () => {
    const limited = error('rate-limited', true, { retryAfterMs: 7_000 });
    expect(judge(limited, delivery(50), at(9 * HOUR, true))).toEqual({
      type: 'retry',
      at: 9 * HOUR + 7_000,
      reason: 'no',
      isRefused: true,
    });
  });

  it('tries again for an hour while the platform is away', () => {
    const away = error('unreachable', true);
    expect(judge(away, delivery(60), at(HOUR - 1)).type).toBe('retry');
    expect(judge(away, delivery(60), at(HOUR)).type).toBe('failed');
  });

  it('tries at least ten times, even where the message is old already', () => {
    const away = error('unreachable', true);
    expect(judge(away, delivery(9), at(20 * HOUR)).type).toBe('retry');
    expect(judge(away, delivery(10), at(20 * HOUR)).type).toBe('failed');
  });

  it('gives up after ten tries where the platform takes other messages', () => {
    const away = error('unreachable', true);
    expect(judge(away, delivery(9), at(1_000, true)).type).toBe('retry');
    expect(judge(away, delivery(10), at(1_000, true)).type).toBe('failed');
  });

  it('does not repeat what was refused', () => {
    expect(judge(error('refused', false), delivery(1), at(1))).toEqual({ type: 'failed', reason: 'no' });
    expect(judge(error('unreachable', false), delivery(1), at(1)).type).toBe('failed');
  });

  it('tries twice more where composing failed', () => {
    expect(judge(new Error('no chart'), delivery(2), at(1)).type).toBe('retry');
    const failed = judge(new Error('no chart'), delivery(3), at(1));
    expect(failed).toEqual({ type: 'failed', reason: 'could not be composed: no chart' });
  });

  it('follows a chat that moved, be the new place an id or a key', () => {
    const moved = (movedTo?: string) => error('moved', false, movedTo === undefined ? {} : { movedTo });
    expect(judge(moved('-1005'), delivery(1), at(1))).toEqual({ type: 'moved', to: 'telegram:-1005' });
    expect(judge(moved('telegram:-1005'), delivery(1), at(1))).toEqual({ type: 'moved', to: 'telegram:-1005' });
    expect(judge(moved(), delivery(1), at(1)).type).toBe('failed');
    expect(judge(moved('-1005'), delivery(10), at(1)).type).toBe('failed');
  });

  it('leaves what waits by itself for later, however often', () => {
    const busy = error('not-yet', true, { retryAfterMs: 300_000 });
    expect(judge(busy, delivery(50), at(HOUR))).toEqual({ type: 'postponed', at: HOUR + 300_000, isAlone: true });
  });

  it('gives up a chat that is blocked', () => {
    expect(judge(error('blocked', false), delivery(1), at(1))).toEqual({ type: 'blocked', reason: 'no' });
  });
});

describe('the wait between tries', () => {
  it('doubles up to a minute, half of it by chance', () => {
    expect([1, 2, 3, 4].map((attempts) => backoffMs(attempts, () => 0))).toEqual([500, 1000, 2000, 4000]);
    expect(backoffMs(30, () => 0)).toBe(30_000);
    expect(backoffMs(30, () => 0.999_999)).toBe(60_000);
  });
});
