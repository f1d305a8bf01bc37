import { entryOf } from '../series/catalog.ts';
import type { CompareOp, Expr, Span } from './ast.ts';
import { corrected, fail, quote } from './failure.ts';
import { plainNumber } from './numbers.ts';
import { scaleOf } from './scale.ts';

/** A constant that a value is compared with, as it was written. */
export interface Threshold {
  readonly value: number;
  readonly span: Span;
  /** Whether it is a bare number, and whether with a `%`. */
  readonly literal: boolean;
  readonly percent: boolean;
}

const LARGEST_PERCENT = 100;

/**
 * Refuses a threshold that a value can never reach, or never leave.
 * `op` is undefined where a side is as good as the other: a crossing, a bound of a range.
 */
export function checkThreshold(text: string, value: Expr, op: CompareOp | undefined, threshold: Threshold): void {
  const name = quote(text.slice(...value.span) || 'price');
  checkFact(text, name, value, threshold);
  switch (scaleOf(value)) {
    case 'percent':
      checkPercent(text, name, op, threshold);
      return;
    case 'fraction':
      checkFraction(text, name, threshold);
      return;
    case 'price':
      checkPositive(name, op, threshold, 'is always above 0', op === '<' || op === '<=');
      return;
    case 'volume':
      checkPositive(name, op, threshold, 'is never below 0', op === '<');
      return;
    case 'centred':
    case 'own':
    case undefined:
  }
}

/** What a fact can be is said by its entry, and one that is told in percent is no fraction. */
function checkFact(text: string, name: string, value: Expr, { value: limit, span, percent }: Threshold): void {
  const entry = value.kind === 'series' ? entryOf(value.name) : undefined;
  if (entry?.input !== 'fact') return;
  if (entry.unit === 'percent' && percent) {
    const plain = plainNumber(limit, 2);
    fail('wrong-type', `${name} is told in percent: ${plain} stands for ${plain}%`, span, {
      hint: `write ${plain}`,
      suggestions: [corrected(text, span, plain)],
    });
  }
  const [low, high] = entry.bounds ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (limit >= low && limit <= high) return;
  fail('impossible', `${name} runs from ${low} to ${high}`, span, { hint: 'a threshold lies between them' });
}

function checkPercent(text: string, name: string, op: CompareOp | undefined, threshold: Threshold): void {
  const { value, span } = threshold;
  const hopeless = (op === '>' && value >= LARGEST_PERCENT) || (op === '<' && value <= 0);
  if (value >= 0 && value <= LARGEST_PERCENT && !hopeless && !threshold.percent) return;
  const plain = plainNumber(value, 2);
  const slip = threshold.percent && value >= 0 && value <= 1;
  fail('impossible', `${name} runs from 0 to 100`, span, {
    hint: slip ? `write ${plain}` : 'a threshold lies between them',
    suggestions: slip ? [corrected(text, span, plain)] : [],
  });
}

function checkFraction(text: string, name: string, threshold: Threshold): void {
  const { value, span, literal, percent } = threshold;
  if (!literal || percent || Math.abs(value) < 1) return;
  const meant = `${plainNumber(value)}%`;
  fail('impossible', `${name} is a fraction: ${plainNumber(value)} would be ${plainNumber(value, 2)}%`, span, {
    hint: `write ${meant}`,
    suggestions: [corrected(text, span, meant)],
  });
}

function checkPositive(
  name: string,
  op: CompareOp | undefined,
  threshold: Threshold,
  why: string,
  never: boolean,
): void {
  const { value, span } = threshold;
  if (value > 0 || (value === 0 && !never)) return;
  const outcome = op === undefined ? '' : never ? ', so this is never true' : ', so this is always true';
  fail('impossible', `${name} ${why}${outcome}`, span);
}
