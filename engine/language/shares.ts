import { entryOf } from '../series/catalog.ts';
import type { Expr } from './ast.ts';
import { corrected, fail, quote } from './failure.ts';
import { plainNumber } from './numbers.ts';
import { scaleOf } from './scale.ts';
import type { Threshold } from './thresholds.ts';
import { timesAverage } from './times-average.ts';

/** Series that are measured as a price is, and of which a share of the price is often meant. */
const LIKE_PRICES: ReadonlySet<string> = new Set(['atr', 'tr', 'std', 'iqr', 'mad', 'book_spread']);

/** Series that are told in percent already, without the sign. */
const IN_PERCENT: ReadonlySet<string> = new Set('ppo pmo trix coppock kst disparity cfo pvo'.split(' '));

/** Refuses a percentage that an amount or a price is compared with: `volume > 500%` would be `volume > 5`. */
export function refuseShare(text: string, value: Expr, threshold: Threshold): void {
  if (!threshold.percent) return;
  const name = text.slice(...value.span) || 'price';
  const scale = scaleOf(value);
  if (scale === 'volume' && !isPlainFact(value)) refuseOfAmount(text, name, value, threshold);
  if (scale === 'price') refuseOfPrice(text, name, value, threshold);
  if (value.kind !== 'series') return;
  if (scale === 'own' && isLikePrice(value)) refuseOfRange(text, name, threshold);
  if (IN_PERCENT.has(value.name)) refuseSign(text, name, threshold);
}

/** A fact without a unit may be a share. */
function isPlainFact(value: Expr): boolean {
  const entry = value.kind === 'series' ? entryOf(value.name) : undefined;
  return entry?.input === 'fact' && entry.unit === 'number';
}

const isLikePrice = ({ name, input }: Extract<Expr, { kind: 'series' }>): boolean =>
  LIKE_PRICES.has(name) && (input === undefined || scaleOf(input) === 'price');

function refuseOfAmount(text: string, name: string, amount: Expr, { value, span }: Threshold): never {
  // An interval stands behind the series, of which it is no part.
  const whole = name + (/^@\w+/.exec(text.slice(amount.span[1]))?.[0] ?? '');
  const isSmoothed = amount.kind !== 'series' || amount.input !== undefined;
  const meant = timesAverage(plainNumber(value), isSmoothed ? 'volume' : whole);
  return fail('wrong-type', `${quote(name)} is an amount, not a percentage`, span, {
    hint: isSmoothed ? `for example volume > ${meant}` : `write ${meant}`,
    suggestions: isSmoothed ? [] : [corrected(text, span, meant)],
  });
}

/** `close > 5%`: what is meant is a move. */
function refuseOfPrice(text: string, name: string, { span: [start] }: Expr, { span }: Threshold): never {
  const written = text.slice(...span).replace(/^[-+\s]+|\s+/g, '');
  const moves = [`+${written} 1h`, `-${written} 1h`];
  return fail('wrong-type', `${quote(name)} is in prices, not in percent`, span, {
    hint: `a move is written ${moves.join(' or ')}`,
    suggestions: moves.map((move) => corrected(text, [Math.min(start, span[0]), span[1]], move)),
  });
}

/** `atr > 5%`: a share of the price. */
function refuseOfRange(text: string, name: string, { span }: Threshold): never {
  const meant = `${text.slice(...span)}*close`;
  return fail('wrong-type', `${quote(name)} is in prices, not in percent`, span, {
    hint: `for a share of the price write ${meant}`,
    suggestions: [corrected(text, span, meant)],
  });
}

/** `disparity > 5%`, which is told as 5. */
function refuseSign(text: string, name: string, { value, span }: Threshold): never {
  const plain = plainNumber(value, 2);
  return fail('wrong-type', `${quote(name)} is told in percent: ${plain} stands for ${plain}%`, span, {
    hint: `write ${plain}`,
    suggestions: [corrected(text, span, plain)],
  });
}
