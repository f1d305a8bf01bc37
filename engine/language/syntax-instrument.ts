import type { Syntax } from './syntax.ts';

/** The first symbol that a text names, from left to right. */
export function firstInstrument(node: Syntax): string | undefined {
  switch (node.kind) {
    case 'symbol':
      return node.instrument;
    case 'call':
      return node.instrument ?? first(node.args.map((arg) => arg.value));
    case 'math':
      return first(node.args);
    case 'lag':
    case 'at':
    case 'negate':
    case 'move':
      return firstInstrument(node.target);
    case 'binary':
    case 'compare':
    case 'cross':
    case 'logic':
      return firstInstrument(node.left) ?? firstInstrument(node.right);
    case 'range':
      return first([node.target, node.low, node.high]);
    case 'named':
    case 'named-condition':
      return node.instrument ?? firstInstrument(node.body);
    case 'not':
      return firstInstrument(node.item);
    case 'number':
    case 'implied':
      return undefined;
  }
}

function first(nodes: readonly Syntax[]): string | undefined {
  for (const node of nodes) {
    const found = firstInstrument(node);
    if (found !== undefined) return found;
  }
  return undefined;
}
