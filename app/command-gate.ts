import type { CommandService } from '../commands/service.ts';

/** A door before the commands that is shut when the program stops. */
export interface CommandGate {
  readonly service: CommandService;
  /** From now on everybody is told that the program is restarting; what runs already goes on. */
  close(): void;
  /** Resolves once nothing runs. */
  idle(): Promise<void>;
}

const CLOSED = 'I am restarting. Send that again in a minute.';

export function createCommandGate(inner: CommandService): CommandGate {
  const running = new Set<Promise<unknown>>();
  let open = true;

  function pass<T>(call: () => Promise<T>, closed: T): Promise<T> {
    if (!open) return Promise.resolve(closed);
    const work = call().finally(() => running.delete(work));
    running.add(work);
    return work;
  }

  return {
    service: {
      commands: inner.commands,
      run: (call) => pass(() => inner.run(call), { text: [CLOSED], private: true }),
      press: (press) => pass(() => inner.press(press), { toast: CLOSED }),
      complete: (query) => pass(() => inner.complete(query), []),
    },
    close() {
      open = false;
    },
    async idle() {
      await Promise.allSettled(running);
    },
  };
}
