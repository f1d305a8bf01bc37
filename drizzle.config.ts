import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'turso',
  schema: ['./db/schema.ts', './db/schema-who.ts', './db/schema-ledger.ts', './db/schema-strategies.ts'],
  out: './db/migrations',
});
