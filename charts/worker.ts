import { move } from 'piscina';
import { drawPixels } from './canvas.ts';
import { configOf } from './picture.ts';
import { encodePng } from './png.ts';
import type { PictureRequest } from './request.ts';

/** Runs in a worker thread: a request in, the bytes of its PNG out, moved rather than copied. */
export default function draw(request: PictureRequest): unknown {
  const { data, width, height } = drawPixels(configOf(request));
  return move(encodePng(data, width, height));
}
