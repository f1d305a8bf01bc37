/** Reminders in order of time: a binary heap, O(log n) each. Equal times come in the order in which they were set. */
export class Timers<T> {
  private readonly heap: { readonly at: number; readonly order: number; readonly what: T }[] = [];
  private count = 0;

  /** Time of the next reminder in ms; infinity where there is none. */
  get next(): number {
    return this.heap.length === 0 ? Number.POSITIVE_INFINITY : this.heap[0].at;
  }

  set(at: number, what: T): void {
    const { heap } = this;
    heap.push({ at, order: this.count++, what });
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(i, parent)) break;
      this.swap(i, parent);
      i = parent;
    }
  }

  /** Takes the earliest reminder off. */
  pop(): { readonly at: number; readonly what: T } | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    heap[0] = last;
    let i = 0;
    for (;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && this.before(child, least)) least = child;
      if (least === i) return top;
      this.swap(i, least);
      i = least;
    }
  }

  private before(a: number, b: number): boolean {
    const { heap } = this;
    return heap[a].at < heap[b].at || (heap[a].at === heap[b].at && heap[a].order < heap[b].order);
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    [heap[a], heap[b]] = [heap[b], heap[a]];
  }
}
