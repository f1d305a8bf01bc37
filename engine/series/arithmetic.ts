import type { BinaryOp, MathName } from '../language/ast.ts';

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
export function applyMath(name: MathName, values: ArrayLike<number>): number {
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
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
