import { z } from 'zod';
import type { Side } from '../engine/market/events.ts';
import { barStart, DAY, formatInterval, MINUTE, parseInterval, STANDARD_INTERVALS } from '../engine/market/interval.ts';

interface Prices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The state of the period that `ts` (ms) falls in, so far. */
export interface StateItem extends Prices {
  readonly kind: 'state';
  readonly symbol: string;
  readonly ts: number;
}

/** A whole bar that is over. */
export interface BarItem extends Prices {
  readonly kind: 'bar';
  readonly symbol: string;
  readonly interval: number;
  readonly start: number;
}

export interface TradeItem {
  readonly kind: 'trade';
  readonly symbol: string;
  readonly ts: number;
  readonly price: number;
  readonly size: number;
  readonly side: Side;
  readonly id: string | undefined;
}

/** The size that is offered at a price; 0 where there is none any more. */
export interface LevelItem {
  readonly kind: 'level';
  readonly symbol: string;
  readonly ts: number;
  readonly side: 'bid' | 'ask';
  readonly price: number;
  readonly size: number;
}

/** Numbers that are told of a symbol, or of none. */
export interface FactsItem {
  readonly kind: 'facts';
  readonly symbol: string | undefined;
  readonly ts: number;
  readonly values: readonly (readonly [name: string, value: number])[];
}

export type IngestItem = StateItem | BarItem | TradeItem | LevelItem | FactsItem;

/** The time of the market in ms, and how far ahead of it an item may lie. */
export interface ItemClock {
  readonly now: number;
  readonly aheadMs: number;
}

type Raw = Readonly<Record<string, unknown>>;

/** Why an item is refused. Its text goes to whoever sent it. */
class Refused extends Error {}

/** Times above this are ms since the epoch, others are seconds: the one is the year 1973, the other 5138. */
const FIRST_MS = 1e11;

const ABOVE_0 = { error: 'must be above 0' };
const NOT_BELOW_0 = { error: 'must not be below 0' };
/** More is a slip, and would fill a screen. */
const MOST = 1e15;
const AT_MOST = { error: 'must be at most 1,000,000,000,000,000' };
const price = z.number().positive(ABOVE_0).max(MOST, AT_MOST);
const size = z.number().nonnegative(NOT_BELOW_0).max(MOST, AT_MOST);
const timestamp = z
  .number()
  .min(1, { error: 'must be a time after 1970' })
  .transform((time) => Math.floor(time > FIRST_MS ? time : time * 1000));
const SYMBOL = { error: 'must be letters and digits, 24 at most, like AAPL' };
/** As the symbol table has it: `BRK.B` is `brkb`. */
const symbol = z
  .string()
  .max(40, SYMBOL)
  .regex(/^[a-z0-9]+(?:[/_.-][a-z0-9]+)*$/i, SYMBOL)
  .transform((text) => text.toLowerCase().replace(/[/_.-]/g, ''))
  .pipe(z.string().regex(/^[a-z0-9]{1,24}$/, SYMBOL));
const BUY_OR_SELL = { error: 'must be buy or sell' };
const takerSide = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['buy', 'sell'], BUY_OR_SELL));
const bookSide = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['buy', 'sell', 'bid', 'ask'], BUY_OR_SELL));

const interval = z.string().transform((text, check) => {
  const ms = parseInterval(text);
  if (ms !== undefined && ms >= MINUTE && STANDARD_INTERVALS.includes(ms)) return ms;
  const known = STANDARD_INTERVALS.filter((one) => one >= MINUTE).map(formatInterval);
  check.addIssue({ code: 'custom', message: `must be one of ${known.join(', ')}` });
  return z.NEVER;
});

/** Each field with the names under which it may come, the usual one first. */
type Spellings<S extends z.ZodObject> = Readonly<Record<keyof S['shape'], readonly string[]>>;

