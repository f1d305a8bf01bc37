/** Lets the event loop turn: local calls run on our thread, so long work goes in pieces with this between them. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
