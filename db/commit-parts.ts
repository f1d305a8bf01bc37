import type { LedgerEntry } from '../engine/ledger/rows.ts';
import type { FiringCommit } from './firings.ts';
import type { Outage } from './outages.ts';

/** Firings in one batch: some 5 ms of our thread, 20 ms before the code is warm. */
const FIRINGS = 200;
/** Changes of state, in one batch, of rules that did not fire. */
const STATES = 2000;

function slices<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}

type Told = Pick<FiringCommit, 'deliveries'> & { readonly outages: readonly Outage[] };

/** Each outage is in the batch of a delivery to its chat; what no delivery tells of is in the last one. */
function withOutages(parts: readonly FiringCommit['deliveries'][], outages: readonly Outage[]): readonly Told[] {
  const left = new Set(outages);
  const told = parts.map((deliveries) => {
    const chats = new Set(deliveries.map(({ chatKey }) => chatKey));
    const mine = [...left].filter(({ chatKey }) => chats.has(chatKey));
    for (const outage of mine) left.delete(outage);
    return { deliveries, outages: mine };
  });
  return left.size === 0 ? told : [...told, { deliveries: [], outages: [...left] }];
}

/**
 * The batches of a commit: one as a rule, several where it is so large that it would hold up the thread. A firing's
 * deliveries and its rule's states are always in the firing's batch; the ledger's rows are in the first one, with the messages that are owed
 * for them and with where their strategies stand.
 */
export function splitCommit(commit: FiringCommit): readonly FiringCommit[] {
  const { firings, deliveries, states, outages = [], ledger = [], feeds = [] } = commit;
  if (firings.length <= FIRINGS && deliveries.length <= 2 * FIRINGS && states.length <= STATES) return [commit];
  const partOfFiring = new Map<string, number>();
  const partOfRule = new Map<string, number>();
  const parts = slices(firings, FIRINGS).map((part, index) => {
    for (const { id, ruleId } of part) {
      partOfFiring.set(id, index);
      // The last one's: a rule's state must not run ahead of its firings.
      partOfRule.set(ruleId, index);
    }
    return {
      firings: part,
      deliveries: [] as FiringCommit['deliveries'][number][],
      states: [] as FiringCommit['states'][number][],
    };
  });
  const signals = new Set(ledger.map(signalOf));
  const ofLedger: FiringCommit['deliveries'][number][] = [];
  const otherDeliveries: FiringCommit['deliveries'][number][] = [];
  const otherStates: FiringCommit['states'][number][] = [];
  for (const delivery of deliveries) {
    const index = partOfFiring.get(delivery.firingId ?? '');
    const others = signals.has(delivery.firingId) ? ofLedger : otherDeliveries;
    (index === undefined ? others : parts[index].deliveries).push(delivery);
  }
  for (const state of states) {
    const index = partOfRule.get(state.ruleId);
    (index === undefined ? otherStates : parts[index].states).push(state);
  }
  const isOfStrategies = ledger.length > 0 || feeds.length > 0;
  return [
    ...(isOfStrategies ? [{ firings: [], deliveries: ofLedger, states: [], ledger, feeds }] : []),
    ...parts,
    ...withOutages(slices(otherDeliveries, FIRINGS), outages).map((part) => ({ firings: [], states: [], ...part })),
    ...slices(otherStates, STATES).map((part) => ({ firings: [], deliveries: [], states: part })),
  ];
}

/** The signal that a row of the ledger tells of. */
const signalOf = ({ kind, body }: LedgerEntry): string | undefined =>
  kind === 'signal' ? body.id : kind === 'event' ? body.signal : undefined;

/** Firings, deliveries, states, outages, rows of the ledger and feeds of signals in it. */
export const sizeOf = ({ firings, deliveries, states, outages = [], ledger = [], feeds = [] }: FiringCommit): number =>
  firings.length + deliveries.length + states.length + outages.length + ledger.length + feeds.length;
