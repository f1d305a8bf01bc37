/** One line of the table. `ratio` is against something measured in the same run. */
export interface BenchRow {
  readonly name: string;
  readonly figure: string;
  readonly ratio?: string;
  readonly wanted?: string;
}
