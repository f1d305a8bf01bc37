/** Whether the frames of a socket, which are numbered by one, come without a hole. */
export interface Serial {
  /** The first number follows on nothing, and so on anything. */
  follows(number: number): boolean;
  reset(): void;
}

export function createSerial(): Serial {
  let last: number | undefined;
  return {
    follows(number) {
      const isNext = last === undefined || number === last + 1;
      last = number;
      return isNext;
    },
    reset() {
      last = undefined;
    },
  };
}
