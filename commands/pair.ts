import type { ChartRequest } from '../charts/request.ts';
import { UserError } from '../engine/errors.ts';
import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { PairReport } from '../engine/quant/pair-report.ts';
import type { CommandContext } from './command.ts';
import { barsArg, deskArguments, intervalArg } from './desk-arguments.ts';
import { type SharedCloses, sharedCloses } from './desk-bars.ts';
import { deskCommand, otherLengths } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { byTime, type DeskAnswer, spanOf } from './desk-report.ts';
import { offerButton } from './error-message.ts';
import { formatLength, formatNumber, formatValue, priceDigits } from './format.ts';
import type { TextSpan } from './message.ts';
import { namesOf, ratioId } from './ratio.ts';

const LIMITS = { usual: 500, least: 30, most: 5_000 };
/** Bars on the picture: more than that lie closer than a phone can show. */
const MOST_DRAWN = 500;
/** Bars that an alert on the spread looks back for the line, and again for its z. */
const LONGEST_WINDOW = 1_000;
const OTHER_INTERVALS = [15 * MINUTE, HOUR, DAY];
/** A spread this many deviations off is wide, and extreme. */
const WIDE = 1.5;
const EXTREME = 2.5;
/** Chance that two random walks look as cointegrated, at which it is believed. */
const SIGNIFICANT = 0.05;

export const pair = deskCommand(
  {
    name: 'pair',
    summary: 'Whether two symbols move together, and how far apart they are',
    usage: '/pair SYMBOL SYMBOL [INTERVAL] [BARS]',
    examples: ['/pair eth btc', '/pair eth btc 5m 500'],
    details:
      'The first is explained by the second. Hedge ratio by least squares, by Huber’s regression and by Kalman’s filter, the spread with its ADF test, half-life and correlation.',
    args: [
      { name: 'symbols', kind: 'text', description: 'Two symbols, e.g. eth btc', required: true },
      intervalArg('5m'),
      barsArg(500),
    ],
  },
  async (context, text) => {
    const { instruments, typed, interval, bars } = deskArguments(context, text, LIMITS);
    if (instruments.length !== 2) {
      const isSameTwice = typed === 2 && instruments.length === 1;
      const how =
        typed === 0
          ? 'Which two symbols?'
          : isSameTwice
            ? `A pair is two symbols, this is ${namesOf(instruments[0]).symbol} twice.`
            : `A pair is two symbols, this is ${instruments.length}.`;
      throw new UserError('pair-symbols', how, { hint: 'For example /pair eth btc 5m' });
    }
    return pairMessage(context, instruments, interval, bars);
  },
);

async function pairMessage(
  context: CommandContext,
  instruments: readonly string[],
  interval: number,
  bars: number,
): Promise<DeskAnswer> {
  const shared = await sharedCloses(context.market, instruments, interval, bars);
  const [y, x] = shared.closes;
  const report = await context.desk.analyse('pair', { y, x });
  const [above, below] = instruments.map((each) => namesOf(each).symbol);
  const request = pairChart({ instruments, interval, report, shared }, context.chat.timeZone);
  const alt = `${request.symbol} ${formatInterval(interval)}: both prices from 100, their spread and correlation`;
  const picture = await deskPicture(context, request, alt);
  const window = Math.min(report.bars, LONGEST_WINDOW);
  const rule = `${instruments[0]} ${formatInterval(interval)} z(spread(${instruments[1]}, ${window}), ${window}) > 2`;
  const line = `pairs ${instruments[0]} ${formatInterval(interval)} vs ${instruments[1]}`;
  // Shorter bars are not kept for long enough.
  const trial = interval < MINUTE ? [] : [offerButton(context, 'Backtest', 'backtest', line)];
  const shown = { lengths: OTHER_INTERVALS, shown: interval };
  const others = await otherLengths(
    context,
    'pair',
    shown,
    (length) => `${instruments[0]} ${instruments[1]} ${length} ${bars}`,
  );
  return {
    text: [...words(context, report, { above, below, interval }), drawnWords(report.bars)],
    ...(picture === undefined ? {} : { picture }),
    buttons: [await Promise.all([offerButton(context, 'Alert at z > 2', 'alert', rule), ...trial]), others],
    report: { symbols: instruments, interval, values: valuesOf(instruments, interval, report, shared.starts) },
  };
}

/** The report with what is of each bar by its time. */
function valuesOf([y, x]: readonly string[], interval: number, report: PairReport, starts: Float64Array): object {
  return {
    ...{ y, x, ...spanOf(starts, interval), ...report },
    kalmanRatio: byTime(starts, report.kalmanRatio),
    rolling: byTime(starts, report.rolling),
    spreads: byTime(starts, report.spreads),
  };
}

