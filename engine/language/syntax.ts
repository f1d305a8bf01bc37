import type { CatalogEntry } from '../series/catalog-entry.ts';
import type { BinaryOp, CompareOp, CrossCondition, MathName, RangeCondition, Span } from './ast.ts';

/**
 * What a text says before it is checked: numbers and conditions are not yet told apart, and nothing implied is filled in.
 * Symbols and names of the catalog are known, because only they tell how a text is to be read.
 */
export type Syntax =
  | NumberSyntax
  | SymbolSyntax
  | CallSyntax
  | { readonly kind: 'math'; readonly name: MathName; readonly args: readonly Syntax[]; readonly span: Span }
  | { readonly kind: 'lag'; readonly target: Syntax; readonly bars: number; readonly span: Span }
  | { readonly kind: 'at'; readonly target: Syntax; readonly interval: number; readonly span: Span }
  | { readonly kind: 'negate'; readonly target: Syntax; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly op: BinaryOp;
      readonly left: Syntax;
      readonly right: Syntax;
      readonly span: Span;
    }
  | NamedSyntax<Syntax, 'named'>
  | ImpliedSyntax
  | ConditionSyntax;

export type ConditionSyntax =
  | NamedSyntax<ConditionSyntax, 'named-condition'>
  | {
      readonly kind: 'compare';
      readonly op: CompareOp;
      readonly left: Syntax;
      readonly right: Syntax;
      readonly span: Span;
    }
  | CrossSyntax
  | RangeSyntax
  | MoveSyntax
  | { readonly kind: 'not'; readonly item: Syntax; readonly span: Span }
  | {
      readonly kind: 'logic';
      readonly op: 'and' | 'or';
      readonly left: Syntax;
      readonly right: Syntax;
      readonly span: Span;
    };

export interface NumberSyntax {
  readonly kind: 'number';
  readonly value: number | undefined;
  readonly ms: number | undefined;
  readonly percent: boolean;
  /** The parameter of a strategy whose value it is. */
  readonly param?: string;
  readonly span: Span;
}

interface SymbolSyntax {
  readonly kind: 'symbol';
  readonly instrument: string;
  readonly span: Span;
}

export interface ArgumentSyntax {
  /** Of `name=value`. */
  readonly name: string | undefined;
  readonly value: Syntax;
  readonly span: Span;
}

export interface CallSyntax {
  readonly kind: 'call';
  readonly entry: CatalogEntry;
  /** Of `ethusdt.rsi(14)`. */
  readonly instrument: string | undefined;
  readonly args: readonly ArgumentSyntax[];
  readonly field: string | undefined;
  readonly span: Span;
}

/** What a chat calls by a name of its own. Its body is a text by itself: places in it are places in that text. */
export interface NamedSyntax<Body, Kind> {
  readonly kind: Kind;
  readonly name: string;
  readonly text: string;
  readonly body: Body;
  /** Of `ethusdt.tight` and `tight@1h`: what holds where the body names none. */
  readonly instrument: string | undefined;
  readonly interval: number | undefined;
  /** Where the name stands. */
  readonly span: Span;
}

/** The left side that an operator stands without. */
interface ImpliedSyntax {
  readonly kind: 'implied';
  readonly span: Span;
}

export interface CrossSyntax {
  readonly kind: 'cross';
  readonly direction: CrossCondition['direction'];
  readonly left: Syntax;
  readonly right: Syntax;
  readonly span: Span;
}

export interface RangeSyntax {
  readonly kind: 'range';
  readonly how: RangeCondition['how'];
  readonly target: Syntax;
  readonly low: Syntax;
  readonly high: Syntax;
  readonly span: Span;
}

/** `rises 5% in 1h`, `-5% 1h`. */
export interface MoveSyntax {
  readonly kind: 'move';
  readonly target: Syntax;
  /** The signed threshold as a fraction. */
  readonly amount: number;
  readonly amountSpan: Span;
  readonly ms: number;
  readonly msSpan: Span;
  readonly span: Span;
}

/** Modes as written; `rearm` and `gate` still have to be checked. */
export interface ModesSyntax {
  once?: boolean;
  every?: number;
  onClose?: boolean;
  hold?: number;
  rearm?: Syntax;
  gate?: Syntax;
  until?: number;
  late?: number;
  silent?: boolean;
  /** Where it stands, with its quotes. */
  message?: { readonly span: Span };
}

/** Whether this can be true or false. */
export function isConditionSyntax(node: Syntax): node is ConditionSyntax {
  return ['compare', 'cross', 'range', 'move', 'not', 'logic', 'named-condition'].includes(node.kind);
}
