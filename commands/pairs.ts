import type { HeatMapRequest } from '../charts/figures/request.ts';
import { formatInterval, MINUTE } from '../engine/market/interval.ts';
import type { PairsReport, PairTest } from '../engine/quant/pairs-report.ts';
import type { CommandContext } from './command.ts';
import { barsArg, deskArguments, intervalArg, SYMBOLS_ARG } from './desk-arguments.ts';
import { deskCommand } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { spanOf } from './desk-report.ts';
import { offerButton } from './error-message.ts';
import { formatFixed, formatLength, formatShort, formatValue } from './format.ts';
import { manyCloses, namedOrWatched, spanWords, withoutWords } from './many-closes.ts';
import type { TextSpan } from './message.ts';
import { shortNames } from './short-names.ts';

const LIMITS = { usual: 500, least: 60, most: 1_000 };
const MOST_SYMBOLS = 50;
/** Rows of the table, and symbols on the picture: more are too small on a phone. */
const MOST_ROWS = 8;
const MOST_DRAWN = 20;
const MOST_BUTTONS = 3;
/** Share of chance among the pairs that are called cointegrated. */
const FALSE_SHARE = 0.05;
/** Colours go by tens: a p-value of 0.001 has the strongest. */
const STRONGEST = 3;

export const pairs = deskCommand(
  {
    name: 'pairs',
    summary: 'Which pairs of symbols belong together',
    usage: '/pairs [SYMBOLS] [INTERVAL] [BARS]',
    examples: ['/pairs', '/pairs btc eth sol 1h 500'],
    details:
      'Tests all pairs for cointegration (Engle and Granger) and corrects for how many were tested (Benjamini and Hochberg): what is left, with hedge ratio, half-life and z, and a heat map of the p-values.',
    args: [SYMBOLS_ARG, intervalArg('1h'), barsArg(500)],
  },
  async (context, text) => {
    const { instruments: named, interval, bars } = deskArguments(context, text, LIMITS);
    const asked = namedOrWatched(context, named, { least: 2, most: MOST_SYMBOLS, example: '/pairs btc eth sol 1h' });
    const many = await manyCloses(context.market, asked, interval, bars);
    const { instruments, closes, starts } = many;
    const report = await context.desk.analyse('pairs', { closes });
    const names = shortNames(instruments, context.market.symbols);
    const figure = heatMap(report, { names, interval, span: spanWords(context, starts, interval) });
    const picture = await deskPicture(context, figure, `p-values of the pairs of ${figure.labels.join(', ')}`);
    const found = survivorsOf(report);
    const offered = (found.length > 0 ? found : report.pairs).slice(0, found.length > 0 ? MOST_BUTTONS : 1);
    const buttons = await Promise.all(
      offered.map(({ y, x }) => {
        const line = `${instruments[y]} ${instruments[x]} ${formatInterval(interval)} ${bars}`;
        return offerButton(context, `${names[y]} ~ ${names[x]}`, 'pair', line);
      }),
    );
    return {
      text: [...words(context, report, { names, interval }), withoutWords(context.market, many)].filter(
        (span) => span !== '',
      ),
      ...(picture && { picture }),
      ...(buttons.length > 0 && { buttons: [buttons] }),
      report: {
        symbols: instruments,
        interval,
        values: {
          ...{ ...spanOf(starts, interval), ...report },
          pairs: report.pairs.map((each) => ({ ...each, y: instruments[each.y], x: instruments[each.x] })),
        },
      },
    };
  },
);

const survivorsOf = ({ pairs: all }: PairsReport): readonly PairTest[] =>
  all.filter(({ qValue }) => qValue < FALSE_SHARE);

interface Names {
  readonly names: readonly string[];
  readonly interval: number;
}

function words({ chat }: CommandContext, report: PairsReport, { names, interval }: Names): readonly TextSpan[] {
  const { locale } = chat;
  const { pairs: all, bars } = report;
  const head = ` ${formatInterval(interval)} · ${bars} bars · ${names.length} symbols`;
  if (all.length === 0)
    return [{ bold: 'Pairs' }, `${head}\nNone could be tested: they are the same but for a factor.`];
  const count = (value: number) => formatFixed(value, 0, locale);
  const found = survivorsOf(report);
  const tested = `${count(all.length)} ${all.length === 1 ? 'pair' : 'pairs'} tested`;
  const verdict = found.length === 0 ? 'none cointegrated' : `${count(found.length)} cointegrated`;
  const shown = (found.length > 0 ? found : all).slice(0, found.length > 0 ? MOST_ROWS : MOST_ROWS / 2);
  return [
    { bold: 'Pairs' },
    `${head} · ${tested}: `,
    { bold: verdict },
    '\n',
    { pre: table(shown, { names, interval }, bars, locale) },
    `\n${judgement(report, found, count)}`,
  ];
}

