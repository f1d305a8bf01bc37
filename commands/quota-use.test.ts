import { afterEach, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  member,
  textOf,
} from '../test/doubles/command-harness.ts';
import type { CommandPorts } from './ports.ts';
import { QUOTAS, type QuotaKind } from './quota.ts';

let harness: CommandHarness;
afterEach(() => harness.drop());

const open = async (kind: QuotaKind, most: number, over: Partial<CommandPorts> = {}) => {
  const user = [
    { most, windowMs: MINUTE },
    { most: 100 * most, windowMs: HOUR },
  ];
  harness = await createCommandHarness({ quotas: { ...QUOTAS, [kind]: { ...QUOTAS[kind], user } }, ...over });
};

// The harness' clock stands at 12:00 UTC.
const AGAIN = 'a minute; there is room again in 1m, at 12:01 UTC.';

it('refuses one chart too many in one sentence, typed or by a button, and draws it a minute later', async () => {
  await open('charts', 2);
  const chart = await harness.say('/chart btcusdt', member(1));
  await harness.say('/chart ethusdt', member(1));
  const refused = `You have used your 2 charts ${AGAIN}`;
  expect(textOf(await harness.say('/chart btcusdt', member(1)))).toBe(refused);
  expect(await harness.press(buttonOf(chart, '1h'), member(1))).toEqual({ toast: refused });
  expect(harness.drawn).toHaveLength(2);
  expect((await harness.say('/chart btcusdt', member(2))).picture).toBeDefined();
  await harness.time.advance(MINUTE);
  expect((await harness.say('/chart btcusdt', member(1))).picture).toBeDefined();
});

it('counts alerts that are set, changed and brought back', async () => {
  await open('alerts', 2);
  const saved = await harness.say('/alert btc > 70k', member(1));
  expect((await harness.press(buttonOf(saved, 'Once'), member(1))).edit).toBeDefined();
  const refused = `You have used your 2 alerts set or changed ${AGAIN}`;
  expect(textOf(await harness.say('/alert btc > 71k', member(1)))).toBe(refused);
  expect(await harness.press(buttonOf(saved, 'On close'), member(1))).toEqual({ toast: refused });
  const { edit } = await harness.press(buttonOf(saved, 'Delete'), member(1));
  expect(await harness.press(buttonOf(edit, 'Undo'), member(1))).toEqual({ toast: refused });
});

it('saves an alert without trying it on its past where there is no room for that', async () => {
  let runs = 0;
  const run = async () => ({ kind: 'late' as const, runs: ++runs });
  await open('previews', 1, { preflight: { run } });
  await (await harness.say('/alert btc > 70k', member(1))).later?.();
  const second = await harness.say('/alert btc > 71k', member(1));
  expect(textOf(await second.later?.())).toContain(
    `Not tried on its past: You have used your 1 previews of alerts ${AGAIN}`,
  );
  expect(await harness.rules.list('telegram:-1001234567890')).toHaveLength(2);
  expect(runs).toBe(1);
});

it('counts what formulas cost, in alerts, charts and values alike', async () => {
  await open('cost', 12);
  // Three parts each: a series, a number, a comparison.
  for (const level of ['70k', '71k', '72k']) await harness.say(`/alert btc price > ${level}`, member(1));
  expect(textOf(await harness.say('/value btc rsi(14) + rsi(15)', member(1)))).not.toContain('used');
  const refused = `You have used your 12 points of formulas ${AGAIN}`;
  for (const line of ['/value btc price', '/chart btc ema(20)', '/alert btc price > 73k'])
    expect(textOf(await harness.say(line, member(1))), line).toBe(refused);
});

it('counts files, and lets those that ADMINS names do as much as they like', async () => {
  await open('exports', 1);
  await harness.say('/export bars btcusdt 1h', member(1));
  expect(textOf(await harness.say('/export bars btcusdt 1h', member(1)))).toBe(`You have used your 1 exports ${AGAIN}`);
  for (let i = 0; i < 3; i++)
    expect(textOf(await harness.say('/export bars btcusdt 1h', member(999)))).not.toContain('used');
});
