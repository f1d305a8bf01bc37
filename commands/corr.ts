import type { HeatMapRequest } from '../charts/figures/request.ts';
import { formatInterval } from '../engine/market/interval.ts';
import type { CorrelationReport } from '../engine/quant/correlation-report.ts';
import type { CommandContext } from './command.ts';
import { barsArg, deskArguments, intervalArg, SYMBOLS_ARG } from './desk-arguments.ts';
import { sharedCloses } from './desk-bars.ts';
import { deskCommand } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { byName, timeOf } from './desk-report.ts';
import { formatFixed, formatMinutes } from './format.ts';
import { namedOrWatched } from './many-closes.ts';
import type { TextSpan } from './message.ts';
import { shortNames } from './short-names.ts';

const LIMITS = { usual: 200, least: 20, most: 2_000 };
/** As many as a phone shows in one picture. */
const MOST_SYMBOLS = 24;
const MOST_CHANGES = 3;

export const corr = deskCommand(
  {
    name: 'corr',
    summary: 'Which symbols move together',
    usage: '/corr [SYMBOLS] [INTERVAL] [BARS]',
    examples: ['/corr', '/corr btc eth sol 1h 200'],
    details:
      'Correlations of the returns as a heat map in which what moves together stands together; what is watched where none are named.',
    args: [SYMBOLS_ARG, intervalArg('1h'), barsArg(200)],
  },
  async (context, text) => {
    const { instruments: named, interval, bars } = deskArguments(context, text, LIMITS);
    const instruments = namedOrWatched(context, named, {
      ...{ least: 2, most: MOST_SYMBOLS, example: '/corr btc eth sol 1h' },
    });
    // The window before is held against it, and returns are one fewer than closes.
    const { closes, starts } = await sharedCloses(context.market, instruments, interval, 2 * bars + 1);
    const report = await context.desk.analyse('together', { closes, bars });
    const names = shortNames(instruments, context.market.symbols);
    const since = starts[starts.length - 1 - report.bars];
    const until = starts[starts.length - 1] + interval;
    const figure = heatMap(context, { names, interval, report, since, until });
    const picture = await deskPicture(context, figure, `Correlations of ${names.join(', ')}`);
    const values = { from: timeOf(since), to: timeOf(until), ...valuesOf(instruments, report) };
    return {
      text: corrWords(context, names, interval, report),
      ...(picture && { picture }),
      report: { symbols: instruments, interval, values },
    };
  },
);

/** The report with instruments for their places. */
function valuesOf(instruments: readonly string[], report: CorrelationReport): object {
  const { order, matrix, clusters, changes } = report;
  const nameOf = (place: number) => instruments[place];
  return {
    ...report,
    order: order.map(nameOf),
    matrix: byName(
      instruments,
      matrix.map((row) => byName(instruments, row)),
    ),
    clusters: clusters.map((cluster) => cluster.map(nameOf)),
    changes: changes.map((each) => ({ ...each, first: nameOf(each.first), second: nameOf(each.second) })),
  };
}

function corrWords(
  { chat }: CommandContext,
  names: readonly string[],
  interval: number,
  { bars, clusters, changes, matrix, hasBefore }: CorrelationReport,
): readonly TextSpan[] {
  const number = (value: number) => formatFixed(value, 2, chat.locale);
  const spans: TextSpan[] = [
    { bold: 'Correlations' },
    ` ${formatInterval(interval)} · ${bars} returns · ${names.length} symbols`,
  ];
  if (names.length === 2) spans.push(`: `, { bold: number(matrix[0][1]) });
  for (const cluster of clusters) {
    const inside = cluster.flatMap((a, i) => cluster.slice(i + 1).map((b) => matrix[a][b]));
    const average = inside.reduce((sum, value) => sum + value, 0) / inside.length;
    const together = cluster.map((at) => names[at]).join(', ');
    if (names.length > 2) spans.push(`\nTogether: `, { bold: together }, ` (${number(average)} on average)`);
  }
  if (clusters.length === 0) spans.push('\nNone of them belong together.');
  const told = changes
    .slice(0, MOST_CHANGES)
    .map(({ first, second, before, now }) => `${names[first]}–${names[second]} ${number(before)} → ${number(now)}`);
  const others = changes.length > MOST_CHANGES ? ` and ${changes.length - MOST_CHANGES} more` : '';
  if (told.length > 0) spans.push(`\nChanged since the ${bars} bars before: ${told.join(', ')}${others}.`);
  else if (hasBefore) spans.push(`\nNothing changed since the ${bars} bars before that is more than chance.`);
  return spans;
}

interface HeatMapParts {
  readonly names: readonly string[];
  readonly interval: number;
  readonly report: CorrelationReport;
  readonly since: number;
  readonly until: number;
}

function heatMap(
  { chat, clock }: CommandContext,
  { names, interval, report, since, until }: HeatMapParts,
): HeatMapRequest {
  const { order, matrix, changes, bars } = report;
  const now = clock.now();
  const places = new Map(order.map((leaf, place) => [leaf, place]));
  const marked = changes.flatMap(({ first, second }): (readonly [number, number])[] => {
    const [a, b] = [places.get(first)!, places.get(second)!];
    return [
      [a, b],
      [b, a],
    ];
  });
  return {
    kind: 'heat-map',
    title: `Correlations   ${formatInterval(interval)}`,
    note: `${bars} returns`,
    foot: `${formatMinutes(since, until, chat.timeZone, now)}${marked.length > 0 ? ' · framed: changed' : ''}`,
    labels: order.map((leaf) => names[leaf]),
    values: order.map((row) => order.map((column) => matrix[row][column])),
    range: [-1, 1],
    digits: 2,
    marked,
  };
}
