import { describe, expect, it } from 'vitest';
import { buttonOf, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const reply = async (line: string) => textOf(await harness.say(line));

describe('/mute', () => {
  it('takes a symbol and a length in any order, an hour where nothing is said', async () => {
    expect(await reply('/mute')).toBe('Nothing is muted. Try /mute btc 2h.');
    expect(await reply('/mute 2h btc')).toContain('btcusdt is muted until 14:00 UTC.');
    expect(await reply('/mute eth')).toContain('ethusdt is muted until 13:00 UTC.');
    expect(await reply('/mute 30m')).toContain('All alerts of this chat are muted until 12:30 UTC.');
    const list = await harness.say('/mute');
    expect(textOf(list)).toBe(
      '🔇 Muted\nAll alerts of this chat until 12:30 UTC\nbtcusdt until 14:00 UTC\nethusdt until 13:00 UTC',
    );
    const { edit } = await harness.press(buttonOf(list, 'Unmute btcusdt'));
    expect(textOf(edit)).toBe('🔔 btcusdt can be heard again.');
    await harness.time.advance(30 * 60_000);
    expect(await reply('/mute')).toBe('🔇 Muted\nethusdt until 13:00 UTC');
    expect(await reply('/unmute')).toBe('🔔 All alerts of this chat can be heard again.');
    expect(await reply('/unmute eth')).toBe('ethusdt was not muted.');
    expect(await reply('/unmute')).toBe('Nothing was muted.');
  });

  it('has a button for each symbol that ends no other mute', async () => {
    const spot = harness.market.symbols.get('sim:btcusdt')!;
    harness.market.symbols.add([{ ...spot, instrument: 'sim:btcusdt.p', symbol: 'btcusdt.p', kind: 'perpetual' }]);
    await harness.say('/mute btc 2h');
    const muted = await harness.say('/mute btcusdt.p 2h');
    const { edit } = await harness.press(buttonOf(muted, 'Unmute btcusdt.p'));
    expect(textOf(edit)).toBe('🔔 btcusdt.p can be heard again.');
    expect(await reply('/mute')).toBe('🔇 Muted\nbtcusdt until 14:00 UTC');
  });

  it.each([
    [
      '/mute btc 2d',
      '“2d” is too long for a mute. From 1m to 23h: what is older than a day is not sent any more. Pause or delete alerts instead.',
    ],
    [
      '/mute btc 5s',
      '“5s” is too short for a mute. From 1m to 23h: what is older than a day is not sent any more. Pause or delete alerts instead.',
    ],
    ['/mute btc eth', 'I can’t read “eth” there. Write a symbol and a length: /mute btc 2h'],
  ])('%s is refused with what would be right', async (line, words) => expect(await reply(line)).toBe(words));

  it('is for the admins of a group; the others keep their own alerts quiet', async () => {
    const asker = member(5);
    for (const line of ['/mute btc', '/unmute'])
      expect(textOf(await harness.say(line, asker))).toMatch(/^Only this chat’s admins may /);
    expect(textOf(await harness.say('/mute', asker))).toContain('Nothing is muted.');
  });

  it('is said of every alert that it keeps, whatever its state', async () => {
    for (const rule of ['> 50k', '> 70k', '> 71k']) await harness.say(`/alert btc ${rule}`);
    await harness.press(buttonOf(await harness.say('/alerts 3'), '⏸ Pause'));
    await harness.say('/mute btc 2h');
    expect((await reply('/alerts')).split('\n').slice(1)).toEqual([
      '2 🔇 btcusdt price > 70,000 · muted until 14:00 UTC',
      '1 🔕 btcusdt price > 50,000 · true already, waits for the next time · muted until 14:00 UTC',
      '3 ⏸ btcusdt price > 71,000 · paused',
    ]);
  });

  it('has a button below an alert that is not muted yet', async () => {
    await harness.say('/alert btc > 70k');
    const detail = await harness.say('/alerts 1');
    const { reply: done } = await harness.press(buttonOf(detail, 'Mute btcusdt 2h'));
    expect(textOf(done)).toContain('btcusdt is muted until 14:00 UTC.');
    const muted = await harness.say('/alerts 1');
    expect(textOf(muted)).toContain('🔇 Muted until 14:00 UTC. What fires meanwhile comes as one message then.');
    expect(muted.buttons?.flat().map(({ label }) => label)).not.toContain('Mute btcusdt 2h');
  });
});
