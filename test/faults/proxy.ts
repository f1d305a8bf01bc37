import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./proxy-process.ts', import.meta.url));

/** A line to a port on loopback that can be frozen. */
export interface Line {
  readonly port: number;
  /** The sockets stay open, new ones are taken by the system alone, and nothing passes. */
  freeze(): void;
  thaw(): void;
  stop(): void;
}

export async function startProxy(target: number): Promise<Line> {
  const child = fork(SCRIPT, [String(target)], { execArgv: ['--import', 'tsx'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}`)));
  });
  return {
    port,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: () => void child.kill('SIGKILL'),
  };
}
