import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configOf } from '../charts/picture.ts';
import { encodePng } from '../charts/png.ts';
import { figureSamples } from '../test/doubles/figure-samples.ts';
import { gridOf, viewedPixels, writeLook } from '../test/doubles/picture-grid.ts';

/**
 * Writes down how the samples of figures look, for the test beside them, and draws them for a person to look at first:
 * `npx tsx scripts/figure-looks.ts FOLDER [NAME]`.
 */
const [folder, only] = process.argv.slice(2);
if (!folder) {
  console.error('usage: figure-looks.ts FOLDER [NAME]');
  process.exit(1);
}
await mkdir(folder, { recursive: true });
for (const [name, { request }] of await figureSamples()) {
  if (only !== undefined && name !== only) continue;
  const pixels = await viewedPixels(configOf(request));
  const file = join(folder, `${name}.png`);
  await writeFile(file, encodePng(pixels.data, pixels.width, pixels.height));
  await writeLook(name, gridOf(pixels));
  console.log(file);
}
