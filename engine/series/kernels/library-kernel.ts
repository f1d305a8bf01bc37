import type { Kernel } from '../catalog-entry.ts';
import { FALLING, RISING } from '../ways.ts';

/** What is used of an indicator of trading-signals. */
interface StreamingIndicator<Input, Result> {
  update(input: Input, replace: boolean): Result | null;
}

/** An indicator of trading-signals with one output. `first`: inputs until its value counts; its own check is slow. */
export class LibraryKernel<Input> implements Kernel<Input> {
  readonly values = new Float64Array(1).fill(Number.NaN);
  private readonly indicator: StreamingIndicator<Input, number>;
  private readonly first: number;
  private seen = 0;

  constructor(indicator: StreamingIndicator<Input, number>, first: number) {
    this.indicator = indicator;
    this.first = first;
  }

  add(input: Input): void {
    this.seen++;
    this.set(this.indicator.update(input, false));
  }

  replace(input: Input): void {
    this.set(this.indicator.update(input, true));
  }

  private set(result: number | null): void {
    if (this.seen >= this.first && result !== null) this.values[0] = result;
  }
}

/** An indicator of trading-signals with several outputs; `read` writes them in the order of the entry's fields. */
export class LibraryFieldsKernel<Input, Result> implements Kernel<Input> {
  readonly values: Float64Array;
  private readonly indicator: StreamingIndicator<Input, Result>;
  private readonly read: (result: Result, values: Float64Array) => void;
  private readonly slopes: readonly number[];

  /** @param slopes how far each field moves when the input moves by one; none where that is not the same wherever it is */
  constructor(
    indicator: StreamingIndicator<Input, Result>,
    fields: number,
    read: (result: Result, values: Float64Array) => void,
    slopes: readonly number[] = [],
  ) {
    this.slopes = slopes;
    this.indicator = indicator;
    this.read = read;
    this.values = new Float64Array(fields).fill(Number.NaN);
  }

  sensitivity(field: number): number {
    return Math.abs(this.slopes[field] ?? Number.POSITIVE_INFINITY);
  }

  ways(field: number): number {
    return this.slopes[field] < 0 ? FALLING : RISING;
  }

  add(input: Input): void {
    const result = this.indicator.update(input, false);
    if (result !== null) this.read(result, this.values);
  }

  replace(input: Input): void {
    const result = this.indicator.update(input, true);
    if (result !== null) this.read(result, this.values);
  }
}
