import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePng } from './png.ts';

/** Pixels as another implementation reads them from the file. */
async function decode(png: Uint8Array): Promise<{ width: number; height: number; rgba: number[] }> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return {
    width: image.width,
    height: image.height,
    rgba: [...context.getImageData(0, 0, image.width, image.height).data],
  };
}

function opaque(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i % 4 === 3 ? 255 : byte));
}

describe('the PNG encoder', () => {
  it('writes what another decoder reads back, for any opaque pixels', async () => {
    const pictures = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        bytes: fc.uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(pictures, async ({ width, height, bytes }) => {
        const pixels = opaque(bytes);
        expect(await decode(encodePng(pixels, width, height))).toEqual({ width, height, rgba: [...pixels] });
      }),
      { numRuns: 60 },
    );
  });

  it('takes pixels that do not begin at a multiple of four bytes', async () => {
    const buffer = new Uint8Array(1 + 2 * 2 * 4);
    buffer.set([9, 10, 20, 30, 255, 40, 50, 60, 255, 70, 80, 90, 255, 100, 110, 120, 255]);
    const decoded = await decode(encodePng(buffer.subarray(1), 2, 2));
    expect(decoded.rgba).toEqual([10, 20, 30, 255, 40, 50, 60, 255, 70, 80, 90, 255, 100, 110, 120, 255]);
  });

  it('writes each picture into a buffer of its own', () => {
    const first = encodePng(new Uint8Array([1, 2, 3, 255]), 1, 1);
    const copy = first.slice();
    encodePng(new Uint8Array([9, 9, 9, 255]), 1, 1);
    expect(first).toEqual(copy);
    expect(first.byteLength).toBe(first.buffer.byteLength);
  });
});
