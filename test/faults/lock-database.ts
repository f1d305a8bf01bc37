import { createClient } from '@libsql/client';

/** Holds the database's write lock as another process would, until the returned function is called. */
export async function lockDatabase(file: string): Promise<() => Promise<void>> {
  const client = createClient({ url: `file:${file}`, timeout: 5_000, concurrency: 1 });
  const held = await client.transaction('write');
  return async () => {
    await held.rollback();
    held.close();
    client.close();
  };
}
