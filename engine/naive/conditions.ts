import fc from 'fast-check';

/** Text that is finished once the smallest step of the price is known. */
export type Draft = (unit: number) => string;

/** Where prices begin, in the order of the instruments. */
export const STARTS = [100, 50, 20] as const;
export const SYMBOLS = ['aaausdt', 'bbbusdt', 'cccusdt'] as const;

const START = STARTS[0];
/** Added where a computed value could lie on a level, and only rounding would say on which side. */
const ODD = 0.3718281;

type Draw = readonly [expr: string, level: (k: number, unit: number) => string];

const price = (k: number, unit: number): string => String(START + k * unit);
const between = (k: number, unit: number): string => String(START + (k + ODD) * unit);
const distance = (k: number, unit: number): string => String((k + ODD) * unit);
const size = (k: number, unit: number): string => String((Math.abs(k) + ODD) * unit);
const share = (k: number, unit: number): string => `${(((k + ODD) * unit) / START) * 100}%`;
const exact = (k: number, unit: number): string => String(k * unit);

/** Series whose values are numbers of the tape themselves: a level may be touched. */
const EXACT: readonly Draw[] = [
  ['price', price],
  ['close', price],
  ['open', price],
  ['high', price],
  ['low', price],
  ['close[1]', price],
  ['highest(4)', price],
  ['lowest(3)', price],
  ['highest(close, 3)', price],
  ['lowest(5)[1]', price],
  ['max(close, open[1])', price],
  ['min(open, close, close[2])', price],
  ['close - open', exact],
  ['high - low', (k, unit) => String((Math.abs(k) + 1) * unit)],
  ['abs(close - close[1])', (k, unit) => String((Math.abs(k) + 1) * unit)],
  ['volume', (k) => String(1 + Math.abs(k) / 4)],
  ['highest(volume, 4)', (k) => String(1 + Math.abs(k) / 4)],
  ['volume - volume[1]', (k) => String(k / 4)],
  ['trades', (k) => String(1 + Math.abs(k))],
  ['trades - trades[1]', (k) => String(k)],
  ['close * volume', (k) => String(START * (1 + Math.abs(k) / 4))],
];

/** Series that are computed: no level is drawn on which they could lie. */
const COMPUTED: readonly Draw[] = [
  ['sma(3)', between],
  ['sma(7)', between],
  ['mean(2)', between],
  ['sma(high - low, 3)', size],
  ['sma(3)[1]', between],
  ['ema(1)', between],
  ['ema(3)', between],
  ['ema(6)', between],
  ['ema(3)[2]', between],
  ['close - ema(4)', distance],
  ['close - sma(5)', distance],
  ['rsi(2)', (k) => String(50 + k * 3 + ODD)],
  ['rsi(5)', (k) => String(50 + k * 3 + ODD)],
  ['rsi(3)[1]', (k) => String(50 + k * 3 + ODD)],
  ['ema(rsi(3), 3)', (k) => String(50 + k * 3 + ODD)],
  ['z(4)', (k) => String(k / 8 + ODD / 10)],
  ['z(7)', (k) => String(k / 6 + ODD / 10)],
  ['z(volume, 4)', (k) => String(k / 8 + ODD / 10)],
  ['std(5)', size],
  ['std(2)', size],
  ['bb(5, 2).middle', between],
  ['bb(5, 1.5).upper', between],
  ['bb(4, 2).lower', between],
  ['bb(5, 2).width', (k, unit) => String(((Math.abs(k) + ODD) * unit) / START)],
  ['bb(4, 1).percent', (k) => String(0.5 + k / 10 + ODD / 100)],
  ['close - bb(5, 1).upper', distance],
  ['macd(2, 4, 3).macd', distance],
  ['macd(2, 5, 3).signal', distance],
  ['macd(3, 6, 2).histogram', (k, unit) => distance(k, unit / 4)],
  ['atr(3)', size],
  ['2 * atr(2) - atr(5)', distance],
  ['change(1)', share],
  ['change(3)', share],
  ['close / sma(4)', (k, unit) => String(1 + ((k + ODD) * unit) / START)],
  ['sma(volume, 3)', (k) => String(1 + Math.abs(k) / 4 + ODD / 10)],
  ['sma(trades, 4)', (k) => String(1 + Math.abs(k) / 2 + ODD / 10)],
  ['sqrt(volume)', (k) => String(1 + Math.abs(k) / 4 + ODD / 10)],
];

