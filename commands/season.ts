import { DateTime } from 'luxon';
import type { IntervalsRequest } from '../charts/figures/request.ts';
import { UserError } from '../engine/errors.ts';
import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { Interval, Season, SeasonReport } from '../engine/quant/season-report.ts';
import type { CommandContext } from './command.ts';
import { barsArg, intervalArg, oneSymbol, SYMBOL_ARG } from './desk-arguments.ts';
import { closedColumns } from './desk-bars.ts';
import { deskCommand } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { timeOf } from './desk-report.ts';
import { formatFixed, formatLength, formatMinutes, formatPercent } from './format.ts';
import type { TextSpan } from './message.ts';
import { namesOf } from './ratio.ts';

const LIMITS = { usual: 2_000, least: 100, most: 5_000, interval: HOUR };
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const SIGNIFICANT = 0.05;
/** Seasons that are named one by one; the picture has them all. */
const MOST_NAMED = 6;

export const season = deskCommand(
  {
    name: 'season',
    summary: 'Whether a symbol moves differently by hour and by weekday',
    usage: '/season SYMBOL [INTERVAL] [BARS]',
    examples: ['/season btc', '/season btc 1h 2000'],
    details:
      'Mean return and size of moves by hour and by weekday of the chat’s time zone, with intervals of 95 % and what is significant when so many are looked at.',
    args: [SYMBOL_ARG, intervalArg('1h'), barsArg(2000)],
  },
  async (context, text) => {
    const { instrument, interval, bars } = oneSymbol(context, text, LIMITS, 'For example /season btc 1h 2000');
    if (interval > DAY)
      throw new UserError('season-interval', 'Hours and weekdays are told by bars of a day at most.', {
        hint: 'For example /season btc 1h',
      });
    const columns = await closedColumns(context.market, instrument, interval, bars);
    const wall = wallTimes(columns.start, context.chat.timeZone);
    const report = await context.desk.analyse('season', { bars: columns, wall, interval });
    requireSeasons(report, interval, instrument);
    const figure = seasonFigure(context, instrument, interval, report);
    const alt = `${figure.title}: mean return and size of moves by hour and by weekday`;
    const picture = await deskPicture(context, figure, alt);
    const values = { ...report, timeZone: context.chat.timeZone, from: timeOf(report.from), to: timeOf(report.to) };
    return {
      text: words(context, instrument, interval, report),
      ...(picture && { picture }),
      report: { symbols: [instrument], interval, values },
    };
  },
);

/** What the clock of a zone reads at each time, as ms that read right in UTC. */
function wallTimes(starts: Float64Array, zone: string): Float64Array {
  const offsets = new Map<number, number>();
  return starts.map((ts) => {
    // Zones change their offset on quarter hours only.
    const slot = Math.floor(ts / (15 * MINUTE));
    const offset = offsets.get(slot) ?? DateTime.fromMillis(ts, { zone }).offset * MINUTE;
    offsets.set(slot, offset);
    return ts + offset;
  });
}

/** Days that have ten whole ones among them: the first and the last are cut. */
const ENOUGH_DAYS = 12;

/** What is told is the time between: of so few days none is known to be whole. */
function requireSeasons({ seasons, from, to }: SeasonReport, interval: number, instrument: string): void {
  if (seasons.length > 0) return;
  const bars = Math.ceil((ENOUGH_DAYS * DAY) / interval);
  const { symbol } = namesOf(instrument);
  const hint =
    bars > LIMITS.most
      ? `I want 10 whole days of at most ${LIMITS.most} bars, so longer ones: /season ${symbol} 1h`
      : `I want 10 whole days: /season ${symbol} ${formatInterval(interval)} ${Math.max(bars, LIMITS.least)}`;
  throw new UserError('too-little-data', `${formatLength(to - from)} is too little to compare hours or weekdays.`, {
    hint,
  });
}

const counted = (count: number, what: 'day' | 'week'): string => `${count} whole ${what}${count === 1 ? '' : 's'}`;

const nameOf = ({ of, slot }: Season): string =>
  of === 'hour' ? `${String(slot).padStart(2, '0')}:00` : WEEKDAYS[slot];

