import type { RuleText } from '../engine/language/ast.ts';
import { describeModes } from '../engine/language/print.ts';
import { DAY, HOUR } from '../engine/market/interval.ts';
import { changedRule, type Proposal, type RuleChange } from '../engine/preflight/changes.ts';
import { isNoisy, type Tally } from '../engine/preflight/tally.ts';
import { formatLength } from './format.ts';
import type { Text, TextSpan } from './message.ts';
import type { PreflightAnswer } from './ports.ts';

/** `7 days`, `36 h`, `2h46m`. */
export function formatSpan(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.round(ms / DAY)} days`;
  const hours = Math.round(ms / HOUR);
  return hours >= 3 ? `${hours} h` : formatLength(ms);
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** `Last 7 days: 9 times, last 14h2m ago, at most 3 in a day, 5h12m between two of them as a rule.` */
export function pastWords(answer: PreflightAnswer, rule: RuleText, now: number): Text {
  switch (answer.kind) {
    case 'untold':
      return [`The past of ${answer.facts.join(' and ')} is not known, so I have not tried it.`];
    case 'late':
      return ['Its history did not come in time, so I have not tried it on the past.'];
    case 'short':
      return [`Too little history (${formatSpan(answer.spanMs)}) to say how often it would have fired.`];
    case 'tried':
      return triedWords(answer.trial.tally, rule, now);
  }
}

function triedWords(tally: Tally, rule: RuleText, now: number): Text {
  const { from, to, count } = tally;
  const begin = `Last ${formatSpan(to - from)}: `;
  if (count === 0) return [begin, { bold: 'never' }, '.'];
  const details = detailsOf(tally, now);
  const spans: TextSpan[] = [
    begin,
    { bold: times(count) },
    `${rule.modes.once ? ' true' : ''}, ${details.join(', ')}.`,
  ];
  return tally.suppressed === 0 ? spans : [...spans, quietWords(tally)];
}

function detailsOf({ count, last, medianGap, close, mostInDay }: Tally, now: number): string[] {
  const details = [`last ${formatLength(now - last!)} ago`];
  if (count > mostInDay) details.push(`at most ${mostInDay} in a day`);
  if (medianGap !== undefined && count > 2)
    details.push(`half of them within ${formatLength(medianGap)} of the one before`);
  if (close > 0 && close * 2 < count) details.push(`${close} within 10 minutes of it`);
  return details;
}

const quietWords = ({ suppressed }: Tally): string => ` The cooldown would have kept ${suppressed} more quiet.`;

/** Whether the answer says that there would have been too many messages. */
export const isTooMuch = (
  answer: PreflightAnswer,
  rule: RuleText,
): answer is PreflightAnswer & { readonly kind: 'tried' } =>
  answer.kind === 'tried' && !rule.modes.once && isNoisy(answer.trial.tally);

/** ` would have fired 141 times in 7 days, at most 40 in a day, ...`: goes on from the rule's text. */
export function noisyWords(tally: Tally): Text {
  const { from, to, count, mostInDay, mostInBurst, close } = tally;
  const details = [`at most ${mostInDay} in a day`];
  if (mostInBurst > 2) details.push(`up to ${mostInBurst} in 3 minutes`);
  if (close > 0) details.push(`${close} of them within 10 minutes of the one before`);
  const rest = ` in ${formatSpan(to - from)}: ${details.join(', ')}.`;
  const quiet = tally.suppressed === 0 ? '' : quietWords(tally);
  return [' would have fired ', { bold: times(count) }, rest + quiet];
}

/** `every 4h · 5 a day`: a change as one writes it, and how often at most the rule would have fired with it. */
export function proposalLabel(rule: RuleText, { change, tally }: Proposal): string {
  return `${changeWords(rule, change)} · ${tally.count > tally.mostInDay ? `${tally.mostInDay} a day` : times(tally.count)}`;
}

/** A change as one writes it: `rearm 2,985`, `on close`. */
export function changeWords(rule: RuleText, change: RuleChange): string {
  const bare = { once: false, every: undefined, onClose: false, hold: undefined, rearm: undefined };
  return describeModes(
    changedRule(
      { ...rule, modes: { ...bare, until: undefined, late: undefined, silent: false, message: undefined } },
      change,
    ),
  );
}

const POINT = '_';

/** A change as parts of a button: its kind, and its number with an underscore for the point. */
export function packChange(change: RuleChange): readonly string[] {
  if (change.kind === 'close') return [change.kind];
  const value = change.kind === 'rearm' ? change.level : change.ms;
  return [change.kind, String(value).replace('.', POINT).replace('+', '')];
}

/** The change that `packChange` made the parts of; undefined for other parts. */
export function unpackChange([kind, packed = '']: readonly string[]): RuleChange | undefined {
  if (kind === 'close') return { kind };
  const value = packed === '' ? Number.NaN : Number(packed.replace(POINT, '.'));
  if (!Number.isFinite(value)) return undefined;
  if (kind === 'rearm') return { kind, level: value };
  return kind === 'hold' || kind === 'every' ? { kind, ms: value } : undefined;
}
