import { lookup } from '../series/catalog.ts';
import { spanInterval } from '../series/plan.ts';
import type { BinaryOp, Condition, Expr, SeriesExpr, Span } from './ast.ts';
import { defaultInput } from './check.ts';
import { fail } from './failure.ts';
import { partsOf } from './references.ts';
import { sameExpr } from './same.ts';
import { constantOf } from './scale.ts';

const MAX_NODES = 64;
const MAX_DEPTH = 16;
const MAX_LOOK_BACK = 5000;

type Node = Expr | Condition;

const LEVEL: Readonly<Record<BinaryOp, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 };

/** Whether a series is computed from what is meant where nothing is said. */
export function hasDefaultInput(series: SeriesExpr): boolean {
  const entry = lookup(series.name);
  if (!series.input || !entry) return true;
  if (series.against) return false;
  return sameExpr(series.input, defaultInput(entry, series.instrument, series.interval, series.span));
}

/** The parts of a node that were written out. */
const written = (node: Node): readonly Node[] => (node.kind === 'series' && hasDefaultInput(node) ? [] : partsOf(node));

const countNodes = (node: Node): number => written(node).reduce((sum, part) => sum + countNodes(part), 1);

/** A sum or product of many is one level deep, however many it has. */
function depthOf(node: Node): number {
  const depths = written(node).map((part, index) => {
    const chained =
      node.kind === 'binary' && part.kind === 'binary' && index === 0 && LEVEL[node.op] === LEVEL[part.op];
    return depthOf(part) - (chained ? 1 : 0);
  });
  return 1 + Math.max(0, ...depths);
}

const inBars = (param: SeriesExpr['params'][number]): number =>
  param.kind === 'number' ? param.value : param.ms / spanInterval(param.ms);

/** How many bars back an expression reaches, those of its inputs included. */
function lookBack(node: Node): number {
  const below = Math.max(0, ...partsOf(node).map(lookBack));
  if (node.kind === 'lag') return below + node.bars;
  if (node.kind !== 'series') return below;
  const entry = lookup(node.name);
  if (!entry || entry.input === 'column' || entry.input === 'fact') return below;
  return below + entry.warmup(node.params.map(inBars)).first;
}

/** Bars looked back that weigh as much as one part. */
const BARS_A_POINT = 100;

/** What formulas cost, in points: their parts, and the bars that they look back. */
export function costOf(roots: readonly Node[]): number {
  return roots.reduce((sum, root) => sum + countNodes(root) + Math.floor(lookBack(root) / BARS_A_POINT), 0);
}

/**
 * Holds what was written against the limits.
 * @throws UserError where it is too big, too deep, reaches back too far, or holds a number that is none, such as 1/0
 */
export function checkLimits(roots: readonly Node[], span: Span): void {
  const nodes = roots.reduce((sum, root) => sum + countNodes(root), 0);
  if (nodes > MAX_NODES) fail('too-big', `this has ${nodes} parts, the limit is ${MAX_NODES}`, span);
  for (const root of roots) {
    const depth = depthOf(root);
    if (depth > MAX_DEPTH) fail('too-big', `this is nested ${depth} deep, the limit is ${MAX_DEPTH}`, span);
    checkParts(root);
  }
}

function checkParts(node: Node): void {
  if (node.kind === 'series' || node.kind === 'lag') {
    const bars = lookBack(node);
    if (bars > MAX_LOOK_BACK) {
      fail('too-big', `this looks back ${bars} bars, the limit is ${MAX_LOOK_BACK}`, node.span, {
        hint: 'use longer bars, for example sma(100)@1d',
      });
    }
  }
  if (node.kind === 'binary' || node.kind === 'math') {
    const value = constantOf(node);
    if (value !== undefined && !Number.isFinite(value)) fail('impossible', 'this is no finite number', node.span);
  }
  for (const part of written(node)) checkParts(part);
}
