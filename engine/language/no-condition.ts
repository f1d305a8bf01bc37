import type { CatalogEntry } from '../series/catalog-entry.ts';
import type { Span } from './ast.ts';
import type { CheckContext } from './check.ts';
import { corrected, fail, quote } from './failure.ts';
import type { Subject } from './subject.ts';
import type { CallSyntax, Syntax } from './syntax.ts';

/**
 * Refuses a number where a condition belongs, with the conditions that may have been meant.
 * @throws UserError always
 */
export function failNumber(node: Syntax, { text }: CheckContext, subject: Subject): never {
  const message = `${quote(text.slice(...node.span))} is a number, not a condition`;
  const refuse = (compared: string, suggestions: readonly string[] = []): never =>
    fail('wrong-type', message, node.span, { hint: `compare it: ${compared}`, suggestions });
  const put = (replacement: string): string => corrected(text, node.span, replacement);
  if (node.kind === 'number' && subject.expr === undefined) {
    const written = text.slice(...node.span);
    const offers = node.percent ? [`+${written} 1h`, `-${written} 1h`] : [`> ${written}`, `crosses ${written}`];
    return refuse(offers.join(' or '), offers.map(put));
  }
  const span = node.kind === 'binary' ? moveAtEnd(node, text) : undefined;
  if (span !== undefined) {
    const written = text.slice(...span);
    return fail('wrong-type', `${quote(written)} says not in what time`, span, {
      hint: `for example ${written} 1h`,
      suggestions: ['1h', '1d'].map((length) => corrected(text, [span[1], span[1]], ` ${length}`)),
    });
  }
  if (node.kind === 'at' && node.target.kind === 'call' && isBare(node.target)) {
    const { entry, span: own } = node.target;
    const example = exampleAt(entry, text.slice(own[1], node.span[1]));
    return refuse(example, [put(example)]);
  }
  if (node.kind !== 'call') return refuse('rsi(14) > 30');
  const { example } = node.entry;
  return refuse(example, isBare(node) ? [put(example)] : []);
}

/** Whether an example of the function is an example of what was written. */
const isBare = ({ args, instrument, field }: CallSyntax): boolean =>
  args.length === 0 && instrument === undefined && field === undefined;

/** The example of a function with `@1h` behind the function. */
function exampleAt({ name, example }: CatalogEntry, at: string): string {
  const [own] = new RegExp(`^${name}(?:\\([^()]*\\))?(?= )`).exec(example) ?? [];
  return own === undefined ? `${name}${at} > 0` : `${own}${at}${example.slice(own.length)}`;
}

/** Where `+5%` stands in `btc +5%`. */
function moveAtEnd(node: Extract<Syntax, { kind: 'binary' }>, text: string): Span | undefined {
  const { right, op } = node;
  if ((op !== '+' && op !== '-') || right.kind !== 'number' || !right.percent) return undefined;
  const sign = text.lastIndexOf(op, right.span[0]);
  return sign < 0 ? undefined : [sign, right.span[1]];
}
