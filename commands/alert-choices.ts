/** One condition to choose, behind the symbol. */
export interface Choice {
  readonly label: string;
  readonly condition: string;
}

/** What is known of the symbol that a condition is chosen for. */
export interface Present {
  /** The last price; undefined where there is none yet. */
  readonly last: number | undefined;
  readonly tick: number | undefined;
  /** A price as the chat writes it. */
  price(value: number): string;
}

/** Something that one can watch of a symbol. */
export interface Subject {
  /** `[a-z]+`. */
  readonly key: string;
  readonly label: string;
  readonly question: string;
  /** A series whose value now helps to choose. */
  readonly series?: string;
  /** Whether it stands on the second page. */
  readonly isMore: boolean;
  /** Buttons in a row. */
  readonly aRow: number;
  choices(present: Present): readonly Choice[];
}

const STEPS = [0.01, 0.02, 0.05];
const ROUND_NUMBERS = [1, 2, 2.5, 5];

/** Three steps up, three down, and the round numbers on both sides. */
function priceChoices({ last, tick, price }: Present): readonly Choice[] {
  if (last === undefined || !(last > 0)) return [];
  const at = (value: number, sign: '>' | '<', note: string): Choice[] => {
    const level = rounded(value, last, tick);
    if (!(sign === '>' ? level > last : level < last && level > 0)) return [];
    return [{ label: `${sign} ${price(level)}${note}`, condition: `price ${sign} ${plain(level)}` }];
  };
  const [below, above] = roundNumbers(last);
  return [
    ...STEPS.flatMap((step) => at(last * (1 + step), '>', ` (+${step * 100} %)`)),
    ...STEPS.flatMap((step) => at(last * (1 - step), '<', ` (\u2212${step * 100} %)`)),
    ...at(above, '>', ''),
    ...at(below, '<', ''),
  ];
}

/** Four significant digits are enough for a level, and no more than the tick allows. */
function rounded(value: number, last: number, tick = 0): number {
  const digit = 10 ** (Math.floor(Math.log10(last)) - 3);
  const unit = Math.max(digit, tick);
  return Number((Math.round(value / unit) * unit).toPrecision(12));
}

/** The roundest numbers next to a price that are at least half a percent and at most a tenth away. */
export function roundNumbers(last: number): readonly [below: number, above: number] {
  const least = last * 0.005;
  const power = 10 ** Math.floor(Math.log10(last * 0.1));
  const unit = Math.max(...ROUND_NUMBERS.map((each) => each * power).filter((each) => each <= last * 0.1), power);
  const below = Math.floor((last - least) / unit) * unit;
  const above = Math.ceil((last + least) / unit) * unit;
  return [Number(below.toPrecision(12)), Number(above.toPrecision(12))];
}

/** Without an exponent, as the language reads it. */
function plain(value: number): string {
  const text = String(value);
  return /e/.test(text) ? value.toFixed(12).replace(/0+$/, '') : text;
}

const fixed = (...pairs: readonly (readonly [label: string, condition: string])[]) => {
  const choices = pairs.map(([label, condition]) => ({ label, condition }));
  return () => choices;
};

/** What the buttons offer, in their order. */
export const SUBJECTS: readonly Subject[] = [
  {
    ...{ key: 'price', label: 'Price', question: 'When the price goes', isMore: false, aRow: 3 },
    choices: priceChoices,
  },
  {
    ...{ key: 'change', label: 'Change', question: 'When it moves by', isMore: false, aRow: 2 },
    series: 'change(1h)',
    choices: fixed(
      ['+2 % in 1h', 'rises 2% in 1h'],
      ['\u22122 % in 1h', 'falls 2% in 1h'],
      ['+5 % in 1h', 'rises 5% in 1h'],
      ['\u22125 % in 1h', 'falls 5% in 1h'],
      ['+5 % in 1d', 'rises 5% in 1d'],
      ['\u22125 % in 1d', 'falls 5% in 1d'],
    ),
  },
  {
    ...{ key: 'rsi', label: 'RSI', question: 'When the relative strength index is', isMore: false, aRow: 2 },
    series: 'rsi(14)',
    choices: fixed(
      ['< 30', 'rsi(14) < 30'],
      ['> 70', 'rsi(14) > 70'],
      ['< 20', 'rsi(14) < 20'],
      ['> 80', 'rsi(14) > 80'],
      ['1h < 30', '1h rsi(14) < 30'],
      ['1h > 70', '1h rsi(14) > 70'],
    ),
  },
  {
    ...{ key: 'z', label: 'z-score', question: 'When the close is unusual: its z-score', isMore: false, aRow: 2 },
    series: 'z(20)',
    choices: fixed(
      ['z > 2', 'z(20) > 2'],
      ['z < \u22122', 'z(20) < -2'],
      ['z > 3', 'z(20) > 3'],
      ['z < \u22123', 'z(20) < -3'],
    ),
  },
  {
    ...{ key: 'volume', label: 'Volume', question: 'When a bar’s volume is', isMore: false, aRow: 3 },
    choices: fixed(
      ['2x usual', 'volume > 2*sma(volume, 20)'],
      ['3x usual', 'volume > 3*sma(volume, 20)'],
      ['5x usual', 'volume > 5*sma(volume, 20)'],
    ),
  },
  {
    ...{ key: 'ema', label: 'EMA cross', question: 'When averages cross', isMore: false, aRow: 2 },
    choices: fixed(
      ['20 above 50', 'ema(20) crosses above ema(50) on close'],
      ['20 below 50', 'ema(20) crosses below ema(50) on close'],
      ['50 above 200', 'ema(50) crosses above ema(200) on close'],
      ['50 below 200', 'ema(50) crosses below ema(200) on close'],
    ),
  },
  {
    ...{ key: 'bb', label: 'Bollinger', question: 'When the close leaves the Bollinger bands', isMore: true, aRow: 2 },
    choices: fixed(
      ['above the upper', 'close > bb(20, 2).upper'],
      ['below the lower', 'close < bb(20, 2).lower'],
      ['squeeze', 'bbw(20) < 2%'],
    ),
  },
  {
    ...{ key: 'macd', label: 'MACD', question: 'When the MACD crosses its signal', isMore: true, aRow: 2 },
    choices: fixed(
      ['upwards', 'macd crosses above macd.signal on close'],
      ['downwards', 'macd crosses below macd.signal on close'],
    ),
  },
  {
    ...{ key: 'range', label: 'New high or low', question: 'When the price makes a new', isMore: true, aRow: 2 },
    choices: fixed(
      ['high of 24 h', 'price > highest(24)@1h[1]'],
      ['low of 24 h', 'price < lowest(24)@1h[1]'],
      ['high of 20 d', 'price > highest(20)@1d[1]'],
      ['low of 20 d', 'price < lowest(20)@1d[1]'],
    ),
  },
  {
    ...{ key: 'average', label: 'Price and average', question: 'When the close crosses', isMore: true, aRow: 2 },
    choices: fixed(
      ['above EMA 200', 'close crosses above ema(200) on close'],
      ['below EMA 200', 'close crosses below ema(200) on close'],
      ['above SMA 50', 'close crosses above sma(50) on close'],
      ['below SMA 50', 'close crosses below sma(50) on close'],
    ),
  },
];
