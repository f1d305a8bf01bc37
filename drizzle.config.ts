import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'turso',
  schema: ['./db/schema.ts', './db/schema-who.ts'],
  out: './db/migrations',
});