/** Both sides move. */
const AGAINST: readonly string[] = [
  'close > open',
  'close < close[2]',
  'close >= highest(3)[1]',
  'close > highest(4)[1]',
  'close <= lowest(3)[1]',
  'high >= high[1]',
  'volume > volume[1]',
  'volume > 1.3718281 * sma(volume, 4)',
  'trades >= trades[1]',
  'close crosses above open',
  'price crosses highest(2)[1]',
  'price crosses below open',
  'close inside [low[1], high[1]]',
  'close leaves [lowest(3)[1], highest(3)[1]]',
  'rsi(3) > rsi(5) + 1.3718281',
  'rsi(2) crosses rsi(6) - 2.3718281',
];

/** Both sides move; `$` stands for an odd part of the smallest step. */
const AGAINST_ODD: readonly string[] = [
  'close > sma(4) + $',
  'ema(2) crosses above ema(5) + $',
  'ema(2) crosses below sma(5) - $',
  'sma(2) crosses sma(5) + $',
  'close > bb(5, 1).upper + $',
  'close enters [bb(6, 1).lower - $, bb(6, 1).upper + $]',
  'high - low > 1.2 * atr(3) + $',
  'macd(2, 4, 3).macd crosses above macd(2, 4, 3).signal + $',
];

const k = fc.integer({ min: -6, max: 6 });
const op = fc.constantFrom('>', '<', '>=', '<=');
const direction = fc.constantFrom('above ', 'below ', '');
const how = fc.constantFrom('inside', 'outside', 'enters', 'leaves');

/** Written behind every function and column, e.g. `@5m`. */
function at(expr: string, interval: string): string {
  if (interval === '') return expr;
  return /^[a-z]+(\(\d+(, [\d.]+)*\))?(\.[a-z]+)?$/.test(expr) && expr !== 'price' ? `${expr}@${interval}` : expr;
}

function ofDraws(draws: readonly Draw[], intervals: readonly string[]): fc.Arbitrary<Draft> {
  const draw = fc.constantFrom(...draws);
  const interval = fc.constantFrom('', '', ...intervals);
  const compare = fc.tuple(draw, interval, op, k).map(
    ([[expr, level], on, sign, place]): Draft =>
      (unit) =>
        `${at(expr, on)} ${sign} ${level(place, unit)}`,
  );
  const cross = fc.tuple(draw, interval, direction, k).map(
    ([[expr, level], on, way, place]): Draft =>
      (unit) =>
        `${at(expr, on)} crosses ${way}${level(place, unit)}`,
  );
  const range = fc.tuple(draw, interval, how, k, fc.integer({ min: 1, max: 5 })).map(
    ([[expr, level], on, word, low, width]): Draft =>
      (unit) => {
        const bounds = [Number.parseFloat(level(low, unit)), Number.parseFloat(level(low + width, unit))];
        const sign = level(low, unit).endsWith('%') ? '%' : '';
        if (bounds[0] === bounds[1]) bounds[1] += bounds[0];
        return `${at(expr, on)} ${word} [${bounds[0]}${sign}, ${bounds[1]}${sign}]`;
      },
  );
  return fc.oneof({ weight: 3, arbitrary: compare }, cross, range);
}

const against: fc.Arbitrary<Draft> = fc.oneof(
  fc.constantFrom(...AGAINST).map(
    (text): Draft =>
      () =>
        text,
  ),
  fc.constantFrom(...AGAINST_ODD).map(
    (text): Draft =>
      (unit) =>
        text.replaceAll('$', String(unit * ODD)),
  ),
);

/** A rise or fall within a length of time. */
const move = (lengths: readonly string[]): fc.Arbitrary<Draft> =>
  fc.tuple(fc.constantFrom('rises', 'falls'), fc.integer({ min: 0, max: 8 }), fc.constantFrom(...lengths)).map(
    ([word, steps, length]): Draft =>
      (unit) =>
        `${word} ${share(steps, unit)} in ${length}`,
  );

/** Conditions on other instruments than the first. */
const PAIRS: readonly (readonly [string, (k: number, unit: number) => string])[] = [
  ['aaausdt/bbbusdt', (n, unit) => String(2 + ((n + ODD) * unit) / 50)],
  ['(aaausdt/bbbusdt)[1]', (n, unit) => String(2 + ((n + ODD) * unit) / 50)],
  ['aaausdt - 2*bbbusdt', exact],
  ['bbbusdt.close', (n, unit) => String(50 + n * unit)],
  ['bbbusdt.rsi(3)', (n) => String(50 + n * 3 + ODD)],
  ['bbbusdt.high - bbbusdt.low', (n, unit) => String((Math.abs(n) + 1) * unit)],
  ['close - 2*bbbusdt.sma(3)', distance],
  ['bbbusdt.ema(3) + cccusdt.ema(3)', (n, unit) => String(70 + (n + ODD) * unit)],
  ['bbbusdt.volume', (n) => String(1 + Math.abs(n) / 4)],
  ['z(aaausdt/bbbusdt, 5)', (n) => String(n / 8 + ODD / 10)],
  ['sma(aaausdt/cccusdt, 3)', (n, unit) => String(5 + ((n + ODD) * unit) / 20)],
  ['z(bbbusdt/cccusdt, 4)', (n) => String(n / 8 + ODD / 10)],
  ['max(close, 2*bbbusdt.close)', (n, unit) => String(START + n * unit)],
];

