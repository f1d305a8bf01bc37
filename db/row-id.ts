/** The row that a text id names; -1, which no row has, for a text that is none. */
export function rowId(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : -1;
}
