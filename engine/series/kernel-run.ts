import type { Bar } from '../market/events.ts';
import type { Anchor } from './anchor.ts';
import type { Kernel, Pair } from './catalog-entry.ts';
import type { KernelPlan } from './plan.ts';

/** What a kernel is fed with, one input a bar. */
export interface Feed<K> {
  readonly starts: Float64Array;
  begin(): K;
  /** Whether there is an input number `i`. */
  has(i: number): boolean;
  add(kernel: K, i: number): void;
}

/** Which of its outputs are wanted: some of its fields, and how many of the newest values, all of them if absent. */
export interface KernelWish {
  readonly fields: readonly number[];
  readonly last?: number;
}

/** What a kernel has made of its inputs: a column for each field that was wanted. */
export interface KernelRun {
  readonly kernel: Kernel<number> | Kernel<Bar> | Kernel<Pair>;
  readonly starts: Float64Array;
  readonly columns: readonly Float64Array[];
}

/** Feeds a fresh kernel: of the history only what the wanted values depend on is read. */
export function feedKernel<K extends KernelRun['kernel']>(
  plan: KernelPlan,
  feed: Feed<K>,
  { fields, last = Number.POSITIVE_INFINITY }: KernelWish,
): KernelRun {
  const { anchor } = plan;
  const { starts } = feed;
  const wanted = Math.max(0, starts.length - last);
  const columns = fields.map(() => new Float64Array(starts.length - wanted));
  let kernel = feed.begin();
  for (let i = wanted === 0 ? 0 : firstRead(plan, feed, wanted); i < starts.length; i++) {
    if (anchor !== undefined && beginsStretch(anchor, starts, i)) {
      kernel = feed.begin();
      for (let k = Math.max(0, i + 1 - anchor.every); k < i; k++) if (feed.has(k)) feed.add(kernel, k);
    }
    const has = feed.has(i);
    if (has) feed.add(kernel, i);
    if (i < wanted) continue;
    for (let f = 0; f < fields.length; f++) columns[f][i - wanted] = has ? kernel.values[fields[f]] : Number.NaN;
  }
  return { kernel, starts: wanted === 0 ? starts : starts.subarray(wanted), columns };
}

const beginsStretch = (anchor: Anchor, starts: Float64Array, i: number): boolean =>
  i > 0 && anchor.stretch(starts[i]) !== anchor.stretch(starts[i - 1]);

/** The input from which on a kernel has to be fed for its values from number `wanted` on to be right. */
function firstRead<K>({ entry, params, anchor }: KernelPlan, feed: Feed<K>, wanted: number): number {
  const { settled, counts = false } = entry.warmup(params);
  if (counts) return 0;
  let i = wanted;
  if (anchor !== undefined) {
    while (i > 0 && !beginsStretch(anchor, feed.starts, i)) i--;
    return i;
  }
  for (let known = feed.has(i) ? 1 : 0; i > 0 && known < settled; ) if (feed.has(--i)) known++;
  return i;
}
