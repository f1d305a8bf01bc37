import type { Condition, Expr, Span } from './ast.ts';

/** Stands in a strategy's conditions for whichever of its instruments they are looked at for. */
export const OWN = 'own:symbol';

/** A number of a strategy with a name, and where one may look for a better one. `5%` is 0.05. */
export interface StrategyParam {
  readonly name: string;
  readonly value: number;
  /** The range; undefined where it is none. */
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly percent: boolean;
}

/** When a position of one side is taken, and when it is given up. */
export interface StrategySide {
  readonly enter: Condition;
  readonly exit: Condition | undefined;
}

/**
 * Where a stop or a target lies. `share`: that share of the price of the signal away from it. `distance`: so far away from it, in
 * units of the price. `level`: at that price. It is computed once, at the close of the bar that gives the signal.
 */
export interface StrategyLevel {
  readonly how: 'share' | 'distance' | 'level';
  readonly expr: Expr;
  readonly span: Span;
}

/** A strategy: parsed, checked, with everything implied made explicit. What is of no named instrument is of `OWN`. */
export interface StrategyText {
  /** Lower case; empty where it has none. */
  readonly name: string;
  /** `venue:symbol` each, in the order in which they were named. */
  readonly instruments: readonly string[];
  /** Of everything that names none, in ms. */
  readonly interval: number;
  readonly params: readonly StrategyParam[];
  readonly long: StrategySide | undefined;
  readonly short: StrategySide | undefined;
  readonly stop: StrategyLevel | undefined;
  readonly target: StrategyLevel | undefined;
  /** How long a position is held at most, in ms. */
  readonly expire: number | undefined;
  /** Share of the equity that a position is worth when it is taken; undefined where it does not say. */
  readonly size: number | undefined;
  /** Share of what is traded that each trade costs, and how much worse its price is; undefined where it does not say. */
  readonly fee: number | undefined;
  readonly slippage: number | undefined;
}

/** The two sides of a market. */
export type PositionSide = 'long' | 'short';

/** A part of a strategy with `OWN` become one of its instruments, and parameters plain numbers. */
export function boundTo<Part>(part: Part, instrument: string): Part {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map((each: unknown) => boundTo(each, instrument)) as Part;
  const entries = Object.entries(part).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'param') return [];
    if (key === 'span') return [[key, value]];
    return [[key, key === 'instrument' && value === OWN ? instrument : boundTo(value, instrument)]];
  });
  return Object.fromEntries(entries) as Part;
}
