import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalRenderer } from '../charts/local-renderer.ts';
import { sampleRequests } from '../test/doubles/sample-charts.ts';

/** Draws sample pictures into a folder: `npx tsx scripts/sample-charts.ts docs/images`. */
const folder = process.argv[2];
if (!folder) {
  console.error('usage: sample-charts.ts FOLDER');
  process.exit(1);
}
await mkdir(folder, { recursive: true });
const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error };
const renderer = createLocalRenderer({ threads: 1, log: quiet });
for (const [name, request] of Object.entries(sampleRequests())) {
  const file = join(folder, `${name}.png`);
  await writeFile(file, await renderer.render(request));
  console.log(file);
}
await renderer.close();
