import { startChild, unreachable } from './child.ts';
import { installedCcxt } from './package.ts';

/** Nothing is told of the time here: it only bounds the wait. */
const MACHINE_CLOCK = {
  now: () => Date.now(),
  after(ms: number, task: () => void) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Ids of every exchange that `ccxt:<id>` can stream; none where ccxt is not installed. Asked in a process of its own, which takes a second
 * or two.
 *
 * @throws TransportError where that process does not work
 */
export async function ccxtVenues(module: string | undefined = installedCcxt()): Promise<readonly string[]> {
  if (module === undefined) return [];
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const child = startChild({
    settings: { module, exchange: undefined },
    clock: MACHINE_CLOCK,
    onItem: () => undefined,
    onReady: () => undefined,
    onEnd: (why) => fail(unreachable(why)),
  });
  try {
    return await Promise.race([child.ask({ what: 'venues' }), failed]);
  } finally {
    failed.catch(() => undefined);
    await child.end('it has answered');
  }
}
