import type { Command, CommandContext } from './command.ts';
import type { Message } from './message.ts';

/** What an answer of the desk was made of. */
export interface DeskReport {
  /** Instruments, in the order in which they were named or looked at. */
  readonly symbols: readonly string[];
  /** Of the bars, in ms; undefined where it is made of none. */
  readonly interval: number | undefined;
  /** By name. A Date is a time, a Map has rows that are called by their keys; what is undefined or not finite is missing. */
  readonly values: object;
}

export interface DeskAnswer extends Message {
  readonly report: DeskReport;
}

/** A command that answers with statistics: what it tells can be had as data, too. */
export interface DeskCommand extends Command {
  run(context: CommandContext, text: string): Promise<DeskAnswer>;
}

/** Undefined stays what it is. */
export const timeOf = <T extends number | undefined>(ts: T): T extends number ? Date : Date | undefined =>
  (ts === undefined ? undefined : new Date(ts)) as T extends number ? Date : Date | undefined;

/** One value for each bar, by the time (ms) at which it began. */
export function byTime(starts: Float64Array, values: ArrayLike<number>): ReadonlyMap<string, number> {
  return new Map(Array.from(starts, (start, i) => [new Date(start).toISOString(), values[i]]));
}

/** Values in the order of the names. */
export function byName<T>(names: readonly string[], values: ArrayLike<T>): ReadonlyMap<string, T> {
  return new Map(names.map((name, i) => [name, values[i]]));
}

/** The time of bars, as `from` and `to`. @param starts in ms, at least one */
export function spanOf(starts: Float64Array, interval: number): { readonly from: Date; readonly to: Date } {
  return { from: new Date(starts[0]), to: new Date(starts[starts.length - 1] + interval) };
}
