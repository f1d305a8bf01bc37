/** What trades cost where a strategy does not say: shares of what is traded. */
export const DEFAULT_FEE = 0.001;
export const DEFAULT_SLIPPAGE = 0.0005;

/** Shares, and the equity that a backtest begins with is 1. */
export interface Costs {
  /** Share of the equity that a position is worth when it is taken. */
  readonly size: number;
  readonly fee: number;
  readonly slippage: number;
}

/** What a strategy pays and how much it puts in: everything, in equal parts where it has several instruments. */
export function costsOf(text: {
  readonly instruments: readonly string[];
  readonly size: number | undefined;
  readonly fee: number | undefined;
  readonly slippage: number | undefined;
}): Costs {
  const { instruments, size, fee, slippage } = text;
  return {
    size: size ?? 1 / Math.max(1, instruments.length),
    fee: fee ?? DEFAULT_FEE,
    slippage: slippage ?? DEFAULT_SLIPPAGE,
  };
}
