import { formatInterval } from '../engine/market/interval.ts';
import {
  ANOMALY_FEATURES,
  ANOMALY_LEVEL,
  type AnomalyFeature,
  LEAST_ACTIVE,
  OUTLIER,
} from '../engine/quant/anomaly-meter.ts';
import type { AnomalyReport, JudgedBar, LevelChange } from '../engine/quant/anomaly-report.ts';
import type { AnomalyFound } from './anomaly-found.ts';
import type { CommandContext } from './command.ts';
import { formatClock, formatFixed, formatMinute, formatValue } from './format.ts';
import type { TextSpan } from './message.ts';
import { namesOf } from './ratio.ts';

const MOST_TOLD = 3;
const MOST_CHANGES = 2;
const SAME_CHANGE = 3;
/** Below this an isolation forest has not much to say. */
const ODD = 0.3;

type Where = Pick<CommandContext, 'chat' | 'clock'>;

export function anomalyWords(context: Where, { instrument, interval, report }: AnomalyFound): readonly TextSpan[] {
  const { symbol, venue } = namesOf(instrument);
  const { locale } = context.chat;
  const { newest, bars, length } = report;
  const head = ` ${formatInterval(interval)} · ${bars} bars · ${venue}: `;
  if (report.active < LEAST_ACTIVE)
    return [
      { bold: symbol },
      head,
      { bold: 'too quiet to say' },
      `\nIn ${report.active} of the last ${length} bars something happened: it takes ${LEAST_ACTIVE} to know what is usual.`,
    ];
  const isUnusual = newest.score > ANOMALY_LEVEL;
  return [
    { bold: symbol },
    head,
    { bold: isUnusual ? 'unusual now' : 'nothing unusual now' },
    `, ${scoreText(newest.score, locale)} of 1\nThe last bar: ${reasonOf(newest, locale)}`,
    `${sinceWords(context, report, interval)}.${spreadWords(context, report)}\n${pastWords(context, report)}`,
    `\n${changeWords(context, report, interval)}`,
    `\nScore: how far off (robust z against ${length} bars before) and how odd together (isolation forest), 0 usual, 1 as odd as can be.`,
  ];
}

/** Two digits, and never a 1 that is none. */
export const scoreText = (score: number, locale: string): string => formatFixed(Math.min(0.99, score), 2, locale);

/** `volume +6.1, range +3.9 deviations`: what made a bar's score, the farthest off first. */
export function reasonOf({ z, forest }: JudgedBar, locale: string): string {
  const far = (what: AnomalyFeature) => (what === 'return' ? Math.abs(z[what]) : z[what]);
  const sorted = [...ANOMALY_FEATURES].sort((a, b) => far(b) - far(a));
  const outliers = sorted.filter((what) => far(what) >= OUTLIER);
  const told = outliers.length > 0 ? outliers : sorted.slice(0, forest > ODD ? 2 : 1);
  const numbers = told.map((what) => `${what} ${signed(z[what], locale)}`).join(', ');
  const together = outliers.length === 0 && forest > ODD ? ', odd together' : '';
  return `${numbers} deviations${together}`;
}

function signed(value: number, locale: string): string {
  const size = formatFixed(Math.abs(value), 1, locale);
  if (Math.abs(value) < 0.05) return size;
  return `${value < 0 ? '\u2212' : '+'}${size}`;
}

function sinceWords({ chat, clock }: Where, { since, newest }: AnomalyReport, interval: number): string {
  if (since === undefined || since === newest.start) return '';
  const count = Math.round((newest.start - since) / interval) + 1;
  return `; so since ${formatMinute(since, chat.timeZone, clock.now())}, ${count} bars in a row`;
}

function spreadWords({ chat }: Where, { spread }: AnomalyReport): string {
  if (spread === undefined) return '';
  const { basisPoints, z, known } = spread;
  const size = `${formatValue(basisPoints, chat.locale)} basis points`;
  const verdict = z >= OUTLIER ? 'unusually wide' : 'usual';
  return `\nThe order book’s spread is ${size}, ${verdict}: ${signed(z, chat.locale)} deviations from that of ${known} bars before.`;
}

function pastWords({ chat, clock }: Where, { unusual, worst, bars }: AnomalyReport): string {
  const one = (bar: JudgedBar) =>
    `${formatClock(bar.start, chat.timeZone, clock.now())} ${scoreText(bar.score, chat.locale)} (${reasonOf(bar, chat.locale)})`;
  if (unusual.length === 0) return `None of ${bars} bars is above ${ANOMALY_LEVEL}; the most was ${one(worst)}.`;
  const told = unusual.slice(0, MOST_TOLD).map(one).join(', ');
  const verb = unusual.length === 1 ? 'is' : 'are';
  const which = unusual.length > MOST_TOLD ? 'the worst ' : '';
  return `${unusual.length} of ${bars} bars ${verb} above ${ANOMALY_LEVEL}: ${which}${told}.`;
}

const LEVEL_NAMES: Readonly<Record<AnomalyFeature, string>> = {
  return: 'the size of its moves',
  volume: 'its volume',
  range: 'the range of its bars',
};

function changeWords({ chat, clock }: Where, { changes }: AnomalyReport, interval: number): string {
  if (changes === undefined) return 'These are too few bars to tell whether their level has changed.';
  if (changes.length === 0) return 'Moves, volume and range have kept their level.';
  const time = (since: number) => formatMinute(since, chat.timeZone, clock.now());
  const level = ({ what, ratio }: LevelChange) =>
    `${LEVEL_NAMES[what]} is ${formatFixed(ratio, ratio < 0.1 ? 2 : 1, chat.locale)} times`;
  const [first, second] = changes.slice(0, MOST_CHANGES);
  const one = (change: LevelChange) => `Since ${time(change.since)} ${level(change)} what it was`;
  const end = ' (change point, p < 0.001).';
  if (second === undefined) return `${one(first)}${end}`;
  // What changed within a few bars changed at once.
  const isOne = Math.abs(first.since - second.since) <= SAME_CHANGE * interval;
  return isOne ? `${one(first)}, and ${level(second)}${end}` : `${one(first)}. ${one(second)}${end}`;
}
