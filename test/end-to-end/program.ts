import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The program as it was built for the tests, where a run of them did so. */
const BUILT = process.env.BUILT_PROGRAM;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The code of a process that is gone, or the signal that ended it. */
export type Exit = number | NodeJS.Signals | null;

/** The program as an operator runs it, in a process of its own. */
export interface Program {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  readonly pid: number;
  /** Sends it a signal. */
  signal(signal: 'SIGHUP' | 'SIGTERM'): void;
  /** Resolves when it is gone. */
  ended(): Promise<Exit>;
  /** Ends it with a signal and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Exit>;
}

export interface Ended {
  readonly code: Exit;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is started: the files that an operator starts, or where they were built the same in fewer files, which starts sooner. */
export type From = 'sources' | 'built';

/** @param module `main`, or a script, `scripts/backup` @returns the arguments of node that run it */
export const moduleOf = (module: string, from: From = 'built'): readonly string[] =>
  from === 'sources' || BUILT === undefined ? ['--import', 'tsx', `${ROOT}${module}.ts`] : [`${BUILT}/${module}.js`];

function launch(env: Readonly<Record<string, string>>, from: From): ChildProcess {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, ['--max-semi-space-size=64', ...moduleOf('main', from)], {
    cwd: ROOT,
    env: { PATH, HOME, HTTP_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode);
    else child.once('exit', (code, signal) => resolve(code ?? signal));
  });

/** A program that may still be starting. */
export interface Launched {
  readonly pid: number;
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** All that it printed so far, on both of its outputs. */
  output(): string;
  /** `http://127.0.0.1:PORT` as soon as it says that it has started. Rejects with what it printed where it ends instead. */
  readonly started: Promise<string>;
  /** Once it is gone. */
  readonly ended: Promise<Exit>;
  /** Sends a signal and does not wait. */
  signal(name: NodeJS.Signals): void;
}

/** Starts the program and does not wait for it. */
export function launchProgram(env: Readonly<Record<string, string>>, from: From = 'built'): Launched {
  const child = launch(env, from);
  const log: Record<string, unknown>[] = [];
  let output = '';
  let rest = '';
  const started = new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      output += String(chunk);
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const entry = JSON.parse(line) as Record<string, unknown>;
        log.push(entry);
        if (entry.msg === 'started') resolve(String(entry.address));
      }
    });
    child.stderr!.on('data', (chunk) => {
      output += String(chunk);
    });
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${output}`)));
  });
  // Who never asks whether it started is not interested in why it did not.
  started.catch(() => {});
  return {
    pid: child.pid!,
    log,
    output: () => output,
    started,
    ended: exitOf(child),
    signal: (name) => void child.kill(name),
  };
}

/** Starts the program and waits until it says that it has. Rejects with what it printed where it ends instead. */
export async function startProgram(env: Readonly<Record<string, string>>, from?: From): Promise<Program> {
  const { pid, started, log, ended, signal } = launchProgram(env, from);
  return {
    url: await started,
    log,
    pid,
    signal,
    ended: () => ended,
    end(name) {
      signal(name);
      return ended;
    },
  };
}

/** Runs the program where it is expected to end by itself. */
export async function runToEnd(env: Readonly<Record<string, string>>, from: From = 'built'): Promise<Ended> {
  const child = launch(env, from);
  const out = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk) => {
    out.stdout += String(chunk);
  });
  child.stderr!.on('data', (chunk) => {
    out.stderr += String(chunk);
  });
  return { code: await exitOf(child), ...out };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<{ path: string; drop(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'bellwether-'));
  return { path, drop: () => rm(path, { recursive: true, force: true }) };
}
