import { describe, expect, it } from 'vitest';
import { HARNESS_NOW, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { createCommandService } from './create-service.ts';
import type { Outage } from './ports.ts';

const harness = useCommandHarness();

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
        '🟠 sim prices: stale, 1 symbol, 3 alerts here',
        '🟢 telegram chat: live, heard 2s ago',
        'alerts of this chat: 1 fired, 1 armed, 1 already true',
        'messages: 0 sent in 24 h, 1 waiting, 0 failed, 0 expired',
      ].join('\n'),
    );
    await harness.owed();
    expect(await reply('/status')).toContain('messages: 1 sent in 24 h, 0 waiting');
  });

  it('tells how many messages are left, and of the last outage', async () => {
    const outage = { chatKey: 'telegram:100', cause: 'binance', alerts: 2, fired: 0, missed: 0, feeds: 0, signals: 0 };
    const [start, now] = [HARNESS_NOW - 600_000, HARNESS_NOW];
    let last: Outage = { ...outage, startedAt: start, endedAt: start + 220_000 };
    const budget = (chatKey: string) => ({ left: chatKey === 'telegram:100' ? 15 : 0, of: 18, ms: 60_000 });
    const ports = { ...harness.ports, budget, outages: async () => [last] };
    const ask = async () =>
      textOf(await createCommandService(ports).run({ asker: someone(), command: 'status', text: '' }));
    expect(await ask()).toContain(
      '\nbudget of this chat: 15 of 18 messages left in 1m\nlast outage: binance, 3m40s at 11:50 UTC, nothing was missed',
    );
    last = { ...last, fired: 1, missed: 2 };
    expect(await ask()).toContain('3m40s at 11:50 UTC, 3 alerts fired meanwhile');
    last = { ...last, endedAt: undefined };
    expect(await ask()).toContain('\noutage: binance since 11:50 UTC (10m), 2 alerts blind');
    // Of the program's own stops the chat's firings tell what fell into them.
    await harness.say('/alert btc > 60500');
    await harness.trade('btcusdt', 60_600);
    last = { ...outage, chatKey: '', cause: 'program', startedAt: now - 60_000, endedAt: now + 1_000 };
    expect(await ask()).toContain('\nlast outage: I was down, 1m1s at 11:59 UTC, 1 alert fired meanwhile');
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
