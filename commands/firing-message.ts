import type { RuleText } from '../engine/language/ast.ts';
import { splitInstrument } from '../engine/market/instrument.ts';
import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { isMarket, listingOf } from '../engine/market/listing.ts';
import { intervalOf } from './alert-words.ts';
import { drawPicture, SHOWN_BARS } from './chart-picture.ts';
import { clipped } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { markOf } from './firing-marks.ts';
import { valueWords } from './firing-values.ts';
import { formatLength, formatPercent, formatPrice, formatTime, formatValue } from './format.ts';
import { type LateCause, lateCauseWords } from './late-cause.ts';
import { listingText } from './listing-words.ts';
import type { Button, Message, Picture, Text, TextSpan } from './message.ts';
import { peopleWords } from './people-words.ts';
import type { Firing, Person, StoredRule } from './ports.ts';
import { priceLevels, ruleOverlays } from './rule-levels.ts';
import { describeCondition } from './rule-words.ts';
import { fillTemplate } from './template.ts';

/** A firing is told as late from here on, in ms; one of which is known why it comes late, sooner. */
const LATE_AFTER_MS = 10_000;
const LATE_FOR_CAUSE_MS = 2_000;
/** A caption under a picture has room for about 1000 characters in all. */
const LONGEST_NAME = 200;
/** Volume is worth a word from this many times the usual on. */
const BUSY = 1.5;

/** Who is told of a firing. */
export interface FiringAudience {
  /** Those whom the message calls. */
  readonly people: readonly Person[];
  readonly isShared: boolean;
  /** Why it could not be told at its moment, where that is known. */
  readonly cause?: LateCause | undefined;
}

/** What is needed to tell of a firing. */
export type FiringContext = Pick<
  CommandContext,
  'market' | 'charts' | 'chat' | 'clock' | 'button' | 'log' | 'rules' | 'listedLast'
>;

/**
 * The alert message: what fired, the values that made it so, where and when, with the chart.
 * @param isShared several people have this alert: its buttons are for each of them
 */
export async function firingMessage(
  context: FiringContext,
  rule: StoredRule,
  text: RuleText,
  firing: Firing,
  { people, isShared, cause }: FiringAudience = { people: [], isShared: false },
): Promise<Message> {
  const [picture, words] = await Promise.all([
    isMarket(text.instrument) ? firingPicture(context, rule, text, firing) : undefined,
    firingText(context, text, firing, cause),
  ]);
  return {
    text: [...words, ...peopleWords(people)],
    ...(picture === undefined ? {} : { picture }),
    buttons: firingButtonRows(context, rule, text, firing, isShared),
    silent: text.modes.silent,
  };
}

/** The buttons below an alert. */
export function firingButtonRows(
  context: FiringContext,
  rule: StoredRule,
  text: RuleText,
  firing: Firing,
  isShared: boolean,
): Button[][] {
  return [firingButtons(context, rule, text, firing, isShared), ...pingButtons(context, rule)];
}

/** What has fired for good cannot be snoozed, but be set again. */
function firingButtons(
  { button }: FiringContext,
  { id, ownerId }: StoredRule,
  { modes }: RuleText,
  firing: Firing,
  isShared: boolean,
): Button[] {
  const act = (label: string, action: string): Button =>
    isShared ? button(label, 'shr', [action, id]) : button(label, action, [id], ownerId);
  return [
    button('Why?', 'why', [firing.id.replace('.', '-')]),
    modes.once ? act('Again', 'res') : act('Snooze 1h', 'snz'),
    act('Delete', 'del'),
  ];
}

/** Where several people read it. */
function pingButtons({ button, chat }: FiringContext, { id }: StoredRule): Button[][] {
  return chat.kind === 'group' ? [[button('Ping me too', 'pme', [id])]] : [];
}

async function firingText(
  context: FiringContext,
  rule: RuleText,
  firing: Firing,
  cause: LateCause | undefined,
): Promise<Text> {
  const { market, chat, clock } = context;
  const now = clock.now();
  const lateMs = now - firing.ts;
  const isLate = lateMs > (cause === undefined ? LATE_AFTER_MS : LATE_FOR_CAUSE_MS);
  const at = formatTime(firing.ts, chat.timeZone, now);
  const priceOf = (price: number): string => formatPrice(price, market.symbols.get(rule.instrument)?.tick, chat.locale);
  const late: readonly TextSpan[] = isLate ? [{ bold: `late ${formatLength(lateMs)}` }, ' · '] : [];
  const scope = listingOf(rule.instrument);
  if (scope !== undefined) return listingText(context, scope, firing, late);
  const spans: TextSpan[] = ['🔔 ', ...late];
  if (rule.modes.message !== undefined)
    spans.push(await fillTemplate(rule.modes.message, { ...context, rule, firing }), '\n');
  spans.push({ bold: clipped(describeCondition(rule), LONGEST_NAME) }, ' → ', ...valueSpans(context, rule, firing));
  if (isLate) spans.push(`, ${at}`);
  const [venue] = splitInstrument(rule.instrument);
  if (isLate) spans.push(`\n${lateLine(context, rule, firing, { cause, priceOf })}`);
  else spans.push(`\n${[at, ...intervalOf(rule), venue, ...surroundings(context, rule)].join(' · ')}`);
  if (firing.suppressed > 0) spans.push(`\n${firing.suppressed} more since the last one, kept quiet.`);
  return spans;
}

