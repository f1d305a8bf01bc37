import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const FILTER_UP = 2;

function writeChunk(out: Uint8Array, at: number, type: string, data: Uint8Array): number {
  const view = new DataView(out.buffer, out.byteOffset);
  view.setUint32(at, data.length);
  for (let i = 0; i < 4; i++) out[at + 4 + i] = type.charCodeAt(i);
  out.set(data, at + 8);
  view.setUint32(at + 8 + data.length, crc32(out.subarray(at + 4, at + 8 + data.length)));
  return at + 12 + data.length;
}

const scratch = createScratch();

/** A buffer that is used again: ten megabytes a picture would keep the garbage collector busy. */
function createScratch(): (length: number) => Uint8Array {
  let buffer = new Uint8Array(0);
  return (length) => {
    if (buffer.length < length) buffer = new Uint8Array(length);
    return buffer.subarray(0, length);
  };
}

/** Each byte less the byte above it. Four at a time: the high bits are kept apart so that no borrow crosses into a neighbour. */
function filterUp(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  const row = new Uint32Array(width);
  const rowBytes = new Uint8Array(row.buffer);
  const out = scratch(height * (width * 4 + 1));
  let above = -width;
  for (let y = 0, at = 0, from = 0; y < height; y++, at += width * 4 + 1) {
    if (y === 0) {
      row.set(pixels.subarray(0, width));
      from += width;
    } else {
      for (let x = 0; x < width; x++, from++) {
        const a = pixels[from];
        const b = pixels[above + x];
        row[x] = a === b ? 0 : ((a | 0x80808080) - (b & 0x7f7f7f7f)) ^ ((a ^ ~b) & 0x80808080);
      }
    }
    above += width;
    out[at] = FILTER_UP;
    out.set(rowBytes, at + 1);
  }
  return out;
}

/**
 * Writes a PNG (8 bits a channel, RGBA) for speed: every row filtered against the row above, deflate level 1.
 * @param rgba `width * height * 4` bytes, not premultiplied, aligned to 4 bytes
 * @returns bytes in a buffer of their own, so that it can be transferred between threads
 */
export function encodePng(rgba: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const aligned = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  const body = deflateSync(filterUp(aligned, width, height), { level: 1, memLevel: 9 });
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6, 0, 0, 0], 8);
  const out = new Uint8Array(SIGNATURE.length + 25 + 12 + body.length + 12);
  out.set(SIGNATURE);
  let at = writeChunk(out, SIGNATURE.length, 'IHDR', header);
  at = writeChunk(out, at, 'IDAT', body);
  writeChunk(out, at, 'IEND', new Uint8Array(0));
  return out;
}
