/** Numbers as text, exactly: what is printed reads back as the same number. */

/** Digits and decimal exponent of the shortest text of `value`: 1234.5 -> `['12345', 4]`, meaning 0.12345e4. */
function digitsOf(value: number): readonly [digits: string, point: number] {
  const [mantissa, exponent] = value.toExponential().split('e');
  return [mantissa.replace('.', ''), Number(exponent) + 1];
}

/** Plain decimal text of a finite number times 10^`shift`, never with an exponent: 1e-7 -> `0.0000001`. */
export function plainNumber(value: number, shift = 0): string {
  if (value === 0) return '0';
  if (value < 0) return `-${plainNumber(-value, shift)}`;
  const [digits, unshifted] = digitsOf(value);
  const point = unshifted + shift;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** 0.05 -> `5%`. */
export function percentNumber(value: number): string {
  return `${plainNumber(value, 2)}%`;
}

/** 70000 -> `70,000`. */
export function groupedNumber(value: number): string {
  const [whole, fraction] = plainNumber(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** 70000 -> `70k`: where a comma would part two numbers. */
export function shortNumber(value: number): string {
  return Math.abs(value) >= 10_000 && value % 1000 === 0 ? `${plainNumber(value / 1000)}k` : plainNumber(value);
}
