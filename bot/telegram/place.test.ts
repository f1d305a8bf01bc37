import { afterEach, expect, it } from 'vitest';
import type { Asker } from '../../commands/service.ts';
import { UserError } from '../../engine/errors.ts';
import { connect } from '../../test/doubles/telegram-harness.ts';

const CHANNEL = -1002000000001;
/** The double's own. */
const BOT = 42;

const ASKER: Asker = {
  ...{ address: { platform: 'telegram', chat: '7' }, chatTitle: 'Ada', chatKind: 'private' },
  ...{ userId: 'telegram:7', userName: 'Ada', isChatAdmin: true },
};

let close = async (): Promise<void> => {};
afterEach(() => close());

it('is a channel where both may post, and says whom it lacks', async () => {
  const bot = await connect();
  close = bot.close;
  const { telegram, server } = bot;
  const answer = (named: string, isOwner = false): Promise<unknown> =>
    telegram.place!(named, ASKER, isOwner).catch((error: unknown) =>
      error instanceof UserError ? error.message : error,
    );
  expect(await answer('#signals')).toBe('I can’t find #signals on Telegram.');
  expect(await answer(String(CHANNEL))).toBe(`I see no ${CHANNEL}.`);
  server.say('hello', { chatId: CHANNEL, chatType: 'channel', title: 'Signals', userId: 7 });
  expect(await answer(String(CHANNEL))).toBe('I may not post in Signals.');
  server.admins.add(BOT);
  expect(await answer(String(CHANNEL))).toBe('You do not administer Signals.');
  const place = { address: { platform: 'telegram', chat: String(CHANNEL) }, title: 'Signals', kind: 'channel' };
  expect(await answer(String(CHANNEL), true)).toEqual(place);
  server.admins.add(7);
  expect(await answer(String(CHANNEL))).toEqual(place);
});
