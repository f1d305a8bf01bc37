import { afterEach, expect, it } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import { type CommandHarness, createCommandHarness, member, someone, textOf } from '../test/doubles/command-harness.ts';
import type { ReloadReport } from './ports.ts';

let harness: CommandHarness;
afterEach(() => harness.drop());

const ADMIN = someone({ userId: 'telegram:999' });

async function answers(reload: (() => ReloadReport) | undefined, asker = ADMIN): Promise<string> {
  harness = await createCommandHarness(reload === undefined ? {} : { reload });
  return textOf(await harness.say('/reload', asker));
}

it('tells an admin what changed and what needs a restart', async () => {
  const changed = [{ name: 'LOG_LEVEL', from: 'info', to: 'debug' }];
  expect(await answers(() => ({ changed, needRestart: ['FEEDS', 'HTTP_PORT'] }))).toBe(
    'Changed\nLOG_LEVEL info → debug\nNeeds a restart: FEEDS, HTTP_PORT',
  );
});

it('says so where nothing changed, and where all that changed needs a restart', async () => {
  expect(await answers(() => ({ changed: [], needRestart: [] }))).toBe('Nothing has changed.');
  await harness.drop();
  expect(await answers(() => ({ changed: [], needRestart: ['FEEDS'] }))).toBe(
    'Nothing is different yet.\nNeeds a restart: FEEDS',
  );
});

it('says what is wrong, in the words of the start', async () => {
  const refused = await answers(() => {
    throw new ConfigError('LOG_LEVEL must be info or debug (it is "loud")');
  });
  expect(refused).toBe('Nothing was changed: LOG_LEVEL must be info or debug (it is "loud").');
});

it('is for those that ADMINS names: not for the admins of a chat', async () => {
  let calls = 0;
  const reload = () => ({ changed: [], needRestart: [String(++calls)] });
  expect(await answers(reload, member(7, { isChatAdmin: true }))).toMatch(/^Only those that ADMINS names may/);
  expect(calls).toBe(0);
});
