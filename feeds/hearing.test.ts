import { beforeEach, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createHearing, type Hearing } from './hearing.ts';

const START = 1_000_000;
let time: ManualClock;
let hearing: Hearing;

beforeEach(() => {
  time = createManualClock(START);
  hearing = createHearing(time.clock);
  hearing.begin();
});

/** Frames `everyMs` apart, as many as fit in `ms`. */
async function frames(ms: number, everyMs: number) {
  for (let passed = 0; passed < ms; passed += everyMs) {
    await time.advance(everyMs);
    hearing.heard();
  }
}
const heard = () => hearing.until() - START;

it('goes with frames that follow closely', async () => {
  expect(heard()).toBe(0);
  await frames(30_000, 800);
  expect(heard()).toBe(30_400);
});

it('believes no frame after a silence, however many follow, until a ping that was sent is answered', async () => {
  await frames(2_000, 500);
  await time.advance(5_000);
  await frames(3_000, 10);
  expect(heard()).toBe(2_000);
  const payload = hearing.ask();
  await time.advance(300);
  // What the ping's answer stands behind.
  hearing.heard();
  expect(heard()).toBe(2_000);
  hearing.answered(payload);
  expect(heard()).toBe(10_000);
  expect(hearing.isAsking()).toBe(false);
  await frames(100, 100);
  expect(heard()).toBe(10_400);
});

it('takes the answer to another ping for nothing', async () => {
  await time.advance(5_000);
  const old = hearing.ask();
  hearing.begin();
  await time.advance(5_000);
  hearing.heard();
  hearing.ask();
  hearing.answered(old);
  hearing.answered(Buffer.alloc(0));
  expect(heard()).toBe(5_000);
  expect(hearing.isAsking()).toBe(true);
});

it('believes frames of a venue that answers no ping once they have flowed for ten seconds', async () => {
  await time.advance(5_000);
  hearing.ask();
  // What was held up comes at once; that is no sign of a venue which gives no answers.
  await time.advance(20_000);
  for (let i = 0; i < 50; i++) hearing.heard();
  expect(heard()).toBe(0);
  await frames(9_500, 500);
  expect(heard()).toBe(0);
  await frames(1_000, 500);
  expect(heard()).toBe(35_500);
});
