import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../test/doubles/manual-clock.ts';
import { createIdentifyThrottle } from './identify-throttle.ts';
import { createInvalidBudget } from './invalid-budget.ts';

const DAY_MS = 86_400_000;

describe('new sessions', () => {
  it('are five seconds apart', async () => {
    const time = createManualClock();
    const throttle = createIdentifyThrottle(time.clock);
    const signal = new AbortController().signal;
    await throttle.waitForIdentify(0, signal);
    let second = false;
    const waiting = throttle.waitForIdentify(0, signal).then(() => (second = true));
    await time.advance(4_999);
    expect(second).toBe(false);
    await time.advance(1);
    await waiting;
  });

  // Discord resets the token of a bot that identifies 1000 times in a day.
  it('are fewer than a thousand a day, however often they are wanted', async () => {
    const time = createManualClock();
    const throttle = createIdentifyThrottle(time.clock);
    const signal = new AbortController().signal;
    const end = time.now() + DAY_MS;
    let count = 0;
    while (time.now() < end) {
      const identified = throttle.waitForIdentify(0, signal);
      if (time.pending() > 0) await time.advance(5_000);
      if (time.pending() === 0) {
        await identified;
        count++;
      } else {
        while (time.pending() > 0) await time.advance(5_000);
        await identified;
        count++;
      }
    }
    expect(count).toBeLessThan(1_000);
    expect(count).toBeGreaterThan(800);
  });

  it('are given up when the connection closes meanwhile', async () => {
    const time = createManualClock();
    const throttle = createIdentifyThrottle(time.clock);
    const controller = new AbortController();
    await throttle.waitForIdentify(0, controller.signal);
    const waiting = throttle.waitForIdentify(0, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow('closed meanwhile');
    expect(time.pending()).toBe(0);
  });
});

describe('refused calls', () => {
  it('stop the sending before Discord bans the address, until ten minutes are over', async () => {
    const time = createManualClock();
    const budget = createInvalidBudget(time.clock, 3);
    for (let refusal = 0; refusal < 3; refusal++) {
      budget.check();
      budget.spend();
    }
    await time.advance(60_000);
    expect(() => budget.check()).toThrow(
      expect.objectContaining({ reason: 'rate-limited', retryable: true, retryAfterMs: 540_000 }),
    );
    await time.advance(540_000);
    expect(() => budget.check()).not.toThrow();
  });
});