/** `I was down from 03:11 to 03:16 CET and read the missed trades.` */
function causeSentence({ chat, clock }: FiringContext, firing: Firing, cause: LateCause): string {
  const why = lateCauseWords(cause, chat, clock.now());
  // It was known before the stop: what was missing was the time to send it.
  if (cause.why === 'down' && firing.ts <= cause.from) return `${why}, before this could be sent.`;
  const read = firing.tradeId === undefined ? 'prices' : 'trades';
  return cause.why === 'down' ? `${why} and read the missed ${read}.` : `${why}; I read the missed ${read}.`;
}

/** Why it is late, and where the price is by now. */
function lateLine(
  context: FiringContext,
  rule: RuleText,
  firing: Firing,
  { cause, priceOf }: { readonly cause: LateCause | undefined; priceOf(price: number): string },
): string {
  const { market, chat, rules } = context;
  const [venue] = splitInstrument(rule.instrument);
  const here = market.price(rule.instrument);
  // While it is blind nobody knows; and what was traded before it fired is not now.
  const isKnown = here !== undefined && here.ts >= firing.ts && rules.view(firing.ruleId)?.state !== 'stale';
  const change = isKnown ? ` (${formatPercent(here.price / firing.price - 1, chat.locale)})` : '';
  const now = isKnown ? `now ${priceOf(here.price)}${change}` : undefined;
  if (cause === undefined) return [...intervalOf(rule), venue, ...(now === undefined ? [] : [now])].join(' · ');
  const why = causeSentence(context, firing, cause);
  return now === undefined ? why : `${why} N${now.slice(1)}.`;
}

/** The value behind the first comparison and the price, or the price alone where that is what is compared. */
function valueSpans(context: FiringContext, rule: RuleText, firing: Firing): readonly TextSpan[] {
  const { price, value } = valueWords(context, rule, firing);
  return value === undefined ? [{ bold: price }] : [{ bold: value }, ` at ${price}`];
}

/** The hour's change and how busy it is, where the bars tell. */
function surroundings({ market, chat }: FiringContext, rule: RuleText): readonly string[] {
  const { closed, open } = market.held(rule.instrument, MINUTE, HOUR / MINUTE);
  const last = open ?? closed[closed.length - 1];
  if (last === undefined || closed.length < HOUR / MINUTE) return [];
  const change = `${formatPercent(last.close / closed[0].open - 1, chat.locale)} in 1 h`;
  const hour = closed.reduce((sum, bar) => sum + bar.volume, 0) / closed.length;
  const recent = closed.slice(-5).reduce((sum, bar) => sum + bar.volume, 0) / 5;
  const busy = hour > 0 ? recent / hour : 0;
  return busy < BUSY ? [change] : [`${change}, volume ${formatValue(Math.round(busy * 10) / 10, chat.locale)}x usual`];
}

/** Undefined where none can be drawn: an alert does not wait for its picture. */
async function firingPicture(
  context: FiringContext,
  rule: StoredRule,
  text: RuleText,
  firing: Firing,
): Promise<Picture | undefined> {
  const { chat, log } = context;
  const { overlays, paneLevels } = ruleOverlays(text);
  try {
    const { picture } = await drawPicture(context, {
      instrument: text.instrument,
      interval: text.interval,
      overlays,
      paneLevels,
      levels: priceLevels([text], text.instrument),
      marks: await nearbyMarks(context, rule, text, firing),
      timeZone: chat.timeZone,
      locale: chat.locale,
    });
    return picture;
  } catch (error) {
    log.warn({ err: error, firing: firing.id }, 'an alert goes out without its picture');
    return undefined;
  }
}

async function nearbyMarks({ rules }: FiringContext, rule: StoredRule, text: RuleText, firing: Firing) {
  const others = await rules.firings(rule.id, 20);
  const since = firing.ts - SHOWN_BARS * text.interval;
  const shown = others.filter((other) => other.id !== firing.id && other.ts >= since && other.ts <= firing.ts);
  return [...shown, firing].map((item) => markOf(item, text));
}
