import { inputsOf, inputsWanted, type Plan } from './plan.ts';

/** Every (instrument, interval) whose bars a plan reads, with how many closed bars it wants of each. */
export function barsWanted(plan: Plan): Map<string, { instrument: string; interval: number; bars: number }> {
  const wanted = new Map<string, { instrument: string; interval: number; bars: number }>();
  visit(plan, 0, wanted);
  return wanted;
}

function visit(
  plan: Plan,
  extra: number,
  wanted: Map<string, { instrument: string; interval: number; bars: number }>,
): void {
  if (plan.kind === 'constant') return;
  if (plan.kind === 'column' || plan.kind === 'fact' || (plan.kind === 'kernel' && plan.input === undefined)) {
    const key = `${plan.instrument} ${plan.interval}`;
    const bars = Math.max(wanted.get(key)?.bars ?? 0, plan.bars + extra);
    wanted.set(key, { instrument: plan.instrument, interval: plan.interval, bars });
    return;
  }
  if (plan.kind === 'combine') {
    for (const part of plan.parts) visit(part, extra, wanted);
    return;
  }
  if (plan.kind === 'kernel') {
    for (const input of inputsOf(plan)) visit(input, extra + inputsWanted(plan) - 1, wanted);
  } else if (plan.kind === 'sample') {
    visit(plan.input, Math.ceil((extra * plan.interval) / plan.input.interval), wanted);
  } else visit(plan.input, extra + plan.bars - plan.input.bars, wanted);
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
