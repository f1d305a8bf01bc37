/** Lets others have their turn: between two steps that take up to milliseconds each. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
