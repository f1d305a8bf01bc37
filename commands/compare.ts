import type { LinesRequest } from '../charts/figures/request.ts';
import { UserError } from '../engine/errors.ts';
import { DAY, formatInterval, HOUR } from '../engine/market/interval.ts';
import type { ComparisonReport, Performance } from '../engine/quant/comparison-report.ts';
import type { CommandContext } from './command.ts';
import { barsArg, deskArguments, intervalArg, SYMBOLS_ARG } from './desk-arguments.ts';
import { sharedCloses } from './desk-bars.ts';
import { deskCommand, otherLengths } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { byName, byTime, spanOf } from './desk-report.ts';
import { formatFixed, formatMinute, formatPercent } from './format.ts';
import { namedOrWatched } from './many-closes.ts';
import type { TextSpan } from './message.ts';
import { shortNames } from './short-names.ts';
import { textTable } from './text-table.ts';

const LIMITS = { usual: 90, least: 10, most: 2_000 };
/** As many lines as colours are told apart. */
const MOST_SYMBOLS = 8;
const OTHER_INTERVALS = [HOUR, DAY];
/** Points of a line: more lie closer than a phone can show. */
const MOST_DRAWN = 300;
/** Chance that two Sharpe ratios of so many differ as much, at which the difference is believed. */
const SIGNIFICANT = 0.05;
const EXAMPLE = '/compare btc eth sol 1d 90';

export const compare = deskCommand(
  {
    name: 'compare',
    summary: 'How symbols did beside each other',
    usage: '/compare [SYMBOLS] [INTERVAL] [BARS]',
    examples: ['/compare btc eth sol', '/compare btc eth sol 1d 90'],
    details:
      'Growth from the same point on, with return, volatility, Sharpe ratio and deepest fall; what is watched where none are named.',
    args: [SYMBOLS_ARG, intervalArg('1d'), barsArg(90)],
  },
  async (context, text) => {
    const { instruments: named, interval, bars } = deskArguments(context, text, LIMITS);
    refuseMany(named.length);
    const instruments = namedOrWatched(context, named, { least: 2, most: MOST_SYMBOLS, example: EXAMPLE });
    const { closes, starts } = await sharedCloses(context.market, instruments, interval, bars);
    const report = await context.desk.analyse('compare', { closes, starts });
    const parts = { names: shortNames(instruments, context.market.symbols), interval, starts, report, asked: bars };
    const figure = growthLines(context, parts);
    const picture = await deskPicture(context, figure, `Growth of ${parts.names.join(', ')} since the same bar`);
    const shown = { lengths: OTHER_INTERVALS, shown: interval };
    const others = await otherLengths(
      context,
      'compare',
      shown,
      (length) => `${instruments.join(' ')} ${length} ${bars}`,
    );
    return {
      text: compareWords(context, parts),
      ...(picture && { picture }),
      buttons: [others],
      report: { symbols: instruments, interval, values: valuesOf(instruments, parts) },
    };
  },
);

function refuseMany(count: number): void {
  if (count <= MOST_SYMBOLS) return;
  const hint = `For example ${EXAMPLE}`;
  throw new UserError('compare-symbols', `At most ${MOST_SYMBOLS} symbols are told apart, these are ${count}.`, {
    hint,
  });
}

/** The report with instruments for their places. */
function valuesOf(instruments: readonly string[], { interval, starts, report }: Comparison): object {
  const { performances, growth, apart } = report;
  return {
    ...{ ...spanOf(starts, interval), ...report },
    performances: new Map(performances.map(({ series, ...of }) => [instruments[series], of])),
    growth: byName(
      instruments,
      growth.map((values) => byTime(starts, values)),
    ),
    apart: apart && { ...apart, best: instruments[apart.best], worst: instruments[apart.worst] },
  };
}

interface Comparison {
  readonly names: readonly string[];
  readonly interval: number;
  /** Of the bars, in ms. */
  readonly starts: Float64Array;
  readonly report: ComparisonReport;
  /** Bars that were asked for. */
  readonly asked: number;
}

function compareWords({ chat }: CommandContext, comparison: Comparison): readonly TextSpan[] {
  const { names, interval, report, asked } = comparison;
  const { locale } = chat;
  const [first] = report.performances;
  const fewer = report.bars < asked ? ` of the ${asked} asked for` : '';
  const percent = (value: number) => formatPercent(value, locale).replace(/\s/, '');
  const sharpe = (value: number | undefined) => (value === undefined ? '–' : formatFixed(value, 2, locale));
  const row = ({ series, ...of }: Performance) => [
    names[series],
    percent(of.change),
    percent(of.volatility).replace('+', ''),
    sharpe(of.sharpe),
    percent(of.maxDrawdown),
  ];
  const rows = [['', 'return', 'vol/y', 'Sharpe', 'fall'], ...report.performances.map(row)];
  return [
    { bold: `${names[first.series]} ${formatPercent(first.change, locale)}` },
    ` did best of ${names.length} · ${formatInterval(interval)} · ${report.bars} bars${fewer}\n`,
    { pre: textTable(rows) },
    `\n${sharpeSentence(comparison, locale)}`,
  ];
}

/** Whether the Sharpe ratios say anything. */
function sharpeSentence({ names, report: { bars, performances, apart } }: Comparison, locale: string): string {
  const errors = performances.flatMap(({ sharpeError }) => sharpeError ?? []);
  if (apart === undefined)
    return errors.length < 2
      ? 'What does not move has no Sharpe ratio, so there is nothing to compare it with.'
      : 'They move as one: their Sharpe ratios are the same.';
  const p = apart.pValue < 0.001 ? 'p < 0.001' : `p ${formatFixed(apart.pValue, 3, locale)}`;
  if (apart.pValue < SIGNIFICANT)
    return `The Sharpe ratio of ${names[apart.best]} is above that of ${names[apart.worst]} by more than chance (${p}).`;
  const error = formatFixed(Math.max(...errors), 1, locale);
  return `A Sharpe ratio of ${bars} bars is known to ±${error}: that these differ as much may well be chance (${p}).`;
}

function growthLines({ chat, clock }: CommandContext, comparison: Comparison): LinesRequest {
  const { names, interval, starts, report } = comparison;
  const step = Math.ceil(starts.length / MOST_DRAWN);
  // Counted from the end, so that the newest bar is drawn; the first is where all begin.
  const drawn = Array.from(starts.keys()).filter((i) => i === 0 || (starts.length - 1 - i) % step === 0);
  return {
    kind: 'lines',
    title: `Growth   ${formatInterval(interval)}`,
    note: `${report.bars} bars`,
    foot: `since ${formatMinute(starts[0] + interval, chat.timeZone, clock.now())}`,
    lines: report.performances.map(({ series, change }) => ({
      name: names[series],
      note: formatPercent(change, 'en'),
      values: drawn.map((i) => report.growth[series][i]),
    })),
    times: drawn.map((i) => starts[i]),
    interval: interval * step,
    timeZone: chat.timeZone,
    unit: 'percent',
    levels: [0],
  };
}
