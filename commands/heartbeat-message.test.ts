import { expect, it } from 'vitest';
import { HARNESS_NOW, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { heartbeatMessage } from './heartbeat-message.ts';

const HOUR = 3_600_000;

const harness = useCommandHarness();

it('says in two lines what is watched, how the alerts stand, what fired and what the last outage was', async () => {
  const since = HARNESS_NOW - 24 * HOUR;
  const say = async (outages: readonly object[] = []) => {
    const context = { ...(await harness.context()), outages: async () => outages as never };
    return heartbeatMessage(context, { since });
  };
  expect(textOf(await say())).toBe('💚 Watching 0 alerts\n0 fired since 14 Jan 12:00 UTC · no outage');
  for (const rule of ['btc > 60500', 'btc > 70k', 'eth < 2000']) await harness.say(`/alert ${rule}`);
  await harness.trade('btcusdt', 60_600);
  const outage = { chatKey: 'telegram:100', cause: 'binance', alerts: 2, fired: 0, missed: 0, feeds: 0, signals: 0 };
  const message = await say([{ ...outage, startedAt: HARNESS_NOW - HOUR, endedAt: HARNESS_NOW - HOUR + 220_000 }]);
  expect(textOf(message)).toBe(
    '💚 Watching 3 alerts on 2 symbols of sim: 1 fired, 2 armed\n' +
      '1 fired since 14 Jan 12:00 UTC · last outage: binance, 3m40s at 11:00 UTC, nothing was missed',
  );
  expect(message.silent).toBe(true);
});

it('says first how many alerts are blind, and aloud', async () => {
  for (const rule of ['btc > 70k', 'eth < 2000']) await harness.say(`/alert ${rule}`);
  const ts = harness.time.now();
  harness.market.apply({ type: 'gap', instrument: 'sim:btcusdt', open: true, from: ts, ts });
  const message = await heartbeatMessage(await harness.context(), { since: HARNESS_NOW });
  expect(textOf(message)).toMatch(/^⚠️ 1 of 2 alerts blind on 2 symbols of sim: 1 stale, 1 armed\n/);
  expect(message.silent).toBe(false);
});
