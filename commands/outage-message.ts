import { formatLength } from './format.ts';
import type { Message } from './message.ts';

/** What a venue no longer brings. */
export type OutageKind = 'trades' | 'facts';

export interface OutageBegun {
  readonly venue: string;
  readonly what: OutageKind;
  /** For how long by now, in ms. */
  readonly ms: number;
  /** Alerts of the chat that are blind. */
  readonly alerts: number;
  /** Failed tries to connect. */
  readonly tries: number;
  /** How often the data stopped within that time. */
  readonly stops: number;
}

/** From so many stops on it comes and goes. */
const FLAPS = 3;
const NAMES: Readonly<Record<OutageKind, string>> = { trades: 'trades', facts: 'other data (funding, books, marks)' };

const alertsAre = (count: number): string => (count === 1 ? '1 alert is' : `${count} alerts are`);

/** `⚠️ No trades from binance for 2m; 12 alerts are blind. I am reconnecting (try 4) and will check what was missed.` */
export function outageMessage({ venue, what, ms, alerts, tries, stops }: OutageBegun): Message {
  const long = formatLength(ms);
  const said =
    stops < FLAPS ? `No ${NAMES[what]} from ${venue} for ${long}` : `${venue} came and went ${stops} times in ${long}`;
  const doing = tries > 0 ? `I am reconnecting (try ${tries})` : 'I keep listening';
  const after = what === 'trades' ? ' and will check what was missed' : '';
  return { text: ['⚠️ ', { bold: said }, `; ${alertsAre(alerts)} blind. ${doing}${after}.`] };
}

export interface OutageOver {
  readonly venue: string;
  readonly ms: number;
  readonly fired: number;
  readonly missed: number;
  /** How often the data stopped within that time. */
  readonly stops: number;
}

/** `✅ binance is back after 3m40s. Nothing was missed.` */
export function outageOverMessage({ venue, ms, stops, ...found }: OutageOver): Message {
  const long = formatLength(ms);
  const said =
    stops < FLAPS
      ? `${venue} is back after ${long}`
      : `${venue} is steady again after ${long} in which it came and went ${stops} times`;
  return { text: ['✅ ', { bold: said }, `. ${foundWords(found)}`] };
}

function foundWords({ fired, missed }: Pick<OutageOver, 'fired' | 'missed'>): string {
  if (fired === 0 && missed === 0) return 'Nothing was missed.';
  const all = `${fired + missed} ${fired + missed === 1 ? 'alert' : 'alerts'} fired meanwhile`;
  if (missed === 0) return `${all}, above.`;
  return fired === 0
    ? `${all}, too long ago to be told one by one: listed.`
    : `${all}, above; ${missed} of them listed.`;
}

/** What `/status` and the heartbeat say of it. */
export function foundShort({ fired, missed }: Pick<OutageOver, 'fired' | 'missed'>): string {
  const count = fired + missed;
  return count === 0 ? 'nothing was missed' : `${count} ${count === 1 ? 'alert' : 'alerts'} fired meanwhile`;
}
