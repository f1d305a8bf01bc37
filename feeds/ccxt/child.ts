import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Clock } from '../../engine/clock.ts';
import { TransportError } from '../../engine/errors.ts';
import type { Answers, Item, Order, Question, WorkerSettings } from './messages.ts';

/** Starts a process, as `child_process.fork`. */
export type Fork = (file: string, args: readonly string[], options: ForkOptions) => ChildProcess;

export interface ChildOptions {
  readonly settings: WorkerSettings;
  readonly clock: Clock;
  /** Heap of the child in MB; one that needs more is ended, and begun anew. */
  readonly memoryMb?: number | undefined;
  readonly fork?: Fork | undefined;
  readonly onItem: (item: StreamItem, child: Child) => void;
  readonly onReady: (abilities: ReadyItem, child: Child) => void;
  /** Called once, whatever ended it. */
  readonly onEnd: (why: string, child: Child) => void;
}

export type ReadyItem = Extract<Item, { is: 'ready' }>;
export type StreamItem = Extract<Item, { stream: number }>;

/** A child process at work. */
export interface Child {
  send(order: Order): void;
  /** @throws TransportError */
  ask<W extends Question['what']>(question: Extract<Question, { what: W }>): Promise<Answers[W]>;
  /** Ends it at once: it holds nothing that must be saved. Resolves when it is gone. */
  end(why: string): Promise<void>;
}

export const MEMORY_MB = 512;
const START_MS = 120_000;
const PING_EVERY_MS = 10_000;
const HUNG_MS = 30_000;
const ANSWER_MS = 120_000;
const MAX_STDERR = 2_000;
/** What the child is told of our environment: no token is among it. */
const ENVIRONMENT = ['PATH', 'HOME', 'TZ', 'LANG', 'TMPDIR', 'SYSTEMROOT', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

export function startChild(options: ChildOptions): Child {
  const { clock } = options;
  const questions = new Map<number, Waiting>();
  const made = launch(options);
  const gone = new Promise<void>((resolve) => {
    made.once('exit', resolve);
    made.once('error', resolve);
  });
  let nextId = 1;
  let heardAt = clock.now();
  let isReady = false;
  let hasEnded = false;
  let said = '';
  let cancelBeat = clock.after(PING_EVERY_MS, beat);

  made.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-MAX_STDERR);
  });
  made.on('message', (items) => {
    heardAt = clock.now();
    for (const item of items as readonly Item[]) take(item);
  });
  made.once('error', (error) => ended(`it cannot be started: ${error.message}`));
  made.once('exit', (code, signal) => ended(`it ended with ${signal ?? code}${lastWords(said)}`));

  function take(item: Item): void {
    if (hasEnded) return;
    if (item.is === 'ready') {
      isReady = true;
      options.onReady(item, child);
    } else if (item.is === 'broken') ended(item.why);
    else if (item.is === 'answer') settle(item.id)?.resolve(item.value);
    else if (item.is === 'failure') settle(item.id)?.reject(new TransportError(item.failure.message, item.failure));
    else if (item.is !== 'pong') options.onItem(item, child);
  }

  function settle(id: number): Waiting | undefined {
    const waiting = questions.get(id);
    questions.delete(id);
    waiting?.cancel();
    return waiting;
  }

  function beat(): void {
    const silentMs = clock.now() - heardAt;
    if (silentMs >= (isReady ? HUNG_MS : START_MS)) {
      ended(isReady ? `it has not answered for ${Math.round(silentMs / 1000)} s` : 'it does not start');
      return;
    }
    send({ do: 'ping', id: 0 });
    cancelBeat = clock.after(PING_EVERY_MS, beat);
  }

  function ended(why: string): void {
    if (hasEnded) return;
    hasEnded = true;
    cancelBeat();
    made.kill('SIGKILL');
    for (const id of [...questions.keys()]) settle(id)?.reject(unreachable(why));
    options.onEnd(why, child);
  }

  function send(order: Order): void {
    // A child that has just died is told of by its exit.
    if (!hasEnded && made.connected) made.send(order, () => undefined);
  }

  const child: Child = {
    send,
    ask: <W extends Question['what']>(question: Extract<Question, { what: W }>) =>
      new Promise<Answers[W]>((resolve, reject) => {
        if (hasEnded) {
          reject(unreachable('it has ended'));
          return;
        }
        const id = nextId++;
        const cancel = clock.after(ANSWER_MS, () => settle(id)?.reject(unreachable('no answer in time')));
        questions.set(id, { resolve: (value) => resolve(value as Answers[W]), reject, cancel });
        send({ do: 'ask', id, question });
      }),
    end(why) {
      ended(why);
      return gone;
    },
  };
  return child;
}

interface Waiting {
  resolve(value: Answers[keyof Answers]): void;
  reject(error: Error): void;
  cancel(): void;
}

export function unreachable(why: string): TransportError {
  return new TransportError(`the process of ccxt is not there: ${why}`, { retryable: true, reason: 'unreachable' });
}

function launch({ settings, memoryMb = MEMORY_MB, fork: start = fork }: ChildOptions): ChildProcess {
  const known = ENVIRONMENT.map((name) => [name, process.env[name]] as const);
  // The worker is TypeScript as everything else: it needs the loader, whatever runs the main thread.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return start(fileURLToPath(new URL('./worker.ts', import.meta.url)), [JSON.stringify(settings)], {
    execArgv: [`--max-old-space-size=${memoryMb}`, '--import', loader],
    env: Object.fromEntries(known.filter(([, value]) => value !== undefined)),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
}

/** The line of standard error that tells why: V8 and Node write much around it. */
function lastWords(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const line = lines.find((one) => /^FATAL ERROR|Error:/.test(one));
  return line === undefined ? '' : `: ${line.slice(0, 200)}`;
}
