import { clockInstrument } from '../engine/series/evaluate.ts';
import { inputsOf, inputsWanted, type Plan, type VaryingPlan } from '../engine/series/plan.ts';

/** Bars of one instrument and interval that a computation reads, and how many closed ones. */
export interface BarsRead {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  readonly bars: number;
}

/** Everything that `evaluate` asks for to give the newest value of a plan: what is sampled needs its clock's bars too. */
export function barsRead(plan: Plan): readonly BarsRead[] {
  const reads = new Map<string, BarsRead>();
  if (plan.kind !== 'constant') visit(plan, 0, reads);
  return [...reads.values()];
}

/** All reads together, each instrument and interval once. */
export function joinReads(all: readonly BarsRead[]): readonly BarsRead[] {
  const reads = new Map<string, BarsRead>();
  for (const { instrument, interval, bars } of all) add(reads, instrument, interval, bars);
  return [...reads.values()];
}

/** Names the bars of an instrument and interval in a map. */
export function barsKey(instrument: string, interval: number): string {
  return `${instrument} ${interval}`;
}

function add(reads: Map<string, BarsRead>, instrument: string, interval: number, bars: number): void {
  const key = barsKey(instrument, interval);
  reads.set(key, { instrument, interval, bars: Math.max(bars, reads.get(key)?.bars ?? 0) });
}

/** @param extra bars that are wanted besides the newest */
function visit(plan: VaryingPlan, extra: number, reads: Map<string, BarsRead>): void {
  switch (plan.kind) {
    case 'column':
    case 'fact':
      add(reads, plan.instrument, plan.interval, plan.bars + extra);
      return;
    case 'kernel':
      if (plan.input === undefined) add(reads, plan.instrument, plan.interval, plan.bars + extra);
      else for (const input of inputsOf(plan)) visit(input, extra + inputsWanted(plan) - 1, reads);
      return;
    case 'lag':
      visit(plan.input, extra + plan.lag, reads);
      return;
    case 'combine':
      for (const part of plan.parts) if (part.kind !== 'constant') visit(part, extra, reads);
      return;
    case 'sample':
      add(reads, clockInstrument(plan), plan.interval, 1 + extra);
      visit(plan.input, Math.ceil((extra * plan.interval) / plan.input.interval), reads);
  }
}
