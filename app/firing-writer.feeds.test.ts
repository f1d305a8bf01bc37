import { expect, it } from 'vitest';
import type { FiringCommit } from '../db/firings.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { createFiringWriter } from './firing-writer.ts';

it('asks once where a feed stands, when all that came of it by then is written', async () => {
  const commits: FiringCommit[] = [];
  const store = { commit: async (part: FiringCommit) => void commits.push(part), mark: async () => undefined };
  const writer = createFiringWriter(store, createManualClock().clock, createSilentLog(), () => undefined);
  let signals = 0;
  let asked = 0;
  const change = () => {
    asked++;
    return { id: '1', saved: { signals, open: [], rules: {} }, endedAt: undefined };
  };
  const entry = {
    kind: 'strategy',
    ts: 1,
    body: { strategy: 'x', version: 1, text: 'x', chat: 'telegram:1' },
  } as const;
  for (let i = 0; i < 5; i++) {
    signals++;
    writer.add({ ledger: [entry], feeds: [{ id: '1', change }] });
  }
  await writer.settled();
  expect(commits.map(({ ledger, feeds }) => [ledger?.length, feeds?.map(({ saved }) => saved?.signals)])).toEqual([
    [5, [5]],
  ]);
  expect(asked).toBe(1);
});
