import type { RuleText } from '../engine/language/ast.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import { clipped } from './clean-text.ts';
import { digestPage } from './digest-pages.ts';
import type { FiringContext } from './firing-message.ts';
import { valueWords } from './firing-values.ts';
import { formatClock, formatMinute, formatPercent, formatTime } from './format.ts';
import { readHeld } from './held-words.ts';
import type { Message, TextSpan } from './message.ts';
import { peopleWords } from './people-words.ts';
import type { Firing, Person, StoredRule } from './ports.ts';
import { describeCondition } from './rule-words.ts';

/** A firing with its rule; `text` is undefined where that can no longer be read. */
export interface DigestItem {
  readonly firing: Firing;
  readonly stored: StoredRule;
  readonly text: RuleText | undefined;
  /** Why its message was made to wait. */
  readonly held: string | undefined;
}

export interface DigestOptions {
  /** Of the delivery whose message it is: its button asks for all. */
  readonly deliveryId: string;
  /** Whom it calls. */
  readonly people: readonly Person[];
}

type Words = Pick<FiringContext, 'market' | 'chat' | 'clock'>;

/** Alerts that are named: what is more is behind a button. */
const SHOWN = 6;
const LONGEST_NAME = 60;
/** What fired longer ago is told with its time, in ms. */
const OLD_MS = 10 * MINUTE;

/** Several alerts as one message: how many, what moved most, the first of them by name. */
export function digestMessage(
  context: Pick<FiringContext, 'market' | 'chat' | 'clock' | 'button'>,
  items: readonly DigestItem[],
  { deliveryId, people }: DigestOptions,
): Message {
  const lines = linesOf(items);
  const shown = lines.slice(0, SHOWN).map((line) => shortWords(context, line));
  const more = lines.slice(SHOWN).reduce((sum, line) => sum + line.length, 0);
  if (more > 0) shown.push(`${more} more`);
  const mover = moverWords(context, items);
  const text: TextSpan[] = ['🔔 ', { bold: headline(context, items) }, mover, `\n${shown.join(' · ')}`];
  const buttons = [[context.button('Show all', 'dga', [deliveryId, '0']), context.button('Mute 1h', 'dgm', [])]];
  return { text: [...text, ...peopleWords(people)], buttons, silent: items.every((item) => item.text?.modes.silent) };
}

/** Firings of equal rules stand together; the loud ones come first. */
function linesOf(items: readonly DigestItem[]): readonly (readonly DigestItem[])[] {
  const byText = new Map<string, DigestItem[]>();
  for (const item of items) {
    const same = byText.get(item.stored.text);
    if (same === undefined) byText.set(item.stored.text, [item]);
    else same.push(item);
  }
  const isSilent = ([item]: readonly DigestItem[]): number => (item.text?.modes.silent === true ? 1 : 0);
  return [...byText.values()].sort((a, b) => isSilent(a) - isSilent(b));
}

const firstOf = (items: readonly DigestItem[]): number => Math.min(...items.map(({ firing }) => firing.ts));

function headline({ chat, clock }: Words, items: readonly DigestItem[]): string {
  const count = `${items.length} alerts`;
  const now = clock.now();
  const first = firstOf(items);
  const reasons = items.map(({ held }) => readHeld(held));
  const symbols = new Set(reasons.map((reason) => (reason?.kind === 'mute' ? reason.symbol : undefined)));
  const since = `since ${formatMinute(first, chat.timeZone, now)}`;
  if (reasons.every((reason) => reason?.kind === 'quiet')) return `${count} in the quiet hours`;
  const [symbol] = symbols;
  if (symbols.size === 1 && symbol !== undefined)
    return `${count} ${symbol === '' ? 'during the mute' : `while ${symbol} was muted`}`;
  const age = now - first;
  if (age <= MINUTE) return `${count} in the last minute`;
  return age <= HOUR ? `${count} in the last ${Math.ceil(age / MINUTE)} minutes` : `${count} ${since}`;
}

/** `: btcusdt −4.1 % in 1 h`: the instrument that most of them are on. */
function moverWords({ market, chat, clock }: Words, items: readonly DigestItem[]): string {
  // Of what happened hours ago the last hour says nothing.
  if (clock.now() - firstOf(items) > HOUR) return '';
  const counts = new Map<string, number>();
  for (const { firing } of items) counts.set(firing.instrument, (counts.get(firing.instrument) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (most === undefined || !isMarket(most[0])) return '';
  const { closed, open } = market.held(most[0], MINUTE, HOUR / MINUTE);
  const last = open ?? closed[closed.length - 1];
  const symbol = splitInstrument(most[0])[1];
  if (last === undefined || closed.length < HOUR / MINUTE) return counts.size === 1 ? `: ${symbol}` : '';
  return `: ${symbol} ${formatPercent(last.close / closed[0].open - 1, chat.locale)} in 1 h`;
}

/** `btcusdt z < −2 (−3.4)`, `ethusdt < 3,200 ×3`; with its time in front where that was some time ago. */
function shortWords(context: Words, line: readonly DigestItem[]): string {
  const { stored, text, firing } = line[line.length - 1];
  const now = context.clock.now();
  const isOld = now - firing.ts > OLD_MS;
  const at = isOld ? `${formatClock(firing.ts, context.chat.timeZone, now)} ` : '';
  const name = clipped(text === undefined ? stored.text : describeCondition(text), LONGEST_NAME);
  const value = text === undefined ? undefined : valueWords(context, text, firing).value;
  return `${at}${name}${value === undefined ? '' : ` (${value})`}${line.length > 1 ? ` ×${line.length}` : ''}`;
}

/** Every alert of a digest with its time and price, a page at a time. */
export function digestList(
  context: Pick<FiringContext, 'market' | 'chat' | 'clock' | 'button'>,
  items: readonly DigestItem[],
  deliveryId: string,
  page: number,
): Message {
  const { shown, where, ...rest } = digestPage(context, items, deliveryId, page);
  const text: TextSpan[] = [{ bold: `${items.length} alerts` }, where];
  for (const item of shown) text.push('\n', ...longWords(context, item));
  return { text, ...rest, private: true };
}

function longWords(context: Words, { stored, text, firing }: DigestItem): readonly TextSpan[] {
  const { chat, clock } = context;
  const at = formatTime(firing.ts, chat.timeZone, clock.now());
  const name = clipped(text === undefined ? stored.text : describeCondition(text), LONGEST_NAME);
  const { value, price } = valueWords(context, text, firing);
  return [
    `${at} `,
    { code: String(stored.number) },
    ` ${name}`,
    ` → ${value === undefined ? price : `${value} at ${price}`}`,
  ];
}
