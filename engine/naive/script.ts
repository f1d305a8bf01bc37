import type { RuleText } from '../language/ast.ts';
import { parseRule } from '../language/parse.ts';
import type { Bar, MarketEvent } from '../market/events.ts';
import { SYMBOLS } from './conditions.ts';

/** When tapes begin, in ms: a whole quarter of an hour. */
export const T0 = 1_700_000_100_000;
const MINUTE = 60_000;

/** `text` of a rule as it was written. */
export type TapeEvent = MarketEvent & { readonly text?: string };

/** What goes into the engine and the model. */
export interface Script {
  readonly events: readonly TapeEvent[];
}

const known = new Map<string, string>(SYMBOLS.map((symbol) => [symbol, `sim:${symbol}`]));

/** A rule's text, read at `ts` (ms). */
export function parseTestRule(text: string, ts: number): RuleText {
  return parseRule(text, {
    resolve: (name) => known.get(name.toLowerCase()),
    suggest: () => [],
    instrument: undefined,
    interval: MINUTE,
    now: ts,
    wallTime: () => Number.NaN,
  });
}

/** Events, one a line, as `readScript` reads them. Times in seconds since the tape began. */
export const textOf = (events: readonly TapeEvent[]): string => events.map(lineOf).join('\n');

function lineOf({ text, ...event }: TapeEvent): string {
  const ts = 'ts' in event ? (event.ts - T0) / 1000 : '';
  switch (event.type) {
    case 'trade':
      return `${ts} ${event.instrument.slice(4)} ${event.price} x ${event.size}`;
    case 'rule-set':
      return `${ts} ${event.inherits === undefined ? 'set' : 'change'} ${event.rule.id}: ${text?.trim()}`;
    case 'rule-pause':
      return `${ts} pause ${event.ruleId} ${event.until === undefined ? '' : (event.until - T0) / 1000}`.trim();
    case 'rule-resume':
      return `${ts} resume ${event.ruleId}`;
    case 'rule-remove':
      return `${ts} remove ${event.ruleId}`;
    case 'clock':
      return `${ts} clock`;
    case 'fact':
      return `${ts} fact ${event.name} ${event.instrument?.slice(4) ?? '-'} ${event.value}`;
    case 'bars':
      return `bars ${event.interval / MINUTE} ${event.instrument.slice(4)} ${event.bars.map(numbersOf).join(' ')}`;
    default:
      throw new RangeError(`no text for ${event.type}`);
  }
}

const numbersOf = ({ start, open, high, low, close, volume, trades }: Bar): string =>
  [(start - T0) / 1000, open, high, low, close, volume, trades].join(',');

/** What `textOf` wrote. @throws RangeError for any other line */
export function readScript(text: string): Script {
  const lines = text.split('\n').map((line) => line.trim());
  return { events: lines.filter((line) => line !== '').map(readLine) };
}

const timeOf = (seconds: string): number => Math.round(T0 + Number(seconds) * 1000);

function readLine(line: string, index: number): TapeEvent {
  if (line.startsWith('bars ')) return readBars(line.split(' '));
  const [seconds, what, id = '', ...rest] = line.split(' ');
  const [ts, ruleId] = [timeOf(seconds), id.replace(':', '')];
  switch (what) {
    case 'set':
    case 'change': {
      const text = rest.join(' ');
      const rule = { id: ruleId, text: parseTestRule(text, ts) };
      return { type: 'rule-set', ts, rule, ...(what === 'change' && { inherits: { firings: 0 } }), text };
    }
    case 'pause':
      return { type: 'rule-pause', ts, ruleId, ...(rest.length > 0 && { until: timeOf(rest[0]) }) };
    case 'resume':
    case 'remove':
      return { type: `rule-${what}`, ts, ruleId };
    case 'clock':
      return { type: 'clock', ts };
    case 'fact':
      return { type: 'fact', name: id, instrument: known.get(rest[0]), ts, value: Number(rest[1]) };
    default:
      return trade(ts, what, Number(id), Number(rest[1]), index);
  }
}

function trade(ts: number, symbol: string, price: number, size: number, index: number): TapeEvent {
  const instrument = known.get(symbol);
  if (instrument === undefined) throw new RangeError(`no instrument ${symbol}`);
  return { type: 'trade', instrument, ts, price, size, side: 'buy', id: String(index) };
}

function readBars([, minutes, symbol, ...rows]: readonly string[]): TapeEvent {
  const bars = rows.map((row): Bar => {
    const [start, open, high, low, close, volume, trades] = row.split(',').map(Number);
    return { start: T0 + start * 1000, open, high, low, close, volume, trades };
  });
  return { type: 'bars', instrument: `sim:${symbol}`, interval: Number(minutes) * MINUTE, bars };
}
