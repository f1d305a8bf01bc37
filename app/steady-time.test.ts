import { expect, it } from 'vitest';
import { createSteadyTime } from './steady-time.ts';

const HOUR = 3_600_000;

/** A machine whose clocks go on together until somebody sets one, or it sleeps. */
function machine() {
  let [wall, running, all] = [1_700_000_000_000, 5_000, 9_000];
  const time = createSteadyTime({ wall: () => wall, running: () => running, awakeOrAsleep: () => all - (all % 1_000) });
  return {
    time,
    go(ms: number) {
      wall += ms;
      running += ms;
      all += ms;
    },
    set(ms: number) {
      wall += ms;
    },
    sleep(ms: number) {
      wall += ms;
      all += ms;
    },
  };
}

it.each([HOUR, -HOUR])('goes on evenly where the machine’s clock is moved by %s ms and back', (ms) => {
  const { time, go, set } = machine();
  const from = time.now();
  go(10_000);
  set(ms);
  expect(time.check()).toEqual({ movedMs: ms, isBelieved: false });
  go(30_000);
  expect(time.check()).toBeUndefined();
  expect(time.now()).toBe(from + 40_000);
  set(-ms);
  expect(time.check()).toEqual({ movedMs: 0, isBelieved: false });
  go(1_000);
  expect(time.now()).toBe(from + 41_000);
});

it('follows small corrections, and the machine’s sleep, at once', () => {
  const { time, go, set, sleep } = machine();
  const from = time.now();
  set(-400);
  time.check();
  expect(time.now()).toBe(from - 400);
  go(5_000);
  sleep(2 * HOUR);
  expect(time.check()).toBeUndefined();
  expect(time.now()).toBe(from - 400 + 5_000 + 2 * HOUR);
});

it('goes on evenly where the clocks differ by no more than it takes to read them', () => {
  const { time, go, set } = machine();
  const from = time.now();
  for (const noise of [30, -45, 20, -5]) {
    set(noise);
    go(1_000);
    expect(time.check()).toBeUndefined();
  }
  expect(time.now()).toBe(from + 4_000);
  // A drift adds up until it is one.
  set(60);
  time.check();
  expect(time.now()).toBe(from + 4_060);
});

it('believes a new time when it has stood for ten minutes', () => {
  const { time, go, set } = machine();
  const from = time.now();
  set(HOUR);
  time.check();
  for (let i = 0; i < 119; i++) {
    go(5_000);
    expect(time.check()).toBeUndefined();
  }
  go(5_000);
  expect(time.check()).toEqual({ movedMs: HOUR, isBelieved: true });
  expect(time.now()).toBe(from + 600_000 + HOUR);
  expect(time.check()).toBeUndefined();
});
