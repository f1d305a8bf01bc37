import { writeFileSync } from 'node:fs';

/** A clock that the doubles and the program in its process share. It may start anywhere, run faster than the machine's, and be moved. */
export interface FaultClock {
  /** ms since the epoch. */
  now(): number;
  /** How many of its ms pass in one of the machine's. */
  readonly speed: number;
  /** For the program's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Moves the program's clock, and that alone, as an operator or a time server does. @param signal sends a signal to the program */
  move(ms: number, signal: (name: 'SIGUSR2') => void): void;
}

export interface FaultClockOptions {
  /** When it starts; now where it is missing. */
  readonly at?: number;
  readonly speed?: number;
  /** Where it may leave a file that tells how far it was moved. */
  readonly folder: string;
}

/** Runs before the program: its time and its timers are the shared clock's. Threads have it too, but hear of no move. */
function preload(begun: number, at: number, speed: number, file: string): string {
  return `
    import { readFileSync } from 'node:fs';
    const real = Date.now.bind(Date);
    let moved = 0;
    const now = () => Math.floor(${at} + (real() - ${begun}) * ${speed} + moved);
    globalThis.Date = new Proxy(Date, {
      construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
      get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
    });
    const running = performance.now.bind(performance);
    performance.now = () => running() * ${speed};
    for (const name of ['setTimeout', 'setInterval']) {
      const plain = globalThis[name];
      const quick = (task, ms, ...rest) => plain(task, ms / ${speed}, ...rest);
      globalThis[name] = Object.defineProperties(quick, Object.getOwnPropertyDescriptors(plain));
    }
    process.on('SIGUSR2', () => {
      moved = Number(readFileSync(${JSON.stringify(file)}, 'utf8'));
    });`;
}

export function createFaultClock({ at, speed = 1, folder }: FaultClockOptions): FaultClock {
  const begun = Date.now();
  const start = at ?? begun;
  const file = `${folder}/clock-moved`;
  let moved = 0;
  const code = encodeURIComponent(preload(begun, start, speed, file));
  return {
    now: () => Math.floor(start + (Date.now() - begun) * speed),
    speed,
    env: { NODE_OPTIONS: `--import data:text/javascript,${code}` },
    move(ms, signal) {
      moved += ms;
      writeFileSync(file, String(moved));
      signal('SIGUSR2');
    },
  };
}
