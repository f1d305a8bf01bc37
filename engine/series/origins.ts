/** What a series is computed from. */
interface Computed {
  readonly instruments: readonly string[];
  readonly facts: readonly string[];
}

/** Series by what they are computed from: of many thousands a history concerns a few. */
export class Origins<N extends Computed> {
  private readonly byInstrument = new Map<string, Set<N>>();
  private readonly byFact = new Map<string, Set<N>>();

  add(node: N): void {
    for (const id of node.instruments) put(this.byInstrument, id, node);
    for (const key of node.facts) put(this.byFact, key, node);
  }

  remove(node: N): void {
    for (const id of node.instruments) take(this.byInstrument, id, node);
    for (const key of node.facts) take(this.byFact, key, node);
  }

  ofInstrument(id: string): readonly N[] {
    return [...(this.byInstrument.get(id) ?? [])];
  }

  ofFact(key: string): readonly N[] {
    return [...(this.byFact.get(key) ?? [])];
  }
}

function put<N>(sets: Map<string, Set<N>>, key: string, node: N): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([node]));
  else set.add(node);
}

function take<N>(sets: Map<string, Set<N>>, key: string, node: N): void {
  const set = sets.get(key);
  set?.delete(node);
  if (set?.size === 0) sets.delete(key);
}
