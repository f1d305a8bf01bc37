import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { Ahead, VolatilityReport } from '../engine/quant/volatility-report.ts';
import type { CommandContext } from './command.ts';
import { barsArg, intervalArg, oneSymbol, SYMBOL_ARG } from './desk-arguments.ts';
import { closedColumns } from './desk-bars.ts';
import { deskCommand, otherLengths } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { timeOf } from './desk-report.ts';
import { formatLength, formatNumber, formatPercent, formatPrice } from './format.ts';
import type { TextSpan } from './message.ts';
import { namesOf } from './ratio.ts';
import { bandOf, volatilityChart } from './vol-chart.ts';

/** GARCH wants 100 returns; without them there are still the estimators. */
const LIMITS = { usual: 500, least: 30, most: 5_000 };
const OTHER_INTERVALS = [15 * MINUTE, HOUR, DAY];
/** Chance at which clustering is not believed. */
const SIGNIFICANT = 0.05;
/** Shares of the stretch that are calmer than now, beyond which now is unusual. */
const UNUSUAL = [0.05, 0.95] as const;

export const vol = deskCommand(
  {
    name: 'vol',
    summary: 'How much a symbol moves, and how much it may by tomorrow',
    usage: '/vol SYMBOL [INTERVAL] [BARS]',
    examples: ['/vol btc', '/vol btc 1h 500'],
    details:
      'Realised volatility by four estimators, GARCH(1,1) and EWMA with what they foresee for 1, 5 and 10 bars, and the next day’s band on the chart.',
    args: [SYMBOL_ARG, intervalArg('1h'), barsArg(500)],
  },
  async (context, text) => {
    const { instrument, interval, bars } = oneSymbol(context, text, LIMITS, 'For example /vol btc 1h');
    const columns = await closedColumns(context.market, instrument, interval, bars);
    const report = await context.desk.analyse('volatility', { bars: columns, interval });
    const tick = context.market.symbols.get(instrument)?.tick;
    const request = volatilityChart({ instrument, interval, columns, report, tick }, context.chat.timeZone);
    const alt = `${request.symbol} ${formatInterval(interval)} chart with the next day’s band of one deviation`;
    const picture = await deskPicture(context, request, alt);
    const shown = { lengths: OTHER_INTERVALS, shown: interval };
    const others = await otherLengths(
      context,
      'vol',
      shown,
      (length) => `${namesOf(instrument).symbol} ${length} ${bars}`,
    );
    return {
      text: words(context, { instrument, interval, report, tick }),
      ...(picture && { picture }),
      buttons: [others],
      report: {
        symbols: [instrument],
        interval,
        values: { ...report, from: timeOf(report.from), to: timeOf(report.to) },
      },
    };
  },
);

interface Told {
  readonly instrument: string;
  readonly interval: number;
  readonly report: VolatilityReport;
  readonly tick: number | undefined;
}

function words({ chat }: CommandContext, { instrument, interval, report, tick }: Told): TextSpan[] {
  const { locale } = chat;
  const { symbol, venue } = namesOf(instrument);
  const { realised, perYear, ahead, day, last } = report;
  const share = (value: number) => `${formatNumber(Number((100 * value).toPrecision(3)), locale)}\u00a0%`;
  const yearly = (value: number) => share(value * Math.sqrt(perYear));
  const [low, high] = bandOf(last, day[day.length - 1]).map((price) => formatPrice(price, tick, locale));
  const by = report.by === 'garch' ? 'GARCH' : 'EWMA';
  return [
    { bold: symbol },
    ` ${formatInterval(interval)} · ${report.bars} bars · ${venue}\nvolatility `,
    { bold: yearly(realised.closeToClose) },
    ` a year close to close · Parkinson ${yearly(realised.parkinson)} · Garman-Klass ${yearly(realised.garmanKlass)}`,
    ` · Yang-Zhang ${yearly(realised.yangZhang)}`,
    ...(report.by === 'garch' ? [`\nGARCH: ${aheadWords(ahead, 'garch', share)}`] : []),
    `\nEWMA: ${aheadWords(ahead, 'weighted', share)}`,
    `\nnext day, one deviation by ${by}: `,
    { bold: `${low} to ${high}` },
    ` (±${share(day[day.length - 1])})`,
    `\n${judgement(report, interval, locale)}`,
  ];
}

/** `next bar 0.71 % · 5 bars 1.6 % · 10 bars 2.22 %` */
function aheadWords(ahead: readonly Ahead[], of: 'garch' | 'weighted', share: (value: number) => string): string {
  const told = ahead.map((each) => {
    const name = each.steps === 1 ? 'next bar' : `${each.steps} bars`;
    return `${name} ${share(each[of] ?? Number.NaN)}`;
  });
  return told.join(' · ');
}

/** What one would tell a friend: whether now is unusual, how long that lasts, or why nothing can be said of it. */
function judgement(report: VolatilityReport, interval: number, locale: string): string {
  const { garch, ahead, realised } = report;
  const whole = (fraction: number) => formatPercent(fraction, locale, 0).replace('+', '');
  if (garch === undefined) return 'Fewer than 101 bars are too few for GARCH.';
  if (garch.verdict !== 'converged') return `GARCH did not converge: ${WHY_NOT[garch.verdict]}.`;
  const times = formatNumber(Number((ahead[0].garch! / realised.closeToClose).toFixed(2)), locale);
  const now = `The next bar is expected to move ${times} times as much as this stretch did`;
  const place = `more than was expected of ${whole(garch.place)} of its bars: ${unusualness(garch.place)}`;
  const kept = `${whole(garch.within)} of them kept within their deviation (about 68\u00a0% would be normal)`;
  return garch.pValue < SIGNIFICANT
    ? `${now}, ${place}. ${kept}; half of a shock is gone in ${formatLength(garch.halfLife * interval)}.`
    : `${now}. That moves cluster is not significant here: a constant volatility explains them as well.`;
}

/** @param place share of the stretch that was calmer */
function unusualness(place: number): string {
  const [calm, wild] = UNUSUAL;
  return place < calm ? 'unusually calm' : place > wild ? 'unusually wild' : 'nothing unusual';
}

const WHY_NOT = {
  'no clustering': 'large moves are not followed by large ones here',
  'no mean': 'shocks never fade in this stretch, so there is no usual volatility to return to',
  'no rest': 'the search for the likeliest parameters came to no end',
} as const;
