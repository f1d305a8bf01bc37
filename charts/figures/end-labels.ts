/** Heights of labels that keep a distance from each other, each as near to the one it wants as the others let it. */
export interface LabelColumn {
  /** Distance that two labels keep, in the same unit as their places. */
  readonly gap: number;
  /** They stay within 0 and this. */
  readonly height: number;
}

interface Group {
  readonly members: readonly number[];
  /** The mean of where its first member would stand for each of them to be where it wants. */
  readonly start: number;
}

/**
 * Least squares under the order and the distances of the labels: neighbours that would stand on each other become a group that stands
 * where its mean wants to (pool adjacent violators).
 *
 * @param wanted places, 0 to `height`
 * @returns places in the same order; evenly spread where there is no room for all of their distances
 */
export function spreadLabels(wanted: readonly number[], { gap, height }: LabelColumn): readonly number[] {
  const step = wanted.length > 1 ? Math.min(gap, height / (wanted.length - 1)) : 0;
  const order = [...wanted.keys()].sort((a, b) => wanted[a] - wanted[b]);
  const groups: Group[] = [];
  for (const at of order) {
    let group: Group = { members: [at], start: wanted[at] };
    let before = groups.at(-1);
    while (before !== undefined && before.start + before.members.length * step > group.start) {
      group = joined(before, group, step);
      groups.pop();
      before = groups.at(-1);
    }
    groups.push(group);
  }
  const starts = groups.flatMap(({ members, start }) => members.map((member, i) => ({ member, at: start + i * step })));
  const placed = new Array<number>(wanted.length);
  starts.forEach(({ member, at }, i) => {
    // What has to stand below or above it still has its room.
    const most = height - (starts.length - 1 - i) * step;
    placed[member] = Math.min(most, Math.max(i * step, at));
  });
  return placed;
}

function joined(above: Group, below: Group, step: number): Group {
  const [n, m] = [above.members.length, below.members.length];
  return {
    members: [...above.members, ...below.members],
    start: (above.start * n + (below.start - n * step) * m) / (n + m),
  };
}
