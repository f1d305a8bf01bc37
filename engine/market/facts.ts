import { FactLine, type FactPoints, isSummed, lastBefore, sumWithin, timeBefore } from './fact-line.ts';

/** Names a fact of an instrument, or of none, in a map. */
export function factKey(name: string, instrument: string | undefined): string {
  return `${instrument ?? ''} ${name}`;
}

/** The name and the instrument that a key was made of. */
export function splitFactKey(key: string): { readonly name: string; readonly instrument: string | undefined } {
  const at = key.indexOf(' ');
  return { name: key.slice(at + 1), instrument: at === 0 ? undefined : key.slice(0, at) };
}

/** A fact that belongs to no instrument holds for all: a series of it follows both. */
export function factKeysOf(name: string, instrument: string): readonly string[] {
  return [factKey(name, instrument), factKey(name, undefined)];
}

/** What is known of a fact by its key; undefined where nothing ever was. */
export type FactSource = (key: string) => FactPoints | undefined;

/** All facts that ever came. */
export class Facts {
  private readonly lines = new Map<string, FactLine>();

  /** The line of a fact, begun where there is none. */
  open(key: string): FactLine {
    let line = this.lines.get(key);
    if (line === undefined) {
      line = new FactLine(splitFactKey(key).name);
      this.lines.set(key, line);
    }
    return line;
  }

  drop(key: string): void {
    this.lines.delete(key);
  }

  /** All that is known of an instrument. */
  dropAll(instrument: string): void {
    for (const key of [...this.lines.keys()]) if (key.startsWith(`${instrument} `)) this.lines.delete(key);
  }

  get(key: string): FactLine | undefined {
    return this.lines.get(key);
  }

  /** Names and instruments of all that have a value. */
  known(): readonly { readonly name: string; readonly instrument: string | undefined }[] {
    return [...this.lines].filter(([, line]) => line.length > 0).map(([key]) => splitFactKey(key));
  }
}

/** The value of a fact for a bar, as it was known just before the bar's end; NaN where nothing was known. */
export function factAt(
  source: FactSource,
  name: string,
  keys: readonly string[],
  start: number,
  end = Number.POSITIVE_INFINITY,
): number {
  const known = keys.flatMap((key) => source(key) ?? []);
  if (isSummed(name)) {
    const sums = known.map((points) => sumWithin(points, start, end)).filter((sum) => !Number.isNaN(sum));
    return sums.length === 0 ? Number.NaN : sums.reduce((sum, each) => sum + each, 0);
  }
  let value = Number.NaN;
  let newest = Number.NEGATIVE_INFINITY;
  for (const points of known) {
    const time = timeBefore(points, end);
    if (!(time > newest)) continue;
    newest = time;
    value = lastBefore(points, end);
  }
  return value;
}

/** The value of a fact as it was before the newest one became known; NaN where that was the first. */
export function factBeforeNewest(source: FactSource, name: string, keys: readonly string[], start: number): number {
  const newest = newestFact(source, keys);
  // Of several that became known in the same moment the last one named is the newest.
  const last = keys.findLast((key) => lastOf(source(key)?.times) === newest);
  const shorter: FactSource = (key) => (key === last ? withoutLast(source(key)) : source(key));
  return factAt(shorter, name, keys, start);
}

function withoutLast(points: FactPoints | undefined): FactPoints | undefined {
  if (points === undefined || points.times.length < 2) return undefined;
  return { times: Array.from(points.times).slice(0, -1), values: Array.from(points.values).slice(0, -1) };
}

/** When any of them became known last, in ms; -infinity where none ever was. */
export function newestFact(source: FactSource, keys: readonly string[]): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const key of keys) {
    const points = source(key);
    if (points !== undefined && points.times.length > 0) {
      newest = Math.max(newest, points.times[points.times.length - 1]);
    }
  }
  return newest;
}

const lastOf = (times: ArrayLike<number> | undefined): number | undefined => times?.[times.length - 1];
