import type { Kernel } from '../catalog-entry.ts';

/** Kernels made of kernels. Each keeps what they promise: as many steps a trade as its parts have. */

/** Feeds `inner` with what `read` makes of each input. */
export function mapped<From, To>(inner: Kernel<To>, read: (input: From) => To): Kernel<From> {
  return {
    values: inner.values,
    add: (input) => inner.add(read(input)),
    replace: (input) => inner.replace(read(input)),
  };
}

/**
 * Feeds `inner` with what `read` makes of an input and the closed one before it, which the first has not. What it reads as
 * NaN is not fed; whether it does must not depend on the newest input, which changes.
 */
export function stepped<Input>(
  inner: Kernel<number>,
  read: (input: Input, before: Input | undefined) => number,
): Kernel<Input> {
  let before: Input | undefined;
  let newest: Input | undefined;
  return {
    values: inner.values,
    add(input) {
      before = newest;
      newest = input;
      const x = read(input, before);
      if (!Number.isNaN(x)) inner.add(x);
    },
    replace(input) {
      newest = input;
      const x = read(input, before);
      if (!Number.isNaN(x)) inner.replace(x);
    },
  };
}

/** Feeds `inner` with the first field of `outer`, once that has a value. */
export function chained<Input>(outer: Kernel<Input>, inner: Kernel<number>): Kernel<Input> {
  return {
    values: inner.values,
    add(input) {
      outer.add(input);
      if (!Number.isNaN(outer.values[0])) inner.add(outer.values[0]);
    },
    replace(input) {
      outer.replace(input);
      if (!Number.isNaN(outer.values[0])) inner.replace(outer.values[0]);
    },
  };
}

/** Feeds all `parts`; once each has a value, `write` makes the fields of them. */
export function joined<Input>(
  parts: readonly Kernel<Input>[],
  fields: number,
  write: (values: Float64Array, input: Input) => void,
): Kernel<Input> {
  const values = new Float64Array(fields).fill(Number.NaN);
  const update = (input: Input): void => {
    for (const part of parts) if (Number.isNaN(part.values[0])) return;
    write(values, input);
  };
  return {
    values,
    add(input) {
      for (const part of parts) part.add(input);
      update(input);
    },
    replace(input) {
      for (const part of parts) part.replace(input);
      update(input);
    },
  };
}

/** One kernel over another, times `factor`; `otherwise` where the lower is zero. */
export function ratio<Input>(over: Kernel<Input>, under: Kernel<Input>, otherwise: number, factor = 1): Kernel<Input> {
  return joined([over, under], 1, (values) => {
    values[0] = under.values[0] === 0 ? otherwise : (factor * over.values[0]) / under.values[0];
  });
}
