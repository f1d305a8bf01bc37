/**
 * Names of a venue's routes on a raw tape: `public`, and where one socket does not carry all `public#2` and so on, in the order in which
 * they were opened. The feed opens them in the same order again when it is replayed.
 */
export function createRouteNames(): (kind: string) => string {
  const opened = new Map<string, number>();
  return (kind) => {
    const count = (opened.get(kind) ?? 0) + 1;
    opened.set(kind, count);
    return count === 1 ? kind : `${kind}#${count}`;
  };
}
