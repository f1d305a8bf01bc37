import { z } from 'zod';
import { formatMinute, formatTime } from './format.ts';
import type { Chat } from './ports.ts';

const Span = { from: z.number(), to: z.number() };
const Cause = z.discriminatedUnion('why', [
  z.object({ why: z.literal('down'), ...Span }),
  z.object({ why: z.literal('gap'), venue: z.string(), ...Span }),
]);

/** Why a firing was found late: the program did not run, or a venue was not heard. Times in ms. */
export type LateCause = z.infer<typeof Cause>;

/** Shorter than that, the minute alone would read `from 14:05 to 14:05`. In ms. */
const IN_SECONDS = 120_000;

/** What a delivery says of it; undefined where it says nothing. */
export function readLateCause(payload: unknown): LateCause | undefined {
  const parsed = Cause.safeParse(payload);
  return parsed.success ? parsed.data : undefined;
}

/** `I was down from 03:11 to 03:16 CET`, `binance was silent from …`. */
export function lateCauseWords(cause: LateCause, { timeZone }: Pick<Chat, 'timeZone'>, now: number): string {
  const { from, to } = cause;
  const format = to - from < IN_SECONDS ? formatTime : formatMinute;
  const [begin, end] = [format(from, timeZone, now), format(to, timeZone, now)];
  const zone = end.slice(end.lastIndexOf(' '));
  // The zone is said once where it is the same at both ends.
  const since = begin.endsWith(zone) ? begin.slice(0, -zone.length) : begin;
  return `${cause.why === 'down' ? 'I was down' : `${cause.venue} was silent`} from ${since} to ${end}`;
}
