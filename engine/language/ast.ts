/**
 * What a parsed rule or expression is. Every node carries the half-open character range it came from; two trees are equal
 * when they are equal without their spans.
 */
export type Span = readonly [start: number, end: number];

export type BinaryOp = '+' | '-' | '*' | '/' | '^';
export type MathName = 'min' | 'max' | 'abs' | 'log' | 'sqrt';
export type CompareOp = '>' | '<' | '>=' | '<=';

export interface NumberExpr {
  readonly kind: 'number';
  /** `5%` is 0.05, `70k` is 70000. */
  readonly value: number;
  /** The parameter of a strategy that it stands for. */
  readonly param?: string;
  readonly span: Span;
}

/** A length of time in ms; only ever an argument: `change(1h)`. */
export interface DurationExpr {
  readonly kind: 'duration';
  readonly ms: number;
  readonly span: Span;
}

/**
 * A name of the catalog: `close`, `rsi(14)`, `bb(20, 2).upper`, `ethusdt.rsi(14)@1h`. After the type check `name` is the
 * catalog's own name (no alias), `params` are complete (defaults filled in), `field` is set for entries with several
 * fields, `input` is set for entries that take a series, `against` for those that take two, and `instrument` and `interval` say where it is computed.
 */
export interface SeriesExpr {
  readonly kind: 'series';
  readonly name: string;
  readonly input: Expr | undefined;
  /** The second of two series: what `input` is held against. */
  readonly against?: Expr;
  readonly params: readonly (NumberExpr | DurationExpr)[];
  readonly field: string | undefined;
  /** `venue:symbol`. */
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  readonly span: Span;
}

/** The value `bars` bars ago: `close[1]`. */
export interface LagExpr {
  readonly kind: 'lag';
  readonly expr: Expr;
  readonly bars: number;
  readonly span: Span;
}

export interface NegateExpr {
  readonly kind: 'negate';
  readonly expr: Expr;
  readonly span: Span;
}

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}

export interface MathExpr {
  readonly kind: 'math';
  readonly name: MathName;
  readonly args: readonly Expr[];
  readonly span: Span;
}

/** A condition as a number: 1 where it is true, 0 where it is not; only ever what a series is computed from: `barssince(z > 2)`. */
export interface TruthExpr {
  readonly kind: 'truth';
  readonly condition: Condition;
  readonly span: Span;
}

/** A number that changes in time. A ratio of instruments is a `binary` of two `close` series. */
export type Expr = NumberExpr | DurationExpr | SeriesExpr | LagExpr | NegateExpr | BinaryExpr | MathExpr | TruthExpr;

export interface CompareCondition {
  readonly kind: 'compare';
  readonly op: CompareOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}

/** True at the one moment at which `left` passes `right`. */
export interface CrossCondition {
  readonly kind: 'cross';
  readonly direction: 'above' | 'below' | 'either';
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}

/** `inside` and `outside` are states, `enters` and `leaves` the moments of change. The bounds belong to the inside. */
export interface RangeCondition {
  readonly kind: 'range';
  readonly how: 'enters' | 'leaves' | 'inside' | 'outside';
  readonly expr: Expr;
  readonly low: Expr;
  readonly high: Expr;
  readonly span: Span;
}

export interface NotCondition {
  readonly kind: 'not';
  readonly item: Condition;
  readonly span: Span;
}

export interface AllCondition {
  readonly kind: 'and' | 'or';
  readonly items: readonly Condition[];
  readonly span: Span;
}

export type Condition = CompareCondition | CrossCondition | RangeCondition | NotCondition | AllCondition;

/** How a rule behaves. Times in ms; `until` is an instant, the others are lengths. */
export interface Modes {
  readonly once: boolean;
  /** Least time between two firings. */
  readonly every: number | undefined;
  readonly onClose: boolean;
  /** How long the condition must hold before the rule fires. */
  readonly hold: number | undefined;
  /** Re-arms when this is true, not merely when the condition is false. */
  readonly rearm: Condition | undefined;
  /** While this is false the rule is suspended: it looks at nothing else. */
  readonly gate?: Condition | undefined;
  readonly until: number | undefined;
  /** How long after its moment a firing is still told by itself; an hour where it does not say. */
  readonly late: number | undefined;
  readonly silent: boolean;
  readonly message: string | undefined;
}

/** A whole rule: parsed, checked, with everything implied made explicit. */
export interface RuleText {
  /** The instrument that the rule is about: the first one it names. */
  readonly instrument: string;
  /** The interval of everything that names none, in ms. */
  readonly interval: number;
  readonly condition: Condition;
  readonly modes: Modes;
}
