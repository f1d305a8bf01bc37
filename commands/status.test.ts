import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandHarness, createCommandHarness, someone, textOf } from '../test/doubles/command-harness.ts';
import { createCommandService } from './create-service.ts';

let harness: CommandHarness;
beforeEach(async () => {
  harness = await createCommandHarness();
});
afterEach(() => harness.drop());

const reply = async (line: string) => textOf(await harness.say(line));

describe('/status', () => {
  it('tells how feeds, platforms, alerts and messages are doing', async () => {
    await harness.say('/alert btc > 60500');
    await harness.say('/alert btc > 70k');
    await harness.trade('btcusdt', 60_600);
    await harness.say('/alert btc > 50k');
    harness.venue.state('stale');
    expect(await reply('/status')).toBe(
      [
        'Status',
        '🟠 sim prices: stale, 1 symbol',
        '🟢 telegram chat: live, heard 2s ago',
        'alerts of this chat: 1 fired, 1 armed, 1 already true',
        'messages: 0 sent in 24 h, 1 waiting, 0 failed',
      ].join('\n'),
    );
    await harness.owed();
    expect(await reply('/status')).toContain('messages: 1 sent in 24 h, 0 waiting');
  });

  it('says when nothing can be stored, and what waits for it', async () => {
    const ports = {
      ...harness.ports,
      storage: () => ({ reason: 'database: commit failed (SQLITE_FULL)', waiting: 3 }),
    };
    const answer = await createCommandService(ports).run({ asker: someone(), command: 'status', text: '' });
    expect(textOf(answer)).toContain(
      '🔴 Nothing can be stored (database: commit failed (SQLITE_FULL)): 3 alerts wait to be sent until it can.',
    );
  });
});
