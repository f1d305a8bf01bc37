import type { CompareOp, Condition, Expr } from './ast.ts';
import { printExpr } from './print.ts';
import { constantOf } from './scale.ts';
import { MIRRORED } from './words.ts';

/** What is known of one quantity: it lies between two bounds, each part of it or not. */
interface Bound {
  readonly key: string;
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
}

/** All of these at once; and one of several of them. */
type All = readonly Bound[];
type Any = readonly All[];

/** More alternatives than these are not looked at: nothing is said then. */
const MOST = 64;

const ANYTHING: Any = [[]];
const NOTHING: Any = [];
const NEGATED: Record<CompareOp, CompareOp> = { '>': '<=', '<': '>=', '>=': '<', '<=': '>' };

/** What a condition says of its quantities. `loose`: what is so whenever it is true; else, what makes it true. */
type Reading = 'loose' | 'strict';

function boundOf(key: string, op: CompareOp, value: number): Bound {
  const open = op === '>' || op === '<';
  return op === '>' || op === '>='
    ? { key, low: value, lowOpen: open, high: Number.POSITIVE_INFINITY, highOpen: true }
    : { key, low: Number.NEGATIVE_INFINITY, lowOpen: true, high: value, highOpen: open };
}

/** A comparison as a bound: of what stands left, or of how far two that change are apart. */
function compared(left: Expr, op: CompareOp, right: Expr): Bound {
  const value = constantOf(right);
  if (value !== undefined) return boundOf(printExpr(left), op, value);
  const [a, b] = [printExpr(left), printExpr(right)];
  return a < b ? boundOf(`${a} less ${b}`, op, 0) : boundOf(`${b} less ${a}`, MIRRORED[op], 0);
}

function either(a: Any, b: Any): Any {
  return [...a, ...b];
}

/** @returns undefined where these are too many */
function both(a: Any, b: Any): Any | undefined {
  return a.length * b.length > MOST ? undefined : a.flatMap((one) => b.map((other) => [...one, ...other]));
}

/** A moment: it has become so. Whoever waits for the very same moment knows it by its name. */
function moment(name: string, then: Any, reading: Reading): Any {
  const itself = boundOf(name, '>=', 1);
  return reading === 'loose' ? then.map((all) => [...all, itself]) : [[itself]];
}

/** The condition as alternatives; undefined where they are too many. */
function alternatives(condition: Condition, isTrue: boolean, reading: Reading): Any | undefined {
  switch (condition.kind) {
    case 'compare': {
      const { left, op, right } = condition;
      return [[compared(left, isTrue ? op : NEGATED[op], right)]];
    }
    case 'cross': {
      if (!isTrue) return reading === 'loose' ? ANYTHING : NOTHING;
      const { left, right, direction } = condition;
      const name = `${printExpr(left)} crosses ${direction} ${printExpr(right)}`;
      const ops: readonly CompareOp[] = direction === 'above' ? ['>'] : direction === 'below' ? ['<'] : ['>', '<'];
      return moment(
        name,
        ops.map((op) => [compared(left, op, right)]),
        reading,
      );
    }
    case 'range':
      return ranged(condition, isTrue, reading);
    case 'not':
      return alternatives(condition.item, !isTrue, reading);
    case 'and':
    case 'or':
      return joined(condition, isTrue, reading);
  }
}

function ranged(condition: Condition & { kind: 'range' }, isTrue: boolean, reading: Reading): Any {
  const { expr, low, high, how } = condition;
  const inside: Any = [[compared(expr, '>=', low), compared(expr, '<=', high)]];
  const outside: Any = [[compared(expr, '<', low)], [compared(expr, '>', high)]];
  if (how === 'inside' || how === 'outside') return (how === 'inside') === isTrue ? inside : outside;
  if (!isTrue) return reading === 'loose' ? ANYTHING : NOTHING;
  const name = `${printExpr(expr)} ${how} ${printExpr(low)} ${printExpr(high)}`;
  return moment(name, how === 'enters' ? inside : outside, reading);
}

function joined(condition: Condition & { kind: 'and' | 'or' }, isTrue: boolean, reading: Reading): Any | undefined {
  const isAnd = (condition.kind === 'and') === isTrue;
  let all: Any | undefined = isAnd ? ANYTHING : NOTHING;
  for (const item of condition.items) {
    const one = alternatives(item, isTrue, reading);
    if (all === undefined || one === undefined) return undefined;
    all = isAnd ? both(all, one) : either(all, one);
  }
  return all;
}

/** What several bounds leave of a quantity; undefined where that is nothing. */
function meet(a: Bound, b: Bound): Bound | undefined {
  const lower = a.low > b.low || (a.low === b.low && a.lowOpen) ? a : b;
  const upper = a.high < b.high || (a.high === b.high && a.highOpen) ? a : b;
  const { low, lowOpen } = lower;
  const { high, highOpen } = upper;
  if (low > high || (low === high && (lowOpen || highOpen))) return undefined;
  return { key: a.key, low, lowOpen, high, highOpen };
}

/** The bounds, one for each quantity; undefined where they exclude each other. */
function known(all: All): ReadonlyMap<string, Bound> | undefined {
  const found = new Map<string, Bound>();
  for (const bound of all) {
    const before = found.get(bound.key);
    const now = before === undefined ? bound : meet(before, bound);
    if (now === undefined) return undefined;
    found.set(bound.key, now);
  }
  return found;
}

function isWithin(inner: Bound | undefined, outer: Bound): boolean {
  if (inner === undefined) return false;
  const low = inner.low > outer.low || (inner.low === outer.low && (inner.lowOpen || !outer.lowOpen));
  const high = inner.high < outer.high || (inner.high === outer.high && (inner.highOpen || !outer.highOpen));
  return low && high;
}

/** Whether a condition can be true, as far as its comparisons tell. */
export function satisfiable(condition: Condition): boolean {
  return alternatives(condition, true, 'loose')?.some((all) => known(all) !== undefined) ?? true;
}

/** Whether the second condition is true whenever the first is, as far as their comparisons tell. */
export function settles(first: Condition, second: Condition): boolean {
  const cases = alternatives(first, true, 'loose')
    ?.map(known)
    .filter((each) => each !== undefined);
  const enough = alternatives(second, true, 'strict');
  if (cases === undefined || enough === undefined || cases.length === 0) return false;
  return cases.every((facts) => enough.some((all) => all.every((bound) => isWithin(facts.get(bound.key), bound))));
}
