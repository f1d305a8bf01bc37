import { inputsOf, inputsWanted, type KernelPlan, type Plan } from './plan.ts';

/** So many closed bars of an instrument. */
export interface WantedBars {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  readonly bars: number;
}

/** Inputs that a kernel wants. */
type WantedBy = (plan: KernelPlan) => number;

/** Every (instrument, interval) whose bars a plan reads, with how many closed bars it wants of each. */
export function barsWanted(plan: Plan): Map<string, WantedBars> {
  const wanted = new Map<string, WantedBars>();
  visit(plan, 0, inputsWanted, wanted);
  return wanted;
}

/** As `barsWanted`, but how many it takes until there is a value at all, settled or not. */
export function barsToFirst(plan: Plan): Map<string, WantedBars> {
  const wanted = new Map<string, WantedBars>();
  visit(plan, 0, ({ entry, params }) => entry.warmup(params).first, wanted);
  return wanted;
}

function visit(plan: Plan, extra: number, by: WantedBy, wanted: Map<string, WantedBars>): void {
  if (plan.kind === 'constant') return;
  if (plan.kind === 'column' || plan.kind === 'fact' || (plan.kind === 'kernel' && plan.input === undefined)) {
    const key = `${plan.instrument} ${plan.interval}`;
    const own = plan.kind === 'kernel' ? by(plan) : plan.bars;
    const bars = Math.max(wanted.get(key)?.bars ?? 0, own + extra);
    wanted.set(key, { instrument: plan.instrument, interval: plan.interval, bars });
    return;
  }
  if (plan.kind === 'combine') {
    for (const part of plan.parts) visit(part, extra, by, wanted);
    return;
  }
  if (plan.kind === 'kernel') {
    for (const input of inputsOf(plan)) visit(input, extra + by(plan) - 1, by, wanted);
  } else if (plan.kind === 'sample') {
    visit(plan.input, Math.ceil((extra * plan.interval) / plan.input.interval), by, wanted);
  } else visit(plan.input, extra + plan.bars - plan.input.bars, by, wanted);
}

/** Every fact that a plan reads, with how far back it wants to know it, in ms. */
export function factsWanted(plan: Plan): ReadonlyMap<string, number> {
  const wanted = new Map<string, number>();
  if (plan.kind === 'constant' || plan.facts.length === 0) return wanted;
  let longest = 0;
  for (const { interval, bars } of barsWanted(plan).values()) longest = Math.max(longest, (bars + 1) * interval);
  for (const key of plan.facts) wanted.set(key, longest);
  return wanted;
}