/** The sentences that one would say to a friend. */
function judgement(
  { pairs: all, untested }: PairsReport,
  found: readonly PairTest[],
  count: (value: number) => string,
): string {
  const factor = untested > 0 ? ` ${count(untested)} more are the same but for a factor.` : '';
  if (found.length > 0) {
    const more = found.length > MOST_ROWS ? `The best ${MOST_ROWS} of ${count(found.length)}. ` : '';
    const chance =
      all.length > 1
        ? `q is p corrected for ${count(all.length)} tests: of pairs with q below 0.05, one in twenty is chance.`
        : 'There was one test, so q is p.';
    return `${more}${chance} The past holds together; that it will is another question.${factor}`;
  }
  const low = all.filter(({ pValue }) => pValue < FALSE_SHARE).length;
  if (all.length === 1) return `Nothing shows that this spread comes back: its z is no signal.${factor}`;
  return `No pair survives the correction: ${count(low)} of ${count(all.length)} ${low === 1 ? 'has' : 'have'} p below 0.05, and of pairs with nothing in common one in twenty would at most. The z of these is no signal.${factor}`;
}

/** `+1.9`, and no sign before a nought. */
function signed(value: number, locale: string): string {
  const rounded = Number(value.toFixed(1));
  return `${rounded > 0 ? '+' : ''}${formatFixed(rounded === 0 ? 0 : rounded, 1, locale)}`;
}

/** One row a pair; small probabilities are told as below a thousandth. */
function table(shown: readonly PairTest[], { names, interval }: Names, bars: number, locale: string): string {
  const share = (value: number) => (value < 0.001 ? '<.001' : formatFixed(value, 3, locale).replace(/^0/, ''));
  const ratio = (value: number) =>
    Math.abs(value) >= 10_000 ? formatShort(value, locale) : formatValue(value, locale);
  const rows = shown.map(({ y, x, pValue, qValue, hedgeRatio, halfLife, z }) => [
    `${names[y]}~${names[x]}`,
    share(pValue),
    share(qValue),
    ratio(hedgeRatio),
    halfLife < bars ? formatLength(Math.max(1, Math.round((halfLife * interval) / MINUTE)) * MINUTE) : 'long',
    signed(z, locale),
  ]);
  const all = [['pair', 'p', 'q', 'ratio', 'half', 'z'], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' '))
    .join('\n');
}

/** The symbols of the best pairs first. */
function heatMap(report: PairsReport, { names, interval, span }: Names & { readonly span: string }): HeatMapRequest {
  const { pairs: all, bars } = report;
  const places = [...new Set(all.flatMap(({ y, x }) => [y, x]))].slice(0, MOST_DRAWN);
  const at = new Map(places.map((place, i) => [place, i]));
  const values = places.map(() => new Array<number>(places.length).fill(Number.NaN));
  const marked: (readonly [number, number])[] = [];
  for (const { y, x, pValue, qValue } of all) {
    const [row, column] = [at.get(y), at.get(x)];
    if (row === undefined || column === undefined) continue;
    values[row][column] = pValue;
    values[column][row] = pValue;
    if (qValue < FALSE_SHARE) marked.push([row, column], [column, row]);
  }
  const part = places.length < names.length ? `${places.length} of ${names.length} symbols · ` : '';
  return {
    kind: 'heat-map',
    title: `p of cointegration   ${formatInterval(interval)}`,
    note: `${bars} bars`,
    foot: `${part}${span}${marked.length > 0 ? ' · framed: q < 0.05' : ''}`,
    labels: places.map((place) => names[place]),
    values,
    strength: values.map((row) => row.map((p) => Math.min(STRONGEST, -Math.log10(Math.max(p, 1e-9))))),
    range: [-STRONGEST, STRONGEST],
    digits: 2,
    marked,
  };
}
