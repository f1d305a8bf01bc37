import type { BarColumns } from '../market/bar-history.ts';
import { MINUTE } from '../market/interval.ts';
import { type BarSource, clockInstrument, type SeriesValues } from '../series/evaluate.ts';
import { inputsOf, type Plan, type VaryingPlan } from '../series/plan.ts';
import { plansFor } from './backtest-plan.ts';
import { barsAsClosed, type WalkedBars, walkedBars } from './known-bars.ts';
import type { StrategyRun } from './runner.ts';

/** The bars that a strategy is run over, where all that comes of them can be computed at once. */
export interface KnownMarket {
  /** In the order in which they are walked. */
  readonly lanes: readonly WalkedBars[];
  readonly source: BarSource;
  /** Whether a series is computed from another instrument than the one that it decides for. */
  readonly isJoined: boolean;
}

/** @returns undefined where the strategy wants more than closed bars can tell, or an engine would have to find its way through them */
export function knownMarket({ text, plan, history, from }: StrategyRun): KnownMarket | undefined {
  const { walked, instruments, facts } = plan;
  const legs = text.instruments.map((own) => ({ own, plans: plansFor(text, own).filter(isVarying) }));
  const steps = legs.flatMap((leg) => leg.plans).flatMap(stepsOf);
  if (walked < MINUTE || facts.length > 0 || !steps.every(isPlain)) return undefined;
  const lanes = instruments.map((instrument) => walkedBars(plan, history, instrument, from));
  if (!lanes.every((lane) => lane !== undefined)) return undefined;
  const isJoined = legs.some((leg) => leg.plans.some((each) => each.instruments.some((id) => id !== leg.own)));
  if (isJoined && !(legs.length === 1 && areInStep(lanes))) return undefined;
  const closed = new Map<string, BarColumns>();
  for (const { instrument, interval } of steps.flatMap(barsOf)) {
    const key = `${instrument} ${interval}`;
    if (closed.has(key)) continue;
    const lane = lanes.find((each) => each.instrument === instrument);
    const bars = lane && barsAsClosed(plan, history, lane, interval, from);
    if (bars === undefined) return undefined;
    closed.set(key, bars);
  }
  const bars = (instrument: string, interval: number): BarColumns => closed.get(`${instrument} ${interval}`)!;
  return { lanes, isJoined, source: Object.assign(bars, { computed: new Map<string, SeriesValues>() }) };
}

const isVarying = (plan: Plan): plan is VaryingPlan => plan.kind !== 'constant';

/** Whether each instrument trades in each bar, so that all of them close together. */
const areInStep = (lanes: readonly WalkedBars[]): boolean =>
  lanes.every(
    ({ isWhole, columns, first }) => isWhole && columns.length - first === lanes[0]!.columns.length - lanes[0]!.first,
  );

const partsOf = (plan: Plan): readonly Plan[] => {
  if (plan.kind === 'combine') return plan.parts;
  if (plan.kind === 'kernel') return inputsOf(plan);
  return plan.kind === 'lag' || plan.kind === 'sample' ? [plan.input] : [];
};

/** All steps of a plan. */
const stepsOf = (plan: Plan): readonly Plan[] => [plan, ...partsOf(plan).flatMap(stepsOf)];

/**
 * Whether a step over all bars comes to what the live one does. Not so where something that counts from some time on is begun anew with the bars
 * that are kept, nor where several instruments are looked at by the clock of one.
 */
function isPlain(step: Plan): boolean {
  if (step.kind === 'fact') return false;
  if (step.kind === 'sample') return step.input.instruments.length === 1;
  return step.kind !== 'kernel' || step.anchor === undefined || !inputsOf(step).flatMap(stepsOf).some(counts);
}

/** Whether it counts from some time on. */
const counts = (step: Plan): boolean => step.kind === 'kernel' && step.entry.warmup(step.params).counts === true;

/** The bars that a step reads, or that say when it closes. */
function barsOf(step: Plan): readonly { readonly instrument: string; readonly interval: number }[] {
  if (step.kind === 'sample') return [{ instrument: clockInstrument(step), interval: step.interval }];
  return step.kind === 'column' || (step.kind === 'kernel' && step.input === undefined) ? [step] : [];
}
