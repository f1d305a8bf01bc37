import { expect, it } from 'vitest';
import { MINUTE } from '../engine/market/interval.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { createHolds } from './holds.ts';

const harness = useCommandHarness();

it('a signal waits while its symbol is muted, and what changes its message waits for it', async () => {
  const { say, trade, time, ports } = harness;
  await say('/strategy new spike on btc 1m long when close > 61000 exit when close < 50000 stop at 60500');
  await trade('btcusdt', 60_000);
  await say('/feed add spike');
  await harness.market.idle();
  await say('/mute btc 2h');
  await trade('btcusdt', 61_050);
  await time.advance(MINUTE);
  await trade('btcusdt', 61_100);
  const [signal, opened] = await harness.outbox.byFiring(`s${harness.feeds.list('telegram:100')[0].feed.id}.1`);
  const holds = createHolds({
    ...{ chats: ports.chats, mutes: ports.mutes, mayWait: () => true },
    ...{ stored: harness.rules.stored, deliveries: ports.rules.deliveries },
  });
  expect((await holds([signal], time.now())).get(signal.id)?.held).toBe('mute btcusdt');
  expect((await holds([opened], time.now())).has(opened.id)).toBe(true);
  await say('/unmute btc');
  expect((await holds([signal], time.now())).size).toBe(0);
});
