import type { BinaryOp, MathName } from '../language/ast.ts';

/** What conditions are made of, as numbers: 1 is true, 0 is not. */
export type TestName = 'gt' | 'lt' | 'ge' | 'le' | 'and' | 'or' | 'not';

/** Everything that puts values together. */
export type CombineOp = BinaryOp | MathName | TestName;

/** `left op right`. Not a number where the result is none (0/0, log of a negative): such a value is passed over. */
export function applyBinary(op: BinaryOp, left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? Number.NaN : left / right;
    case '^':
      return finite(left ** right);
  }
}

/** `name(...values)`; `log` is the natural logarithm. */
export function applyMath(name: MathName | TestName, values: ArrayLike<number>): number {
  switch (name) {
    case 'min': {
      let best = values[0];
      for (let i = 1; i < values.length; i++) best = Math.min(best, values[i]);
      return best;
    }
    case 'max': {
      let best = values[0];
      for (let i = 1; i < values.length; i++) best = Math.max(best, values[i]);
      return best;
    }
    case 'abs':
      return Math.abs(values[0]);
    case 'log':
      return finite(Math.log(values[0]));
    case 'sqrt':
      return Math.sqrt(values[0]);
    default:
      return applyTest(name, values);
  }
}

/** Not a number where one of the values is none. */
function applyTest(name: TestName, values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return Number.NaN;
  return isTrue(name, values) ? 1 : 0;
}

function isTrue(name: TestName, values: ArrayLike<number>): boolean {
  switch (name) {
    case 'gt':
      return values[0] > values[1];
    case 'lt':
      return values[0] < values[1];
    case 'ge':
      return values[0] >= values[1];
    case 'le':
      return values[0] <= values[1];
    case 'not':
      return values[0] === 0;
    case 'and':
    case 'or':
      return Array.from(values).includes(name === 'or' ? 1 : 0) === (name === 'or');
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
