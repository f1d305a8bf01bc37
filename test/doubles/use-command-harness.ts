import { afterEach, beforeEach } from 'vitest';
import { type CommandHarness, createCommandHarness } from './command-harness.ts';

/** A new harness for each test that follows, dropped after it; what is read of it is that of the running test. */
export function useCommandHarness(over?: Parameters<typeof createCommandHarness>[0]): CommandHarness {
  let current: CommandHarness;
  beforeEach(async () => {
    current = await createCommandHarness(over);
  });
  afterEach(() => current.drop());
  return new Proxy({} as CommandHarness, { get: (_, name) => Reflect.get(current, name) });
}
