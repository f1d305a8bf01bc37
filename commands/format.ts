import { DateTime } from 'luxon';

/** Digits behind the point that a price is written with: those of its tick, else enough to show six significant digits. */
export function priceDigits(price: number, tick: number | undefined): number {
  if (tick !== undefined && tick > 0 && Number.isFinite(tick)) {
    const digits = Math.max(0, Math.ceil(-Math.log10(tick) - 1e-9));
    return Math.min(12, digits);
  }
  if (!(Math.abs(price) > 0)) return 2;
  return Math.min(12, Math.max(2, 5 - Math.floor(Math.log10(Math.abs(price)))));
}

/** `64,402.10` in the chat's locale. */
export function formatPrice(price: number, tick: number | undefined, locale: string): string {
  if (!Number.isFinite(price)) return 'n/a';
  const digits = priceDigits(price, tick);
  return formatFixed(price, digits, locale);
}

export function formatFixed(value: number, digits: number, locale: string): string {
  return written(value, locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A number of no known unit, with three or four significant digits: `2.31`, `0.0531`, `38.4`, `1,234`. */
export function formatValue(value: number, locale: string): string {
  if (!Number.isFinite(value)) return 'n/a';
  const size = Math.abs(value);
  if (size > 0 && size < 0.01) return written(value, locale, { maximumSignificantDigits: 3 });
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return written(value, locale, { maximumFractionDigits: digits });
}

/** A number with five significant digits, or all before its point: `20.001`, `0.048123`, `123,456`. */
export function formatNumber(value: number, locale: string): string {
  if (!Number.isFinite(value)) return 'n/a';
  const digits = value === 0 ? 0 : 4 - Math.floor(Math.log10(Math.abs(value)));
  return written(value, locale, { maximumFractionDigits: Math.min(12, Math.max(0, digits)) });
}

/** `+1.2 %` of a fraction of one. */
export function formatPercent(fraction: number, locale: string, digits = 1): string {
  if (!Number.isFinite(fraction)) return 'n/a';
  const percent = fraction * 100;
  const text = formatFixed(Math.abs(percent), digits, locale);
  const isNought = Math.abs(percent) < 0.5 * 10 ** -digits;
  const sign = isNought ? '' : percent < 0 ? '\u2212' : '+';
  return `${sign}${text}\u00a0%`;
}

/** A large count or volume in short: `950`, `12.3k`, `4.5m`. */
export function formatShort(value: number, locale: string): string {
  for (const [unit, size] of [
    ['b', 1e9],
    ['m', 1e6],
    ['k', 1e3],
  ] as const) {
    // What is rounded up to the next unit is told in it: 999,999 is 1m rather than 1,000k.
    if (Math.abs(value) >= size * 0.9995)
      return `${written(value / size, locale, { maximumSignificantDigits: 3 })}${unit}`;
  }
  return written(value, locale, { maximumSignificantDigits: 3 });
}

/** A length of time in its two largest units: `4m12s`, `3d4h`, `850ms`. */
export function formatLength(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const parts: string[] = [];
  let rest = Math.round(ms / 1000);
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    if (count > 0) parts.push(`${count}${unit}`);
    else if (parts.length > 0) break;
    rest -= count * seconds;
    if (parts.length === 2) break;
  }
  return parts.join('') || '0s';
}

/** `14:05:12 CET`; with the date where it was not today: `21 Nov 14:05:12 CET`. */
export function formatTime(ts: number, zone: string, now: number): string {
  const time = DateTime.fromMillis(ts, { zone, locale: 'en-GB' });
  const isToday = time.hasSame(DateTime.fromMillis(now, { zone }), 'day');
  return `${time.toFormat(isToday ? 'HH:mm:ss' : 'd LLL HH:mm:ss')} ${zoneName(time)}`;
}

/** As `formatTime`, without the seconds: `14:20 CET`, `21 Nov 14:20 CET`, `1 Jan 2027 00:00 CET`. */
export function formatMinute(ts: number, zone: string, now: number): string {
  const time = DateTime.fromMillis(ts, { zone, locale: 'en-GB' });
  const today = DateTime.fromMillis(now, { zone });
  const date = time.hasSame(today, 'day') ? '' : time.hasSame(today, 'year') ? 'd LLL ' : 'd LLL yyyy ';
  return `${time.toFormat(`${date}HH:mm`)} ${zoneName(time)}`;
}

/** From then to then, as `formatMinute`: the day of the end is said wherever the two are not of today. */
export function formatMinutes(from: number, to: number, zone: string, now: number): string {
  const isToday = DateTime.fromMillis(from, { zone }).hasSame(DateTime.fromMillis(now, { zone }), 'day');
  const end = DateTime.fromMillis(to, { zone, locale: 'en-GB' });
  const told = formatMinute(to, zone, now);
  const isDated = isToday || !end.hasSame(DateTime.fromMillis(now, { zone }), 'day');
  return `${formatMinute(from, zone, now)} – ${isDated ? told : `${end.toFormat('d LLL')} ${told}`}`;
}

/** As `formatMinute`, without the zone, for lists: `14:20`, `21 Nov 14:20`. */
export function formatClock(ts: number, zone: string, now: number): string {
  const time = DateTime.fromMillis(ts, { zone, locale: 'en-GB' });
  return time.toFormat(time.hasSame(DateTime.fromMillis(now, { zone }), 'day') ? 'HH:mm' : 'd LLL HH:mm');
}

function zoneName(time: DateTime): string {
  return time.offsetNameShort ?? time.toFormat('ZZ');
}

const FORMATS = new Map<string, Intl.NumberFormat>();

/** With a real minus. Making a formatter costs more than using it a hundred times. */
function written(value: number, locale: string, options: Intl.NumberFormatOptions): string {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = FORMATS.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, options);
    FORMATS.set(key, format);
  }
  return format.format(value).replace('-', '\u2212');
}
