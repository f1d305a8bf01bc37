import { expect, it } from 'vitest';
import type { SignalStory } from '../engine/ledger/rows.ts';
import { textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { signalDigest } from './signal-digest.ts';

const harness = useCommandHarness();

/** A signal of this number; with a result it has ended. */
function story(id: number, result?: number): SignalStory {
  const ts = harness.time.now();
  const signal = {
    ...{ id: `s${id}.1`, strategy: `no-${id}`, version: 1, chat: 'telegram:100', instrument: 'sim:btcusdt' },
    ...{ interval: 300_000, side: 'long' as const, price: 60_000, stop: 59_000, target: null, confidence: null },
    ...{ reasons: {}, ts },
  };
  const end = { signal: signal.id, what: 'stop' as const, price: 59_000, ts, result: result ?? 0 };
  return { signal, opened: undefined, end: result === undefined ? undefined : end };
}

async function digest(stories: readonly SignalStory[]) {
  const when = { deliveryId: '7', sentAt: harness.time.now(), isFirstToday: false };
  return signalDigest(await harness.context(), stories, when);
}

it('tells first what can still be acted on, and counts what came of the others', async () => {
  const lines = textOf(await digest([story(1, -0.02), story(2), story(3, 0.03), story(4), story(5, -0.01)])).split(
    '\n',
  );
  expect(lines[0]).toBe('📡 5 signals: 2 open, 1 won, 2 lost');
  expect(lines.slice(1).map((line) => /no-\d/.exec(line)?.[0])).toEqual(['no-2', 'no-4', 'no-1', 'no-3', 'no-5']);
  expect(lines[1]).toBe('🟢 long btcusdt at 60,000.00 · 5m · no-2 · stop 59,000.00');
});

it('has a button where there is no room for all of them, and only there', async () => {
  const stories = Array.from({ length: 14 }, (_, i) => story(i));
  expect((await digest(stories.slice(0, 12))).buttons).toBeUndefined();
  const message = await digest(stories);
  expect(textOf(message)).toMatch(/\nand 2 more$/);
  expect(message.buttons?.flat().map(({ label }) => label)).toEqual(['Show all']);
});
