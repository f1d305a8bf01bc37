import { formatLength } from './format.ts';
import type { Message } from './message.ts';

/** What a venue no longer brings. */
export type OutageKind = 'trades' | 'facts';

export interface OutageBegun {
  readonly venue: string;
  readonly what: OutageKind;
  /** What alone is missing, where others of the venue are heard. */
  readonly symbols: readonly string[];
  /** For how long by now, in ms. */
  readonly ms: number;
  /** Alerts of the chat that are blind. */
  readonly alerts: number;
  /** Feeds of signals to it that are. */
  readonly feeds: number;
  /** Failed tries to connect. */
  readonly tries: number;
  /** How often the data stopped within that time. */
  readonly stops: number;
}

/** From so many stops on it comes and goes. */
const FLAPS = 3;
const NAMES: Readonly<Record<OutageKind, string>> = { trades: 'trades', facts: 'other data (funding, books, marks)' };

/** Symbols that are named. */
const MOST_SYMBOLS = 3;

/** `btcusdt and ethusdt`. */
function listed(symbols: readonly string[]): string {
  const shown = symbols.length > MOST_SYMBOLS ? [...symbols.slice(0, 2), `${symbols.length - 2} more`] : symbols;
  return [shown.slice(0, -1).join(', '), ...shown.slice(-1)].filter((part) => part !== '').join(' and ');
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `12 alerts and 1 feed`. */
export function blindOnes({ alerts, feeds }: Pick<OutageBegun, 'alerts' | 'feeds'>): string {
  const all = [
    ...(alerts > 0 || feeds === 0 ? [some(alerts, 'alert')] : []),
    ...(feeds > 0 ? [some(feeds, 'feed')] : []),
  ];
  return all.join(' and ');
}

/** `⚠️ No trades from binance for 2m; 12 alerts are blind. I am reconnecting (try 4) and will check what was missed.` */
export function outageMessage({ venue, what, symbols, ms, tries, stops, ...blind }: OutageBegun): Message {
  const long = formatLength(ms);
  const are = blind.alerts + blind.feeds === 1 ? 'is' : 'are';
  const which = symbols.length === 0 ? '' : ` of ${listed(symbols)}`;
  const said =
    stops < FLAPS
      ? `No ${NAMES[what]}${which} from ${venue} for ${long}`
      : `${venue} came and went ${stops} times in ${long}`;
  const doing = tries > 0 ? `I am reconnecting (try ${tries})` : 'I keep listening';
  const after = what === 'trades' ? ' and will check what was missed' : '';
  return { text: ['⚠️ ', { bold: said }, `; ${blindOnes(blind)} ${are} blind. ${doing}${after}.`] };
}

export interface OutageOver {
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly ms: number;
  readonly fired: number;
  readonly missed: number;
  /** Signals that were raised. */
  readonly signals: number;
  /** How often the data stopped within that time. */
  readonly stops: number;
}

/** `✅ binance is back after 3m40s. Nothing was missed.` */
export function outageOverMessage({ venue, symbols, ms, stops, ...found }: OutageOver): Message {
  const long = formatLength(ms);
  const name = symbols.length === 0 ? venue : `${listed(symbols)} of ${venue}`;
  const is = symbols.length > 1 ? 'are' : 'is';
  const said =
    stops < FLAPS
      ? `${name} ${is} back after ${long}`
      : `${venue} is steady again after ${long} in which it came and went ${stops} times`;
  return { text: ['✅ ', { bold: said }, `. ${foundWords(found)}`] };
}

function foundWords({ signals, ...alerts }: Found): string {
  const { fired, missed } = alerts;
  const raised = `${some(signals, 'signal')} ${signals === 1 ? 'was' : 'were'} raised meanwhile, above.`;
  if (fired === 0 && missed === 0) return signals === 0 ? 'Nothing was missed.' : raised;
  return [alertWords(alerts), ...(signals === 0 ? [] : [raised])].join(' ');
}

type Found = Pick<OutageOver, 'fired' | 'missed' | 'signals'>;

function alertWords({ fired, missed }: Omit<Found, 'signals'>): string {
  const all = `${some(fired + missed, 'alert')} fired meanwhile`;
  if (missed === 0) return `${all}, above.`;
  return fired === 0
    ? `${all}, too long ago to be told one by one: listed.`
    : `${all}, above; ${missed} of them listed.`;
}

/** What `/status` and the heartbeat say of it. */
export function foundShort({ fired, missed, signals }: Found): string {
  const count = fired + missed;
  const told = [
    ...(count === 0 ? [] : [`${some(count, 'alert')} fired meanwhile`]),
    ...(signals === 0 ? [] : [`${some(signals, 'signal')} raised meanwhile`]),
  ];
  return told.length === 0 ? 'nothing was missed' : told.join(', ');
}
