import { describe, expect, it } from 'vitest';
import { buttonOf, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Message } from './message.ts';

const harness = useCommandHarness();

const plain = (message: Message | undefined): string =>
  textOf(message)
    .replace(/\u00a0/g, ' ')
    .replaceAll('`', '');

async function settled(message: Message): Promise<Message> {
  let shown = message;
  for (let next = await shown.later?.(); next !== undefined; next = await shown.later?.()) shown = next;
  return shown;
}

// Threads start slowly on a busy machine.
describe('/strategy suggest', { timeout: 120_000 }, () => {
  it('reads the regime, tries the templates, and proposes what held up on a price that swings by 1% in four hours', async () => {
    const first = await harness.say('/strategy suggest btc 15m');
    expect(plain(first)).toBe('⏳ suggestion btcusdt 15m · 72 to try');
    const found = await settled(first);
    const said = plain(found);
    const [, name] = /^suggestion btcusdt 15m: (\S+) · /.exec(said) ?? [];
    expect(said).toContain('Without scalping and pairs, which read more than these bars.');
    expect(said).toMatch(/The last 50 bars: .*ADF p 0\.\d+/);
    // From -1% to 1% is 2%, of which costs take 0.3%: whoever follows the swing wins each time.
    expect(['ma-cross', 'trend', 'momentum', 'breakout', 'mean-reversion', 'squeeze']).toContain(name);
    expect(said).toMatch(new RegExp(`\\n${name} +\\+.*held up`));
    expect(said).toContain(`/strategy new my-${name} on sim:btcusdt 15m`);
    const saved = await harness.press(buttonOf(found, 'Save'));
    expect(plain(saved.reply)).toContain(`my-${name} · version 1`);
  });

  it('marks a slip where it stands, and corrects it with the rest of the text', async () => {
    const said = await harness.say('/strategy suggest btcc 15m');
    expect(plain(said)).toContain('suggest btcc 15m\n········^^^^');
    expect(buttonOf(said, 'suggest btcusdt 15m')).toBeDefined();
  });

  it.each([
    ['/strategy suggest', 'For which symbol?'],
    ['/strategy suggest nonsuch', 'I know no symbol'],
    ['/strategy suggest btc eth', '“eth” is more'],
    ['/strategy suggest btc 1h 7x', '“7x” is more'],
    ['/strategy suggest btc 10s', 'Bars shorter than a minute'],
  ])('refuses %s', async (line, why) => {
    expect(plain(await harness.say(line))).toContain(why);
  });
});
