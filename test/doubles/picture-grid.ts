import { readFile, writeFile } from 'node:fs/promises';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { drawPixels, type Pixels } from '../../charts/canvas.ts';
import type { ChartConfig } from '../../charts/chart-config.ts';
import { encodePng } from '../../charts/png.ts';

const COLUMNS = 30;
const ROWS = 18;

/** The average colour of each part of a picture, as bytes: 18 rows of 30 parts of red, green, blue. */
export type PictureGrid = Uint8Array;

export function gridOf({ data, width, height }: Pixels): PictureGrid {
  const sums = new Float64Array(ROWS * COLUMNS * 3);
  const counts = new Float64Array(ROWS * COLUMNS);
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * COLUMNS) / width));
  // A plain loop: a picture has millions of pixels.
  for (let y = 0, from = 0; y < height; y++) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    for (let x = 0; x < width; x++, from += 4) {
      const part = row + columns[x];
      counts[part]++;
      sums[part * 3] += data[from];
      sums[part * 3 + 1] += data[from + 1];
      sums[part * 3 + 2] += data[from + 2];
    }
  }
  return Uint8Array.from(sums, (sum, i) => Math.round(sum / counts[Math.floor(i / 3)]));
}

/** What a viewer gets to see: drawn, written as PNG and read again. */
export async function viewedPixels(config: ChartConfig): Promise<Pixels> {
  const drawn = drawPixels(config);
  const image = await loadImage(Buffer.from(encodePng(drawn.data, drawn.width, drawn.height)));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return { data: new Uint8Array(canvas.data()), width: image.width, height: image.height };
}

/** The parts that differ by more than `tolerance` of 255 in a channel, as `row 3, column 7: 1d252f is 0f1419`. */
export function differences(seen: PictureGrid, wanted: PictureGrid, tolerance: number): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < ROWS * COLUMNS; at++) {
    const isFar = [0, 1, 2].some((channel) => Math.abs(seen[at * 3 + channel] - wanted[at * 3 + channel]) > tolerance);
    if (isFar)
      found.push(`row ${Math.floor(at / COLUMNS)}, column ${at % COLUMNS}: ${hexAt(wanted, at)} is ${hexAt(seen, at)}`);
  }
  return found;
}

const hexAt = (grid: PictureGrid, at: number) => Buffer.from(grid.subarray(at * 3, at * 3 + 3)).toString('hex');

const fileOf = (name: string) => new URL(`../../charts/figures/looks/${name}.txt`, import.meta.url);

/** How a figure looked when a person last looked at it. */
export async function readLook(name: string): Promise<PictureGrid> {
  const text = await readFile(fileOf(name), 'utf8');
  return new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
}

export async function writeLook(name: string, grid: PictureGrid): Promise<void> {
  const row = (y: number) => Array.from({ length: COLUMNS }, (_, x) => hexAt(grid, y * COLUMNS + x)).join(' ');
  await writeFile(fileOf(name), `${Array.from({ length: ROWS }, (_, y) => row(y)).join('\n')}\n`);
}
