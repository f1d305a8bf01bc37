/** Words and numbers on a chart, and how wide they come out. */

/** Advance widths of Inter 600 in hundredths of the font's size, from the space (U+0020) to the tilde; measured. */
const ADVANCES = [
  25, 32, 52, 64, 65, 100, 66, 33, 37, 37, 54, 67, 32, 47, 32, 38, 66, 42, 62, 64, 67, 61, 64, 58, 64, 64, 32, 33, 67,
  67, 67, 54, 100, 73, 66, 74, 72, 61, 59, 75, 75, 28, 58, 70, 57, 92, 76, 77, 65, 77, 65, 65, 66, 74, 73, 102, 72, 71,
  65, 37, 38, 37, 48, 47, 35, 57, 62, 58, 62, 59, 39, 63, 61, 26, 26, 57, 26, 90, 61, 61, 62, 62, 40, 55, 35, 61, 59,
  84, 57, 59, 57, 45, 36, 45, 67,
];

/** About how wide `text` is in px at a font size; other scripts than ASCII count as wide. */
export function textWidth(text: string, size: number): number {
  let hundredths = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    hundredths += ADVANCES[code - 32] ?? (code < 0x3000 ? 68 : 102);
  }
  return (hundredths / 100) * size;
}

/** Without control characters, line breaks and emoji (no font here has them), at most `limit` characters. */
export function cleanText(text: string, limit = 48): string {
  const flat = text
    .replace(/\p{Emoji_Presentation}|\uFE0F|\u200D/gu, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const chars = [...flat];
  return chars.length > limit ? `${chars.slice(0, limit - 1).join('')}…` : flat;
}

const formats = new Map<string, Intl.NumberFormat>();

function formatter(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat('en-US', options);
    formats.set(key, format);
  }
  return format;
}

/** A true minus sign, as wide as the plus. */
function withMinus(text: string): string {
  return text.replace('-', '\u2212');
}

/** `64,402.10` with exactly `digits` digits behind the point. */
export function formatFixed(value: number, digits: number): string {
  const places = Math.max(0, Math.min(20, digits));
  const text = formatter(`f${places}`, { minimumFractionDigits: places, maximumFractionDigits: places }).format(value);
  return withMinus(/^-[0.,]*$/.test(text) ? text.slice(1) : text);
}

/** As `formatFixed`, without noughts at the end: `70,000`, `64,402.1`. */
export function formatTrimmed(value: number, digits: number): string {
  const text = formatFixed(value, digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `12.3k`, `4M`: for volumes and other large numbers. */
export function formatCompact(value: number): string {
  if (value !== 0 && Math.abs(value) < 1)
    return withMinus(formatter('s3', { maximumSignificantDigits: 3 }).format(value));
  const text = formatter('c', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
  return withMinus(text.replace('K', 'k'));
}

/** `+1.93 %`. */
export function formatChange(ratio: number): string {
  const percent = ratio * 100;
  const text = formatFixed(percent, Math.abs(percent) >= 100 ? 0 : 2);
  return `${/[1-9]/.test(text) && ratio > 0 ? '+' : ''}${text} %`;
}

const SPANS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** A length of time in its two largest units: `10 h`, `9 h 55 min`. */
export function formatSpan(ms: number): string {
  const at = Math.max(
    0,
    SPANS.findIndex(([, length]) => ms >= length),
  );
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, length] of SPANS.slice(at, at + 2)) {
    const count = Math.floor(rest / length);
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * length;
  }
  return parts.join(' ');
}

/** Four significant digits where they matter: `0.003412`, `54.21`, `12.3k`. */
export function formatLoose(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return formatCompact(value);
  if (size !== 0 && size < 1e-7) return withMinus(value.toExponential(2));
  const digits = size === 0 ? 0 : Math.max(0, Math.min(10, 3 - Math.floor(Math.log10(size))));
  return formatFixed(value, Math.min(digits, size >= 1 ? 2 : 10));
}
