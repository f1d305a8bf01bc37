import { readFile, writeFile } from 'node:fs/promises';
import { envExample } from '../app/env-example.ts';
import { COMMANDS } from '../commands/registry.ts';
import { CATALOG } from '../engine/series/catalog.ts';
import { commandBlock, seriesTable, variablesTable, withBlock } from './doc-tables.ts';

/** Brings those parts of the documents up to date that follow from the code: `node --import tsx scripts/update-docs.ts`. */
const at = (path: string): URL => new URL(`../${path}`, import.meta.url);

async function renew(path: string, blocks: readonly (readonly [name: string, block: string])[]): Promise<void> {
  const text = await readFile(at(path), 'utf8');
  await writeFile(
    at(path),
    blocks.reduce((result, [name, block]) => withBlock(result, name, block), text),
  );
}

await renew('README.md', [['variables', variablesTable()]]);
await renew('docs/language.md', [['series', seriesTable(CATALOG)]]);
await renew(
  'docs/commands.md',
  COMMANDS.map((command) => [`command ${command.name}`, commandBlock(command)]),
);
await writeFile(at('.env.example'), envExample());