const TIME = ['timestamp', 'ts', 'time'];
const WHAT = ['stock_symbol', 'symbol', 'ticker'];
const SIZE = ['quantity', 'size', 'volume'];

const stock = z.object({
  symbol,
  timestamp,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: size,
  interval: interval.optional(),
});
const STOCK: Spellings<typeof stock> = {
  symbol: WHAT,
  timestamp: TIME,
  open: ['opening_price', 'open'],
  high: ['high', 'high_price'],
  low: ['low', 'low_price'],
  close: ['closing_price', 'close'],
  volume: ['volume'],
  interval: ['interval'],
};

const ID = { error: 'must be a number, or a text of 1 to 100 characters' };
const id = z.union([z.string().min(1, ID).max(100, ID), z.number().transform(String)], ID);
const trade = z.object({ symbol, timestamp, price, size, side: takerSide.optional(), id: id.optional() });
const TRADE: Spellings<typeof trade> = {
  symbol: ['symbol', 'stock_symbol', 'ticker'],
  timestamp: ['ts', 'timestamp', 'time'],
  price: ['price'],
  size: ['size', 'quantity', 'volume'],
  side: ['side'],
  id: ['id'],
};

const level = z.object({ symbol, timestamp, price, size, side: bookSide });
const LEVEL: Spellings<typeof level> = {
  symbol: WHAT,
  timestamp: TIME,
  price: ['price'],
  size: SIZE,
  side: ['order_type', 'side'],
};

const number = z.number().optional();
const sentiment = z.object({ symbol, timestamp, sentiment: number, sentiment_magnitude: number });
const SENTIMENT: Spellings<typeof sentiment> = {
  symbol: WHAT,
  timestamp: TIME,
  sentiment: ['sentiment_score', 'sentiment', 'score'],
  sentiment_magnitude: ['sentiment_magnitude', 'magnitude'],
};

const company = z.object({ symbol, timestamp, market_cap: number, pe_ratio: number });
const COMPANY: Spellings<typeof company> = {
  symbol: WHAT,
  timestamp: TIME,
  market_cap: ['market_cap', 'market_capitalization'],
  pe_ratio: ['pe_ratio', 'pe'],
};

const NAMED = { error: 'must have a letter, and 64 characters at most' };
const economy = z.object({
  name: z
    .string()
    .max(64, NAMED)
    .transform(snakeCase)
    .pipe(z.string().regex(/^[a-z]/, NAMED)),
  timestamp,
  value: z.number(),
});
const ECONOMY: Spellings<typeof economy> = {
  name: ['indicator_name', 'indicator', 'name'],
  timestamp: TIME,
  value: ['value'],
};

/** `GDP Growth Rate` and `gdpGrowthRate` -> `gdp_growth_rate`: how facts are named. Empty where no letter or digit is there. */
export function snakeCase(text: string): string {
  const apart = text.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return apart
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
}

/**
 * Reads one item that was handed in: the state of a stock's minute, a whole bar, a trade, or a record with a `data_type`.
 * @returns a text, which says why, where it cannot be read
 */
export function readItem(value: unknown, clock: ItemClock): IngestItem | string {
  try {
    const item = itemOf(value);
    const ts = item.kind === 'bar' ? item.start : item.ts;
    if (ts > clock.now + clock.aheadMs) throw new Refused('the time lies ahead of the clock here');
    if (item.kind === 'bar' && item.interval < DAY && item.start + item.interval > clock.now) {
      throw new Refused('this bar is not over yet: leave interval out for the state of the running minute');
    }
    return item;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

const RECORDS: Readonly<Record<string, (raw: Raw) => IngestItem>> = {
  order_book: levelOf,
  news_sentiment: (raw) => factsOf(read(sentiment, SENTIMENT, raw), ['sentiment', 'sentiment_magnitude']),
  market_data: (raw) => factsOf(read(company, COMPANY, raw), ['market_cap', 'pe_ratio']),
  economic_indicator: indicatorOf,
};

function itemOf(value: unknown): IngestItem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refused(`must be an object, not ${kindOf(value)}`);
  }
  const raw = value as Raw;
  const { data_type: type } = raw;
  if (type !== undefined) {
    const reader = typeof type === 'string' && Object.hasOwn(RECORDS, type) ? RECORDS[type] : undefined;
    if (reader === undefined) throw new Refused(`data_type must be one of ${Object.keys(RECORDS).join(', ')}`);
    return reader(raw);
  }
  if ([STOCK.open, STOCK.close, STOCK.high, STOCK.low].some((names) => written(raw, names) !== undefined)) {
    return stockOf(raw);
  }
  if ('price' in raw) return tradeOf(raw);
  throw new Refused(
    'is neither a stock’s prices (opening_price, …), nor a trade (price, size), nor has it a data_type',
  );
}

