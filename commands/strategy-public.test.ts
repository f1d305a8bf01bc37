import { beforeEach, describe, expect, it } from 'vitest';
import { buttonOf, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';

const harness = useCommandHarness();

const inChat = (chat: number, user = 5, isChatAdmin = false) =>
  member(user, { address: { platform: 'telegram', chat: `-100${chat}` }, isChatAdmin });
const [here, there] = [inChat(1), inChat(2, 6)];
const say = async (text: string, asker = here) => textOf(await harness.say(text, asker));
const RULES = 'on btc 1h long when rsi(14) crosses above 30 exit when rsi(14) > 60';

describe('public strategies', () => {
  beforeEach(async () => {
    await say(`/strategy new dips ${RULES}`);
  });

  it('are found and taken by every chat, as a copy that is its own', async () => {
    expect(await say('/strategy public', there)).toContain('No chat has made a strategy public yet.');
    const told = await say('/strategy publish dips');
    const [, number] = /\/strategy take (\d+)/.exec(told)!;
    expect(told).toMatch(/^dips is public now/);
    expect(await say('/strategy publish dips')).toBe('dips is public already.');
    const listed = await harness.say('/strategy public', there);
    expect(textOf(listed)).toContain(`${number} dips on sim:btcusdt 1h long when`);
    expect(textOf(listed)).not.toContain('-1001');
    const taken = await harness.press(buttonOf(listed, 'Take dips'), there);
    expect(textOf(taken.reply)).toMatch(/^✅ dips · version 1\n/);
    // What is changed there changes nothing here, and the other way round.
    await say(`/strategy new dips ${RULES} stop 2%`);
    expect(await say('/strategy show dips', there)).not.toContain('stop');
    // The number goes on with the next version.
    expect(await say(`/strategy take ${number} falls`, there)).toContain('stop 2%');
    expect(await say('/strategy list', there)).toMatch(/^Strategies 2 of 50\ndips .*\nfalls /);
  });

  it('are taken back by their owner or an admin, and by nobody else', async () => {
    expect(await say('/strategy publish dips', inChat(1, 9))).toContain('somebody else');
    const [, number] = /take (\d+)/.exec(await say('/strategy publish dips'))!;
    expect(await say('/strategy unpublish dips', inChat(1, 9))).toContain('somebody else');
    expect(await say('/strategy unpublish dips', inChat(1, 8, true))).toContain('of this chat alone again');
    expect(await say('/strategy unpublish dips')).toBe('dips is not public.');
    expect(await say(`/strategy take ${number}`, there)).toContain(`There is no public strategy “${number}”.`);
  });

  it('refuse what is no number, and a name that is taken', async () => {
    const [, number] = /take (\d+)/.exec(await say('/strategy publish dips'))!;
    expect(await say('/strategy take dips', there)).toContain('There is no public strategy “dips”.');
    expect(await say('/strategy take', there)).toContain('Which public strategy?');
    expect(await say(`/strategy take ${number}`)).toContain('dips is a strategy of this chat already.');
    expect(await say(`/strategy take ${number} 7up`, there)).toMatch(/a name is made of/i);
    expect(await say(`/strategy take ${number} ma-cross`, there)).toContain('is the name of a template');
    expect(await say('/strategy publish dipz')).toContain('Did you mean dips');
    for (const verb of ['publish', 'unpublish', 'remove', 'versions']) {
      expect(await say(`/strategy ${verb}`)).toBe(`Which strategy? For example /strategy ${verb} dips`);
      expect(await say(`/strategy ${verb} ma-cross`)).toMatch(
        /ma-cross is a template, and only a strategy made from it (can|has)/,
      );
    }
  });

  it('are marked where they stand', async () => {
    const marked = (typed: string, wrong: string) =>
      `${typed}\n${'·'.repeat(typed.indexOf(wrong))}${'^'.repeat(wrong.length)}`;
    for (const verb of ['publish', 'versions', 'remove', 'show']) {
      expect(await say(`/strategy ${verb} dipz`)).toContain(marked(`${verb} dipz`, 'dipz'));
    }
    const like = 'new x on btc 1h like ma-crosss';
    expect(await say(`/strategy ${like}`)).toContain(marked(like, 'ma-crosss'));
  });

  it('say how they are taken back, and that a new version of one is public too', async () => {
    expect(await say('/strategy publish dips')).toContain('/strategy unpublish dips');
    expect(await say(`/strategy new dips ${RULES} stop 2%`)).toContain(
      'It is public: this version is what every chat takes now.',
    );
    await say('/strategy unpublish dips');
    expect(await say(`/strategy new dips ${RULES} stop 3%`)).not.toContain('public');
  });

  it('keep their versions, which /strategy versions shows newest first', async () => {
    await say(`/strategy new dips ${RULES} stop 2%`);
    expect(await say('/strategy versions dips')).toMatch(
      /^dips 2 versions\n2 · since [^\n]+, holds\ndips on .* stop 2%\n1 · since [^\n]+, until [^\n]+\ndips on /,
    );
    expect(await say('/strategy versions nothing')).toContain('No strategy is called');
  });
});
