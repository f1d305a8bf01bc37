import { UserError } from '../engine/errors.ts';
import { percentNumber, plainNumber } from '../engine/language/numbers.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import {
  isSearched,
  isWhole,
  type ParameterSet,
  type SearchedParam,
} from '../engine/strategies/search/parameter-sets.ts';
import { readerOf } from './strategy-values.ts';

/** Whole numbers in a range: levels of a price fit, and what has more is a slip. */
const MOST_WHOLE = 1_000_000;

/**
 * Refuses ranges that a strategy cannot be read in: at both ends of each it must make sense with some of the other values.
 *
 * @param names of the parameters that are looked at
 * @param text where the ranges may stand, as `fast=5..30` or `param fast = 12 [5..30]`: what is refused is marked there
 * @throws UserError that names the parameter, its range and what would be right
 */
export function requireUsableRanges(strategy: StrategyText, names: ReadonlySet<string>, text: string): void {
  // What a range allows is the same for each of its symbols.
  const read = readerOf({ ...strategy, instruments: strategy.instruments.slice(0, 1) });
  const searched = strategy.params.filter(isSearched);
  for (const param of searched.filter(({ name }) => names.has(name))) {
    const { name, low, high } = param;
    const said = sayer(param);
    const written = `\`${name}\` cannot run from ${said(low)} to ${said(high)}`;
    const span = placeOf(name, text);
    const place = span === undefined ? {} : { span };
    for (const end of [low, high]) {
      const why = refusalAt(read, param, end, searched);
      if (why === undefined) continue;
      const right = readableWithin(read, param);
      const reason = why.endsWith(`, not \`${name}\``)
        ? why.replace(/`[^`]*`$/, `\`${said(end)}\``)
        : `at ${said(end)} ${why}`;
      throw new UserError('impossible', `${written}: ${reason}`, {
        ...place,
        ...(right === undefined ? {} : { hint: `from ${said(right[0])} to ${said(right[1])} it can` }),
      });
    }
    if (isWhole(param) && high - low >= MOST_WHOLE) {
      throw new UserError('impossible', `${written}: these are more than ${said(MOST_WHOLE)} whole numbers`, {
        ...place,
        hint: `for example from ${said(low)} to ${said(low + MOST_WHOLE - 1)}`,
      });
    }
  }
}

type Read = (values: ParameterSet) => unknown;

const sayer = ({ percent }: SearchedParam): ((value: number) => string) => (percent ? percentNumber : plainNumber);

function refusalOf(read: Read, values: ParameterSet): UserError | undefined {
  try {
    read(values);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Why a value cannot be, whatever the others are: a fast average as long as the slow one may be right beside a slower one. */
function refusalAt(
  read: Read,
  { name }: SearchedParam,
  value: number,
  searched: readonly SearchedParam[],
): string | undefined {
  const others = searched.filter((each) => each.name !== name);
  const lowest = Object.fromEntries(others.map((each) => [each.name, each.low]));
  const highest = Object.fromEntries(others.map((each) => [each.name, each.high]));
  const refusals = [{}, lowest, highest].map((set) => refusalOf(read, { ...set, [name]: value }));
  return refusals.includes(undefined) ? undefined : refusals[0]!.message;
}

/** The part of a range of whole numbers around the value itself that can be read; undefined where that is not to be told. */
function readableWithin(read: Read, param: SearchedParam): readonly [low: number, high: number] | undefined {
  const { name, value, low, high } = param;
  if (!isWhole(param)) return undefined;
  const isRead = (at: number): boolean => refusalOf(read, { [name]: at }) === undefined;
  if (!isRead(value)) return undefined;
  const last = (end: number): number => {
    if (isRead(end)) return end;
    let [good, bad] = [value, end];
    while (Math.abs(bad - good) > 1) {
      const middle = Math.round((good + bad) / 2);
      if (middle === good || middle === bad) break;
      if (isRead(middle)) good = middle;
      else bad = middle;
    }
    return good;
  };
  const range = [last(low), last(high)] as const;
  return range[0] < range[1] ? range : undefined;
}

function placeOf(name: string, text: string): readonly [number, number] | undefined {
  const found = new RegExp(`(?<![\\w])(?:param\\s+${name}\\s*=[^\\]]*\\]|${name}=\\S+)`, 'i').exec(text);
  return found === null ? undefined : [found.index, found.index + found[0].length];
}
