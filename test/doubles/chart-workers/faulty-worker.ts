import type { ChartRequest } from '../../../charts/request.ts';

/** Stands in for the worker that draws: the symbol says what goes wrong. */
export default function faulty(request: ChartRequest): Promise<Uint8Array> | Uint8Array {
  if (request.symbol === 'crash') process.exit(3);
  if (request.symbol === 'throw') throw new Error('the canvas broke');
  if (request.symbol === 'hang') return new Promise(() => {});
  if (request.symbol === 'spin') for (;;) Math.sqrt(2);
  return new Uint8Array([1, 2, 3]);
}
