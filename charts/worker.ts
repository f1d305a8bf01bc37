import { move } from 'piscina';
import { drawPixels } from './canvas.ts';
import { buildConfig } from './config.ts';
import { encodePng } from './png.ts';
import type { ChartRequest } from './request.ts';

/** Runs in a worker thread: a request in, the bytes of its PNG out, moved rather than copied. */
export default function draw(request: ChartRequest): unknown {
  const { data, width, height } = drawPixels(buildConfig(request));
  return move(encodePng(data, width, height));
}
