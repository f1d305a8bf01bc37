import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figureSamples } from '../../test/doubles/figure-samples.ts';
import { differences, gridOf, readLook, viewedPixels } from '../../test/doubles/picture-grid.ts';
import { drawPixels, type Pixels } from '../canvas.ts';
import { configOf } from '../picture.ts';

/** Of 255. Edges that are smoothed in another way stay below it, a label that is gone does not. */
const TOLERANCE = 2;

const samples = await figureSamples();

/** Each pixel mixed with its neighbours at the left and above: more than any two renderers differ in the smoothing of edges. */
function blurred({ data, width, height }: Pixels): Pixels {
  const soft = new Uint8Array(data);
  for (let at = width * 4 + 4; at < data.length; at++) {
    soft[at] = (data[at] * 2 + data[at - 4] + data[at - width * 4]) / 4;
  }
  return { data: soft, width, height };
}

/** The quarter of the picture right of and below its middle, moved to the right by about a letter. */
function moved({ data, width, height }: Pixels): Pixels {
  const out = new Uint8Array(data);
  const step = Math.round(width / 80);
  for (let y = Math.round(height / 2); y < height; y++) {
    const from = (y * width + width / 2) * 4;
    const row = data.subarray(from, (y + 1) * width * 4 - step * 4);
    out.set(row, from + step * 4);
  }
  return { data: out, width, height };
}

it('there is a sample for every kind of figure', () => {
  const text = readFileSync(new URL('./request.ts', import.meta.url), 'utf8');
  const kinds = [...text.matchAll(/readonly kind: '([a-z-]+)'/g)].map(([, kind]) => kind);
  expect(new Set([...samples.values()].map(({ request }) => request.kind))).toEqual(new Set(kinds));
});

it('the smoothing of edges makes no difference, a part that moved by a letter does', async () => {
  const wanted = await readLook('heat-map');
  const seen = drawPixels(configOf(samples.get('heat-map')!.request));
  expect(differences(gridOf(blurred(seen)), wanted, TOLERANCE)).toEqual([]);
  expect(differences(gridOf(moved(seen)), wanted, TOLERANCE)).not.toEqual([]);
});

describe.each([...samples])('the figure %s', (name, { request, without }) => {
  it('looks as it did when a person looked at it (npx tsx scripts/figure-looks.ts FOLDER NAME)', async () => {
    const seen = await viewedPixels(configOf(request));
    expect(differences(gridOf(seen), await readLook(name), TOLERANCE)).toEqual([]);
  });

  it('does not look so without one of its parts', async () => {
    const lacking = drawPixels(configOf(without));
    expect(differences(gridOf(lacking), await readLook(name), TOLERANCE)).not.toEqual([]);
  });
});