interface Names {
  readonly above: string;
  readonly below: string;
  readonly interval: number;
}

function words({ chat }: CommandContext, report: PairReport, { above, below, interval }: Names): TextSpan[] {
  const { locale } = chat;
  const isOne = report.engleGranger.pValue < SIGNIFICANT;
  const verdict = isOne ? 'cointegrated' : 'not cointegrated';
  const p = (value: number) =>
    value < 0.001 ? 'p < 0.001' : `p ${formatNumber(Number(value.toPrecision(2)), locale)}`;
  const number = (value: number, digits = 2) => formatNumber(Number(value.toFixed(digits)), locale);
  const life = report.halfLife < report.bars ? formatLength(report.halfLife * interval) : 'longer than this';
  const kalman = report.kalmanRatio[report.kalmanRatio.length - 1];
  return [
    { bold: `${above} ~ ${below}` },
    ` · ${formatInterval(interval)} · ${report.bars} bars: `,
    { bold: verdict },
    ` (Engle-Granger ${number(report.engleGranger.statistic)}, ${p(report.engleGranger.pValue)})`,
    `\nhedge ratio ${formatValue(report.hedgeRatio, locale)} ± ${formatValue(report.hedgeError, locale)}`,
    ` · Huber ${formatValue(report.huberRatio, locale)} · Kalman now ${formatValue(kalman, locale)} · R² ${number(report.r2)}`,
    `\nspread z `,
    { bold: `${report.z > 0 ? '+' : ''}${number(report.z)}` },
    ` · ADF ${number(report.adf.statistic)}, ${p(report.adf.pValue)} · half-life ${life} · correlation ${number(report.correlation)}`,
    `\n${judgement(report, isOne)}`,
  ];
}

/** The sentence that one would say to a friend. */
function judgement({ z, r2 }: PairReport, isOne: boolean): string {
  if (!isOne) {
    const much = r2 > 0.8 ? 'They moved alike in this stretch, but nothing' : 'Nothing';
    return `${much} shows that the spread comes back: its z is no signal.`;
  }
  const size = Math.abs(z);
  if (size > EXTREME) return 'The spread is extreme for this stretch.';
  return size > WIDE ? 'The spread is wide, not extreme.' : 'The spread is near its middle.';
}

const drawnWords = (bars: number): string => (bars > MOST_DRAWN ? ` The picture has the last ${MOST_DRAWN} bars.` : '');

interface PairPicture {
  readonly instruments: readonly string[];
  readonly interval: number;
  readonly report: PairReport;
  readonly shared: SharedCloses;
}

/** Both prices from 100, the spread in standard deviations, and the rolling correlation. */
function pairChart({ instruments, interval, report, shared }: PairPicture, timeZone: string): ChartRequest {
  const from = Math.max(0, shared.starts.length - MOST_DRAWN);
  const [y, x] = shared.closes.map((closes) => closes.subarray(from));
  const [above, below] = instruments.map((each) => namesOf(each).symbol);
  const { venue } = namesOf(ratioId(instruments[0], instruments[1]));
  const base = (xs: Float64Array) => Array.from(xs, (price) => (100 * price) / xs[0]);
  const ofY = base(y);
  const bars = ofY.map((close, i) => {
    const open = ofY[Math.max(0, i - 1)];
    const [high, low] = [Math.max(open, close), Math.min(open, close)];
    return { start: shared.starts[from + i], open, high, low, close, volume: 0, trades: 0 };
  });
  const deviation = report.z === 0 ? 1 : report.spread / report.z;
  const spreads = Array.from(report.spreads.subarray(from), (spread) => spread / deviation);
  const rolling = Array.from(report.rolling.subarray(from));
  const line = (label: string, values: readonly number[]) => [{ label, values }];
  return {
    symbol: `${above} ~ ${below}`,
    venue,
    style: 'line',
    interval,
    bars,
    digits: Math.min(2, priceDigits(100, undefined)),
    series: [
      // The first as a line, too: the legend names what is drawn over the bars alone.
      { label: `${above} from 100`, scale: 'price', lines: line(`${above} from 100`, ofY), levels: [] },
      { label: `${below} from 100`, scale: 'price', lines: line(`${below} from 100`, base(x)), levels: [] },
      { label: 'spread z', scale: 'own', lines: line('spread z', spreads), levels: [-2, -1, 0, 1, 2] },
      { label: `correlation ${report.rollingBars}`, scale: 'own', lines: line('correlation', rolling), levels: [0] },
    ],
    levels: [],
    marks: [],
    timeZone,
  };
}
