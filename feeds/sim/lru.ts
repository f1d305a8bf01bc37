/** Keeps the last `size` values that were made; `make` must give the same value for the same key always. */
export function createCache<V>(size: number, make: (key: number) => V): (key: number) => V {
  const values = new Map<number, V>();
  return (key) => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const made = make(key);
    values.set(key, made);
    if (values.size > size) {
      const oldest = values.keys().next();
      if (!oldest.done) values.delete(oldest.value);
    }
    return made;
  };
}
