import { expect, it } from 'vitest';
import { plainText } from '../commands/message.ts';
import { SIGNAL } from '../commands/signal-message.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { someone } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { createChatContexts } from './compose.ts';
import { createSignalMessages } from './signal-messages.ts';

const KEY = 'telegram:100';
const harness = useCommandHarness();

/** Signals of three feeds at one moment, as they are owed. */
async function three() {
  for (const name of ['one', 'two', 'three']) {
    await harness.say(`/strategy new ${name} on btc 1m long when close > 61000 exit when close < 50000 stop at 60500`);
    await harness.say(`/feed add ${name}`);
  }
  await harness.trade('btcusdt', 60_000);
  await harness.market.idle();
  await harness.trade('btcusdt', 61_050);
  await harness.time.advance(MINUTE);
  await harness.trade('btcusdt', 61_100);
  const { free } = await harness.outbox.peekWith({ id: '0', chatKey: KEY, kind: SIGNAL }, harness.time.now(), 10);
  const { messages, outbox } = harness;
  return { owed: free, signals: createSignalMessages({ ...messages, rows: outbox }, createChatContexts(messages)) };
}

it('three signals of one moment are one message with one picture, two are not', async () => {
  const { owed, signals } = await three();
  expect(owed).toHaveLength(3);
  const [first, ...others] = owed;
  expect(await signals.digest.choose(first, others)).toHaveLength(2);
  expect(await signals.digest.choose(first, others.slice(1))).toEqual([]);
  const message = await signals.digest.compose(owed);
  const [head, ...lines] = plainText(message?.text ?? []).split('\n');
  expect(head).toBe('📡 3 signals');
  expect(lines.slice(0, 3).map((line) => line.split(' · ').at(-2))).toEqual(['one', 'two', 'three']);
  expect(message?.picture?.png.length).toBeGreaterThan(0);
  expect(harness.drawn).toHaveLength(1);
});

it('all signals of a message are listed as they stand now, to whom its button is pressed by in its chat', async () => {
  const { owed, signals } = await three();
  const [first, ...others] = owed;
  const ids = others.map(({ id }) => id);
  await harness.outbox.carry(first.id, ids, harness.time.now());
  await harness.trade('btcusdt', 60_400);
  const context = await harness.context();
  const { data } = context.button('Show all', 'dga', [first.id, '0']);
  const { reply } = await harness.press(data);
  const lines = plainText(reply?.text ?? []).split('\n');
  expect(lines[0]).toBe('3 signals: 3 lost');
  expect(lines.slice(1).map((line) => line.split(' · ').at(-1))).toEqual(['one', 'two', 'three']);
  expect(reply?.private).toBe(true);
  expect(signals.digest.most).toBeGreaterThan(lines.length);
  const elsewhere = someone({ address: { platform: 'telegram', chat: '200' }, userId: 'telegram:200' });
  expect(await harness.press(data, elsewhere)).not.toHaveProperty('reply');
});

it('a feed goes with its chat, and what was owed under the old name is sent under the new one', async () => {
  const { owed, signals } = await three();
  harness.feeds.moved(KEY, 'telegram:-1005');
  expect(harness.feeds.list(KEY)).toEqual([]);
  expect(harness.feeds.list('telegram:-1005').map(({ feed }) => feed.targetKey)).toEqual(
    Array(3).fill('telegram:-1005'),
  );
  const moved = { reason: 'moved', movedTo: 'telegram:-1005' };
  await expect(signals.raised(owed[0])).rejects.toMatchObject(moved);
  await expect(signals.digest.compose(owed)).rejects.toMatchObject(moved);
  expect(await harness.say('/feed list', someone()).then(({ text }) => plainText(text))).toContain('No feed yet');
});
