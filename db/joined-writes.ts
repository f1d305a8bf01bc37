import type { Client, InStatement } from '@libsql/client';

/** Runs the statements in one batch with whatever else is asked for in the same turn of the event loop; rejects with the batch. */
export type JoinedWrites = (statements: readonly InStatement[]) => Promise<void>;

interface Batch {
  readonly statements: InStatement[];
  readonly done: Promise<void>;
}

/** For small writes that often come together: each commit waits for the disk, and a hundred commits wait a hundred times. */
export function createJoinedWrites({ batch }: Pick<Client, 'batch'>): JoinedWrites {
  let next: Batch | undefined;

  function begin(): Batch {
    const statements: InStatement[] = [];
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      next = undefined;
      await batch(statements, 'write');
    });
    return { statements, done };
  }

  return (statements) => {
    next ??= begin();
    next.statements.push(...statements);
    return next.done;
  };
}
