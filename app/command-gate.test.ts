import { expect, it } from 'vitest';
import type { Asker } from '../commands/service.ts';
import { createScriptedService } from '../test/doubles/telegram-harness.ts';
import { createCommandGate } from './command-gate.ts';

const asker: Asker = {
  ...{ address: { platform: 'page', chat: 'local' }, chatTitle: 'page', chatKind: 'private' },
  ...{ userId: 'page:1', userName: 'one', isChatAdmin: true },
};

it('lets what runs go on when it is closed, and answers everything else itself', async () => {
  let finish = (): void => {};
  const { service, runs, presses } = createScriptedService({
    run: () =>
      new Promise((resolve) => {
        finish = () => resolve({ text: ['drawn'] });
      }),
  });
  const gate = createCommandGate(service);
  const running = gate.service.run({ asker, command: 'chart', text: 'btc' });
  gate.close();
  expect(await gate.service.run({ asker, command: 'alert', text: 'btc > 1' })).toEqual({
    text: [expect.stringContaining('restarting')],
    private: true,
  });
  expect(await gate.service.press({ asker, data: 'x' })).toEqual({ toast: expect.stringContaining('restarting') });
  expect(await gate.service.complete({ asker, command: 'chart', argument: 'symbol', typed: '' })).toEqual([]);
  expect([runs.length, presses.length]).toEqual([1, 0]);

  let isIdle = false;
  const idle = gate.idle().then(() => {
    isIdle = true;
  });
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(isIdle).toBe(false);
  finish();
  expect(await running).toEqual({ text: ['drawn'] });
  await idle;
});
