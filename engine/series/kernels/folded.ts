import type { Kernel } from '../catalog-entry.ts';

/**
 * A kernel whose whole memory is one state: `next` makes it from that of the bar before and the input, and changes neither, so a
 * correction starts from the same place as the first try. `write` puts the fields; they count from the `first` input on.
 */
export function folded<Input, State>(
  fields: number,
  start: State,
  next: (before: State, input: Input) => State,
  write: (state: State, values: Float64Array) => void,
  first = 1,
): Kernel<Input> {
  const values = new Float64Array(fields).fill(Number.NaN);
  let closed = start;
  let open = start;
  let seen = 0;
  const replace = (input: Input): void => {
    open = next(closed, input);
    if (seen >= first) write(open, values);
  };
  return {
    values,
    add(input) {
      seen++;
      closed = open;
      replace(input);
    },
    replace,
  };
}
