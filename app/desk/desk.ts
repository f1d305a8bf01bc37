import type { DeskPort } from '../../commands/ports.ts';
import type { Clock } from '../../engine/clock.ts';
import { TransportError, UserError } from '../../engine/errors.ts';
import type { Analyses, AnalysisName } from '../../engine/quant/analyses.ts';
import type { Logger } from '../part-logger.ts';
import { createWorkerThread } from '../worker-thread.ts';
import type { DeskResult, DeskTask } from './worker.ts';

export interface DeskOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** An analysis that takes longer is given up and its thread replaced, in ms. */
  readonly timeoutMs?: number;
  /** The module that computes, for tests. */
  readonly worker?: URL;
}

export interface Desk extends DeskPort {
  close(): Promise<void>;
}

const PATIENCE_MS = 20_000;
/** A thread that nobody needs ends after this long, in ms. */
const IDLE_MS = 300_000;
const WAITING_LIMIT = 50;

/** Computes statistics in a thread of its own, which starts with the first question. */
export function createDesk({ clock, log, timeoutMs = PATIENCE_MS, worker }: DeskOptions): Desk {
  const thread = createWorkerThread<DeskTask, DeskResult>({
    module: worker ?? new URL('./worker.ts', import.meta.url),
    ...{ what: 'the desk', clock, log, patienceMs: timeoutMs, idleMs: IDLE_MS, waiting: WAITING_LIMIT },
  });

  async function ask(task: DeskTask): Promise<DeskResult> {
    try {
      return await thread.run(task);
    } catch (cause) {
      log.warn({ err: cause, analysis: task.name }, 'an analysis could not be made');
      const message = 'the analysis could not be made';
      throw new TransportError(message, { retryable: true, reason: 'unreachable', cause });
    }
  }

  return {
    warm: () => thread.warm(),
    async analyse<K extends AnalysisName>(name: K, input: Analyses[K]['input']): Promise<Analyses[K]['output']> {
      const result = await ask({ name, input } as DeskTask);
      if (result.kind === 'done') return result.output;
      throw new UserError(result.code, result.message, result.hint === undefined ? {} : { hint: result.hint });
    },
    close: () => thread.close(),
  };
}