function words(
  { chat }: CommandContext,
  instrument: string,
  interval: number,
  report: SeasonReport,
): readonly TextSpan[] {
  const { locale, timeZone } = chat;
  const { symbol, venue } = namesOf(instrument);
  const { seasons, days, weeks } = report;
  const tests = `after correction for ${seasons.length} tests`;
  const count = (of: Season['of']) => seasons.some((each) => each.of === of);
  const moves = significant(seasons, ({ move }) => move);
  const sizes = significant(seasons, ({ size }) => size);
  const spans: TextSpan[] = [
    { bold: symbol },
    ` by hour and weekday · ${formatInterval(interval)} · ${report.bars} bars · ${timeZone} · ${venue}\nReturns: `,
  ];
  if (moves.length > 0) {
    spans.push(
      { bold: named(moves, ({ move }) => formatPercent(move.mean, locale, 3)) },
      ` a bar, significant ${tests}.`,
    );
  } else {
    const needed = formatPercent(report.needed, locale, 3).replace('+', '±');
    spans.push({ bold: 'nothing is significant' }, ` ${tests}; it would take about ${needed} a bar.`);
  }
  const times = ({ size }: Season) => formatFixed(size.mean, 2, locale);
  const larger = sizes.filter(({ size }) => size.mean > 1).sort((a, b) => b.size.mean - a.size.mean);
  const smaller = sizes.filter(({ size }) => size.mean < 1).sort((a, b) => a.size.mean - b.size.mean);
  spans.push('\nSize of moves, in times the average of the day or week: ');
  if (sizes.length === 0) spans.push({ bold: 'nothing is significant' }, '.');
  if (larger.length > 0) spans.push('larger at ', { bold: named(larger, times) }, smaller.length > 0 ? '; ' : '.');
  if (smaller.length > 0) spans.push('smaller at ', { bold: named(smaller, times) }, '.');
  const few: readonly (readonly [Season['of'], string])[] = [
    [
      'hour',
      interval > 12 * HOUR
        ? 'bars of this length say nothing of hours'
        : `${counted(days, 'day')} ${days === 1 ? 'is' : 'are'} too few for hours`,
    ],
    ['weekday', `${counted(weeks, 'week')} ${weeks === 1 ? 'is' : 'are'} too few for weekdays (6 at least)`],
  ];
  const missing = few.filter(([of]) => !count(of)).map(([, why]) => why);
  const of = `Of ${counted(days, 'day')} and ${counted(weeks, 'week')}`;
  spans.push(`\n${[of, ...missing].join('; ')}. What was so need not stay so.`);
  return spans;
}

const significant = (seasons: readonly Season[], pick: (each: Season) => Interval): readonly Season[] =>
  seasons.filter((each) => pick(each).pValue < SIGNIFICANT).toSorted((a, b) => pick(a).pValue - pick(b).pValue);

function named(seasons: readonly Season[], value: (each: Season) => string): string {
  const told = seasons.slice(0, MOST_NAMED).map((each) => `${nameOf(each)} ${value(each)}`);
  const more = seasons.length - told.length;
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Every third hour is named: all would not have room. */
const NAMED_HOURS = 3;

function seasonFigure(
  { chat, clock }: CommandContext,
  instrument: string,
  interval: number,
  { seasons, days, from, to }: SeasonReport,
): IntervalsRequest {
  const hours = seasons.filter(({ of }) => of === 'hour');
  const weekdays = seasons.filter(({ of }) => of === 'weekday');
  const isParted = hours.length > 0 && weekdays.length > 0;
  // Nothing stands between the hours and the weekdays.
  const places: readonly (Season | undefined)[] = [...hours, ...(isParted ? [undefined] : []), ...weekdays];
  const labels = places.map((each) => {
    if (each?.of === 'weekday') return isParted ? WEEKDAYS[each.slot].charAt(0) : WEEKDAYS[each.slot];
    const isNamed = each !== undefined && (hours.length <= 8 || each.slot % NAMED_HOURS === 0);
    return isNamed ? String(each.slot).padStart(2, '0') : '';
  });
  const row = (name: string, base: number, unit: number, pick: (each: Season) => Interval) => {
    const values = (part: 'mean' | 'low' | 'high') =>
      places.map((each) => (each === undefined ? Number.NaN : pick(each)[part] * unit));
    const marked = places.flatMap((each, i) => (each !== undefined && pick(each).pValue < SIGNIFICANT ? [i] : []));
    return { name, base, values: values('mean'), low: values('low'), high: values('high'), marked };
  };
  const { symbol, venue } = namesOf(instrument);
  const now = clock.now();
  const rows = [
    row('mean return of a bar, %', 0, 100, ({ move }) => move),
    row('size of moves, times the average', 1, 1, ({ size }) => size),
  ];
  const isMarked = rows.some(({ marked }) => marked.length > 0);
  return {
    kind: 'intervals',
    title: `${symbol.toUpperCase()}   ${formatInterval(interval)}`,
    note: `${days} days · ${venue}`,
    foot: `${formatMinutes(from, to, chat.timeZone, now)}${isMarked ? ' · yellow: significant' : ''}`,
    labels,
    rows,
  };
}
