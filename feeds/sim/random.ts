/** A deterministic source of randomness that can be put to any place of any stream. */
export interface Random {
  /** Starts the numbers of place `index` of the stream. */
  seed(stream: number, index: number): void;
  /** Uniform in (0, 1). */
  next(): number;
  /** Standard normal. */
  gauss(): number;
}

/** 32-bit FNV-1a of a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Chris Doty-Humphrey's sfc32 (PractRand). */
export function createRandom(): Random {
  let a = 0;
  let b = 0;
  let c = 0;
  let counter = 1;
  let spare = Number.NaN;

  function step(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }

  function next(): number {
    return (step() + 0.5) / 4294967296;
  }

  return {
    seed(stream, index) {
      a = stream | 0;
      b = index | 0;
      c = Math.floor(index / 4294967296) | 0;
      counter = 1;
      spare = Number.NaN;
      for (let i = 0; i < 12; i++) step();
    },
    next,
    gauss() {
      // Marsaglia's polar method: two values at a time.
      if (!Number.isNaN(spare)) {
        const kept = spare;
        spare = Number.NaN;
        return kept;
      }
      for (;;) {
        const x = 2 * next() - 1;
        const y = 2 * next() - 1;
        const square = x * x + y * y;
        if (square >= 1 || square === 0) continue;
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * scale;
        return x * scale;
      }
    },
  };
}
