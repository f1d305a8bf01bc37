// @ts-check

/** Digits behind the point that a price was written with, at least 2, and no more than eight digits in all. @param {number} price */
export function digitsOf(price) {
  const text = String(price);
  const point = text.indexOf('.');
  if (text.includes('e-')) return 8;
  const written = point < 0 ? 0 : text.length - point - 1;
  const whole = price >= 1 ? String(Math.floor(price)).length : 0;
  return Math.min(Math.max(2, written), Math.max(2, 8 - whole));
}

/** @param {number | null | undefined} price @param {number} [digits] */
export function formatPrice(price, digits) {
  if (price === null || price === undefined) return '–';
  const fraction = digits ?? digitsOf(price);
  return price.toLocaleString(undefined, { minimumFractionDigits: fraction, maximumFractionDigits: fraction });
}

/** `+1.24 %`, with a real minus. @param {number | undefined} change as a fraction */
export function formatChange(change) {
  if (change === undefined || !Number.isFinite(change)) return '–';
  const percent = Math.abs(change * 100);
  const sign = change > 0 ? '+' : change < 0 ? '−' : '';
  return `${sign}${percent.toFixed(percent >= 100 ? 0 : 2)} %`;
}

/** `3s`, `4m12s`, `2h5m`, `3d`. @param {number} ms */
export function formatAge(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${seconds % 60 ? `${seconds % 60}s` : ''}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${minutes % 60 ? `${minutes % 60}m` : ''}`;
  return `${Math.floor(hours / 24)}d`;
}

const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayFormat = new Intl.DateTimeFormat(undefined, {
  hourCycle: 'h23',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** The time today, the day before it otherwise; in the visitor's zone. @param {number} ts */
export function formatTime(ts) {
  const date = new Date(ts);
  const today = new Date().toDateString() === date.toDateString();
  return (today ? clockFormat : dayFormat).format(date);
}

/** `binance:btcusdt` -> btcusdt @param {string} instrument */
export function symbolOf(instrument) {
  return instrument.slice(instrument.lastIndexOf(':') + 1);
}
