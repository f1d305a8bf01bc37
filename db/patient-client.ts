import { setTimeout as pause } from 'node:timers/promises';
import { type Client, type InArgs, type InStatement, LibsqlError } from '@libsql/client';
import { breathe } from './breathe.ts';
import type { Health } from './health.ts';

/** How long a lock of another process is waited for, in ms; what waits longer has failed, and says so. */
const PATIENCE_MS = 1_000;
/** After so long of a turn of the event loop calls wait for the next one, in ms: local ones never let go of the thread by themselves. */
const TURN_MS = 10;
/** Between two looks whether the lock is free, in ms. */
const LOOK_MS = [2, 5, 10, 25] as const;

const isBusy = (error: unknown): boolean => error instanceof LibsqlError && /BUSY|LOCKED/.test(error.code);

/** What kind of work a statement is: one that failed is known to work again when its like does. */
function kindOf(statement: InStatement | [string, InArgs?]): string {
  const sql = typeof statement === 'string' ? statement : 'sql' in statement ? statement.sql : statement[0];
  return sql.trimStart().slice(0, 32).trim();
}

/** Reads pass while somebody else writes; they never wait behind a write that waits. */
const isRead = (kind: string): boolean => /^(SELECT|WITH)\b/i.test(kind);

/** Runs calls of one connection to a file; see `patiently`. */
interface Patience {
  read<T>(work: () => Promise<T>): Promise<T>;
  /** In the order of the calls: no write overtakes one that waits. */
  write<T>(work: () => Promise<T>): Promise<T>;
}

/** For servers, and for memory: nobody else locks what is ours. */
const none: Patience = { read: (work) => work(), write: (work) => work() };

/**
 * Waits for other processes' locks without holding up the thread.
 * @param prepare sets the PRAGMAs of a new connection
 */
function patienceOf(client: Client, prepare: () => Promise<void>): Patience {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  /** When the present turn made its first call. */
  let turnSince: number | undefined;
  /** Calls that wait for the one that is at work, oldest first: how long it takes is known when it is done. */
  const queue: (() => void)[] = [];
  let isTaken = false;

  async function takeTurn(): Promise<void> {
    while (turnSince !== undefined && performance.now() - turnSince > TURN_MS) await breathe();
    if (turnSince !== undefined) return;
    turnSince = performance.now();
    setImmediate(() => {
      turnSince = undefined;
    });
  }

  /** One call after another, and no more of them in a turn than there is time for. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (isTaken) await new Promise<void>((resolve) => queue.push(resolve));
    isTaken = true;
    try {
      if (turnSince === undefined || performance.now() - turnSince > TURN_MS) await takeTurn();
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) isTaken = false;
      else next();
    }
  }

  async function isFree(): Promise<boolean> {
    try {
      await client.executeMultiple('BEGIN IMMEDIATE; ROLLBACK');
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }

  async function untilFree(deadline: number): Promise<boolean> {
    for (let look = 0; performance.now() < deadline; look++) {
      await pause(LOOK_MS[Math.min(look, LOOK_MS.length - 1)]);
      if (await isFree()) return true;
    }
    return false;
  }

  /** A call that had not begun when another one changed the connection. */
  const isCut = (error: unknown): boolean =>
    error instanceof LibsqlError && error.code === 'CLIENT_CLOSED' && !client.closed;

  /**
   * A statement that was refused for a lock stays in its connection until it is collected, and until then nothing that is written
   * there is committed, although it says so. So the connection is changed for a new one, and whether the lock is free is asked by a
   * call that leaves nothing behind.
   */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await inTurn(work);
      } catch (error) {
        if (isCut(error)) continue;
        if (!isBusy(error)) throw error;
        client.reconnect();
        await prepare();
        if (!(await untilFree(deadline))) throw error;
      }
    }
  }

  return {
    read: patiently,
    write(work) {
      const turn = waiting === 0 ? patiently(work) : last.then(() => patiently(work));
      waiting++;
      const over = (): void => {
        waiting--;
      };
      last = turn.then(over, over);
      return turn;
    },
  };
}

/**
 * A client that notes how its writes fared, and that waits for other processes' locks where `prepare`, which sets the PRAGMAs of a
 * new connection, is given. The connection itself must not wait: libSQL works on the caller's thread.
 */
export function patientClient(client: Client, health: Health, prepare?: () => Promise<void>): Client {
  const patience = prepare === undefined ? none : patienceOf(client, prepare);

  async function write<T>(kind: string, work: () => Promise<T>): Promise<T> {
    try {
      const result = await patience.write(work);
      health.worked(kind);
      return result;
    } catch (error) {
      health.failed(kind, error);
      throw error;
    }
  }

  return {
    execute(statement: InStatement, args?: InArgs) {
      const kind = kindOf(statement);
      const work = () => (typeof statement === 'string' ? client.execute(statement, args) : client.execute(statement));
      return isRead(kind) ? patience.read(work) : write(kind, work);
    },
    batch(statements, mode) {
      const work = () => client.batch(statements, mode);
      return mode === 'read' ? patience.read(work) : write(statements.length === 0 ? '' : kindOf(statements[0]), work);
    },
    migrate: (statements) => write('migration', () => client.migrate(statements)),
    executeMultiple: (sql) => write(kindOf(sql), () => client.executeMultiple(sql)),
    transaction: (mode?: 'write' | 'read' | 'deferred') => patience.write(() => client.transaction(mode ?? 'write')),
    sync: () => client.sync(),
    reconnect: () => client.reconnect(),
    close: () => client.close(),
    get closed() {
      return client.closed;
    },
    get protocol() {
      return client.protocol;
    },
  };
}