/** Conditions on facts, alone and with prices. */
const FACTS: readonly Draw[] = [
  ['oi', (n) => String(10 + n)],
  ['oi[1]', (n) => String(10 + n)],
  ['oi - oi[2]', (n) => String(n)],
  ['sma(oi, 3)', (n) => String(10 + n + ODD / 10)],
  ['highest(oi, 4)', (n) => String(10 + n)],
  ['ema(oi, 3)', (n) => String(10 + n + ODD / 10)],
  ['change(oi, 2)', (n) => `${n * 10 + ODD}%`],
  ['z(oi, 4)', (n) => String(n / 8 + ODD / 10)],
  ['close - 10*oi', (n) => String(10 * n)],
  ['sma(close/oi, 3)', (n) => String(10 + n + ODD / 10)],
  ['gdp_growth_rate', (n) => String(n)],
  ['sma(gdp_growth_rate, 2)', (n) => String(n + ODD / 10)],
  ['gdp_growth_rate*close', (n) => String(100 * n)],
  ['liquidations', (n) => String((Math.abs(n) + 0.5) / 8)],
  ['liquidations - liquidations[1]', (n) => String((n + 0.5) / 8)],
  ['sma(liquidations, 3)', (n) => String((Math.abs(n) + ODD) / 8)],
  ['volume - liquidations', (n) => String((n + 0.5) / 8)],
  ['bbbusdt.oi - oi', (n) => String(n)],
  ['bbbusdt.close - 5*oi', (n) => String(5 * n)],
];

export interface ConditionShape {
  readonly facts?: number;
  readonly exact?: number;
  readonly computed?: number;
  readonly against?: number;
  readonly pairs?: number;
  readonly moves?: readonly string[];
  /** Intervals of single calls. */
  readonly intervals?: readonly string[];
  /** Left out: names that the expressions must not hold. */
  readonly without?: RegExp;
}

/** Conditions of one to three parts. */
export function conditions(shape: ConditionShape): fc.Arbitrary<Draft> {
  const {
    exact: e = 3,
    computed = 3,
    against: both = 1,
    pairs = 0,
    facts = 0,
    moves = [],
    intervals = [],
    without,
  } = shape;
  const allowed = (draws: readonly Draw[]): Draw[] => draws.filter(([expr]) => without?.test(expr) !== true);
  const kinds: { weight: number; arbitrary: fc.Arbitrary<Draft> }[] = [
    { weight: e, arbitrary: ofDraws(allowed(EXACT), intervals) },
    { weight: computed, arbitrary: ofDraws(allowed(COMPUTED), intervals) },
    { weight: both, arbitrary: against },
  ];
  if (pairs > 0) kinds.push({ weight: pairs, arbitrary: ofDraws(PAIRS, []) });
  if (facts > 0) kinds.push({ weight: facts, arbitrary: ofDraws(FACTS, intervals) });
  if (moves.length > 0) kinds.push({ weight: 1, arbitrary: move(moves) });
  const part = fc.oneof(...kinds.filter(({ weight }) => weight > 0));
  const joined = fc.tuple(part, fc.constantFrom('and', 'or'), fc.boolean(), part).map(
    ([a, word, not, b]): Draft =>
      (unit) =>
        `(${a(unit)}) ${word} ${not ? 'not ' : ''}(${b(unit)})`,
  );
  const three = fc.tuple(part, joined, fc.constantFrom('and', 'or')).map(
    ([a, b, word]): Draft =>
      (unit) =>
        `(${b(unit)}) ${word} (${a(unit)})`,
  );
  const negated = part.map(
    (a): Draft =>
      (unit) =>
        `not (${a(unit)})`,
  );
  return fc.oneof(
    { weight: 6, arbitrary: part },
    { weight: 2, arbitrary: joined },
    { weight: 1, arbitrary: negated },
    { weight: 1, arbitrary: three },
  );
}
