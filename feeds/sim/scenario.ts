import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '../../engine/errors.ts';
import { HOUR, MINUTE, parseInterval, SECOND } from '../../engine/market/interval.ts';
import { INCIDENT_KINDS, type Incident, type IncidentKind } from './incidents.ts';

/** An incident of a scenario: at a time (ms), or so long after the start. */
export interface Planned extends Omit<Incident, 'at'> {
  readonly at: number | { readonly afterMs: number };
}
export type Scenario = readonly Planned[];

/** What an incident has where nothing is said of its size. */
const SIZES: Readonly<Record<IncidentKind, number>> = {
  crash: 0.05,
  pump: 0.05,
  gap: 30 * SECOND,
  silence: 2 * MINUTE,
  calm: 0,
};
const MOST_SHARE = 0.5;
const MOST_LENGTH_MS = 6 * HOUR;

const item = z.strictObject({
  at: z.union([z.string(), z.number()]),
  what: z.enum(INCIDENT_KINDS),
  symbol: z.string().optional(),
  size: z.union([z.string(), z.number()]).optional(),
});

/**
 * The incidents that a JSON file lists: `[{"at": "10m", "what": "crash", "symbol": "btcusdt", "size": "5%"}]`. `at` is a length after
 * the start, an ISO time or ms since the epoch; `size` a share or a length, as text or as a number (a share, ms).
 * @throws ConfigError with one line that says what is wrong with it
 */
export function readScenario(file: string): Scenario {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new ConfigError(`SIM_SCENARIO: ${file} ${reason}`, { cause });
  };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    return refuse(cause instanceof SyntaxError ? 'is no JSON' : 'cannot be read', cause);
  }
  if (!Array.isArray(value)) return refuse('must be a JSON list of {at, what, symbol, size}');
  return value.map((each: unknown, i) => {
    const parsed = item.safeParse(each);
    const planned = parsed.success ? plannedOf(parsed.data) : faultOf(parsed.error);
    return typeof planned === 'string' ? refuse(`has a fault in item ${i + 1}: ${planned}`) : planned;
  });
}

function faultOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

/** As a text where it is wrong. */
function plannedOf({ at, what, symbol, size }: z.output<typeof item>): Planned | string {
  const time = timeOf(at);
  if (time === undefined)
    return `at must be a length such as 10m, a time or ms since the epoch, not ${JSON.stringify(at)}`;
  const amount = sizeOf(what, size);
  if (amount === undefined) return `size ${JSON.stringify(size)} must be ${sizeHint(what)}`;
  return { at: time, what, symbol: symbol?.toLowerCase(), size: amount };
}

function timeOf(at: string | number): Planned['at'] | undefined {
  if (typeof at === 'number') return at >= 0 ? at : undefined;
  const length = parseInterval(at);
  if (length !== undefined) return { afterMs: length };
  const time = /^\d{4}-\d\d-\d\d/.test(at) ? Date.parse(at) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

const isShare = (what: IncidentKind): boolean => what === 'crash' || what === 'pump';

/** What size an incident may have, in words. */
export function sizeHint(what: IncidentKind): string {
  if (what === 'calm') return 'left out';
  return isShare(what) ? 'a share above 0 % and at most 50 %, such as 5%' : 'a length of at most 6h, such as 30s';
}

/** `5%` of a crash, `30s` of a gap; the usual size where nothing is said. Undefined: it is none. */
export function sizeOf(what: IncidentKind, size: string | number | undefined): number | undefined {
  if (size === undefined) return SIZES[what];
  if (what === 'calm') return undefined;
  const most = isShare(what) ? MOST_SHARE : MOST_LENGTH_MS;
  const amount = typeof size === 'number' ? size : isShare(what) ? shareOf(size) : (parseInterval(size) ?? Number.NaN);
  return amount > 0 && amount <= most ? amount : undefined;
}

function shareOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  return match ? Number(match[1]) / 100 : Number.NaN;
}

/** The same with times alone. */
export function placeScenario(scenario: Scenario, startedAt: number): readonly Incident[] {
  return scenario.map(({ at, ...rest }) => ({ ...rest, at: typeof at === 'number' ? at : startedAt + at.afterMs }));
}
