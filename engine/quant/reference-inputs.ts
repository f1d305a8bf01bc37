/** Made as test/reference/quant.py makes them, bit by bit. */
function* uniforms(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 4294967296n);
    yield state / 4294967296;
  }
}

/** Nearly normal: twelve uniform numbers less their mean. */
export function normals(seed: number, count: number): Float64Array {
  const draw = uniforms(seed);
  return Float64Array.from({ length: count }, () => {
    let total = 0;
    for (let i = 0; i < 12; i++) total += draw.next().value;
    return total - 6;
  });
}

export function walk(seed: number, count: number): Float64Array {
  let at = 100;
  return normals(seed, count).map((step) => {
    at += step * 0.5;
    return at;
  });
}

/** Drawn back to nought by a share of the distance. */
export function reverting(seed: number, count: number, pull: number): Float64Array {
  let at = 0;
  return normals(seed, count).map((step) => {
    at = at - at * pull + step;
    return at;
  });
}

export function garchReturns(seed: number, count: number, omega: number, alpha: number, beta: number): Float64Array {
  let variance = omega / (1 - alpha - beta);
  return normals(seed, count).map((z) => {
    const value = z * Math.sqrt(variance);
    variance = omega + alpha * value * value + beta * variance;
    return value;
  });
}
