import { expect } from 'vitest';
import { createLadder } from './ladder.ts';
import { isSend, takenByTelegram } from './ledger.ts';
import { scenario } from './scenario.ts';
import { pause, until } from './until.ts';
import { judge, settled } from './verdict.ts';

const ladder = createLadder(30);

scenario('SIGTERM under load ends in time, doubles nothing and loses nothing', { rules: ladder.rules }, async (rig) => {
  await rig.start();
  ladder.climb(rig, 2);
  await settled(rig);
  // Telegram takes its time: the signal comes while messages are on their way.
  rig.telegram.onCall = (method) => (isSend({ method }) ? pause(200) : undefined);
  ladder.climb(rig, 20);
  const before = takenByTelegram(rig.telegram).length;
  await until('messages go out', () => takenByTelegram(rig.telegram).length > before);
  const from = performance.now();
  expect(await rig.end()).toBe(0);
  expect(performance.now() - from).toBeLessThan(12_000);
  rig.telegram.onCall = undefined;
  ladder.climb(rig, 4);
  await rig.start();
  ladder.climb(rig, 4);
  await settled(rig);
  expect(await rig.end()).toBe(0);
  // Nothing was killed, so nothing may be there twice.
  expect(rig.cut).toEqual({ telegram: 0, discord: 0 });
  await judge(rig);
});
