import type { Kernel } from '../catalog-entry.ts';

/** Hands an input on to a part and gives its first field: NaN while it warms up. A part is not fed with NaN. */
export type Feed = <Input>(part: Kernel<Input>, input: Input) => number;

const begin: Feed = (part, input) => {
  if (Number.isNaN(input)) return Number.NaN;
  part.add(input);
  return part.values[0];
};

const correct: Feed = (part, input) => {
  if (Number.isNaN(input)) return Number.NaN;
  part.replace(input);
  return part.values[0];
};

/**
 * A kernel made of kernels by one function, which hands every input on by `feed` and writes the fields. Each part is to be fed once
 * a call. Whether something is NaN may depend on the number of inputs alone, not on the newest.
 */
export function composed<Input>(
  fields: number,
  step: (input: Input, feed: Feed, values: Float64Array) => void,
): Kernel<Input> {
  const values = new Float64Array(fields).fill(Number.NaN);
  return {
    values,
    add: (input) => step(input, begin, values),
    replace: (input) => step(input, correct, values),
  };
}

/** `over / under`; `otherwise` where that is a division by zero. NaN, as of what warms up, stays NaN. */
export const quotient = (over: number, under: number, otherwise: number): number =>
  under === 0 && !Number.isNaN(over) ? otherwise : over / under;
