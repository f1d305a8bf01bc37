import { writeFileSync } from 'node:fs';
import { envExample } from '../app/env-example.ts';

/** Writes `.env.example` from the schema of the configuration. */
writeFileSync(new URL('../.env.example', import.meta.url), envExample());