function stockOf(raw: Raw): StateItem | BarItem {
  const { timestamp: ts, interval: length, ...rest } = read(stock, STOCK, raw);
  if (rest.high < Math.max(rest.open, rest.close, rest.low)) throw new Refused('high is below another price');
  if (rest.low > Math.min(rest.open, rest.close)) throw new Refused('low is above another price');
  if (length === undefined) return { kind: 'state', ts, ...rest };
  return { kind: 'bar', interval: length, start: barStart(ts, length), ...rest };
}

function tradeOf(raw: Raw): TradeItem {
  const { timestamp: ts, side, id: own, ...rest } = read(trade, TRADE, raw);
  return { kind: 'trade', ts, ...rest, side, id: own };
}

function levelOf(raw: Raw): LevelItem {
  const { timestamp: ts, side, ...rest } = read(level, LEVEL, raw);
  return { kind: 'level', ts, ...rest, side: side === 'buy' || side === 'bid' ? 'bid' : 'ask' };
}

function factsOf<N extends string>(
  found: { readonly symbol: string; readonly timestamp: number } & Readonly<Partial<Record<N, number | undefined>>>,
  names: readonly N[],
): FactsItem {
  const values = names.flatMap((name): readonly (readonly [string, number])[] => {
    const value: number | undefined = found[name];
    return value === undefined ? [] : [[name, value]];
  });
  if (values.length === 0) throw new Refused(`has neither ${names.join(' nor ')}`);
  return { kind: 'facts', symbol: found.symbol, ts: found.timestamp, values };
}

function indicatorOf(raw: Raw): FactsItem {
  const { name, timestamp: ts, value } = read(economy, ECONOMY, raw);
  return { kind: 'facts', symbol: undefined, ts, values: [[name, value]] };
}

/** Under which of the names a field came; undefined where under none. */
function written(raw: Raw, names: readonly string[]): string | undefined {
  for (const name of names) if (Object.hasOwn(raw, name) && raw[name] !== undefined) return name;
  return undefined;
}

/** @throws Refused that names the field as it was written */
function read<S extends z.ZodObject>(schema: S, spellings: Spellings<S>, raw: Raw): z.output<S> {
  const fields: Record<string, unknown> = {};
  for (const [field, names] of Object.entries<readonly string[]>(spellings)) {
    const name = written(raw, names);
    if (name !== undefined) fields[field] = raw[name];
  }
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue.path[0]);
  const names = spellings[field];
  const name = written(raw, names) ?? names[0];
  if (!Object.hasOwn(fields, field)) throw new Refused(`${name} is missing`);
  if (issue.code !== 'invalid_type') throw new Refused(`${name} ${issue.message}`);
  throw new Refused(
    `${name} must be a ${issue.expected === 'string' ? 'text' : issue.expected}, not ${kindOf(fields[field])}`,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const kinds: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', boolean: 'true or false' };
  if (typeof value === 'number' && !Number.isFinite(value)) return 'an endless one';
  return kinds[typeof value] ?? 'an object';
}
