import type { HistogramRequest } from '../charts/figures/request.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { partOf } from '../engine/quant/histogram.ts';
import type { StatsReport, Unusual } from '../engine/quant/stats-report.ts';
import type { CommandContext } from './command.ts';
import { barsArg, intervalArg, oneSymbol, SYMBOL_ARG } from './desk-arguments.ts';
import { closedColumns } from './desk-bars.ts';
import { deskCommand } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { timeOf } from './desk-report.ts';
import { formatFixed, formatMinutes, formatPercent, formatPrice, formatValue } from './format.ts';
import type { TextSpan } from './message.ts';
import { namesOf } from './ratio.ts';

const LIMITS = { usual: 200, least: 32, most: 5_000 };
const MOST_UNUSUAL = 2;

export const stats = deskCommand(
  {
    name: 'stats',
    summary: 'What a symbol’s last bars were like',
    usage: '/stats SYMBOL [INTERVAL] [BARS]',
    examples: ['/stats btc', '/stats btc 5m 200'],
    details:
      'Volatility, skew, tails, VWAP, z, drawdown, autocorrelation and Hurst exponent, with what is unusual about them.',
    args: [SYMBOL_ARG, intervalArg('5m'), barsArg(200)],
  },
  async (context, text) => {
    const { instrument, interval, bars } = oneSymbol(
      context,
      text,
      LIMITS,
      'For example /stats btc 5m; /pair eth btc is for two',
    );
    const columns = await closedColumns(context.market, instrument, interval, bars);
    const report = await context.desk.analyse('stats', { bars: columns, interval });
    const figure = histogramFigure(context, instrument, interval, report);
    const picture = figure && (await deskPicture(context, figure, `Histogram of the returns of ${figure.title}`));
    const words = statsWords(context, instrument, interval, report);
    const values = { ...report, from: timeOf(report.from), to: timeOf(report.to) };
    return { text: words, ...(picture && { picture }), report: { symbols: [instrument], interval, values } };
  },
);

function statsWords(
  { market, chat }: CommandContext,
  instrument: string,
  interval: number,
  report: StatsReport,
): readonly TextSpan[] {
  const { locale } = chat;
  const { symbol, venue } = namesOf(instrument);
  const price = (value: number) => formatPrice(value, market.symbols.get(instrument)?.tick, locale);
  const number = (value: number) => formatFixed(value, 2, locale);
  const share = (value: number) => formatPercent(value, locale).replace('+', '');
  return [
    { bold: symbol },
    ` ${formatInterval(interval)} · ${report.bars} bars · ${venue}\n`,
    { bold: price(report.last) },
    ` ${formatPercent(report.change, locale)} · ${price(report.low)} to ${price(report.high)} · mean ${price(report.mean)}`,
    ` · VWAP ${price(report.vwap)}\nvolatility `,
    { bold: share(report.volatility) },
    ` a year, ${formatPercent(report.deviation, locale, 2).replace('+', '')} a bar · z ${number(report.z)}`,
    ` · drawdown ${share(report.drawdown)}, at worst ${share(report.maxDrawdown)}`,
    `\nreturns: skew ${number(report.skew)} · tails ${number(report.kurtosis)} · autocorrelation ${number(report.autocorrelation)}`,
    ` · Hurst ${number(report.hurst)}`,
    `\n${unusualSentence(report, locale)}`,
  ];
}

/** What one would tell a friend of these numbers, or that there is nothing to tell. */
function unusualSentence({ unusual, hurst }: StatsReport, locale: string): string {
  const told = unusual.slice(0, MOST_UNUSUAL).map((each) => unusualWords(each, locale));
  if (told.length > 0) return `Unusual: ${told.join('; ')}.`;
  const path =
    hurst > 0.6 ? ', though its moves tend to go on' : hurst < 0.4 ? ', though its moves tend to turn back' : '';
  return `Nothing here is unusual${path}.`;
}

function unusualWords({ what, value }: Unusual, locale: string): string {
  const size = formatValue(Math.abs(value), locale);
  switch (what) {
    case 'z':
      return `the price is ${size} deviations ${value > 0 ? 'above' : 'below'} its mean`;
    case 'return':
      return `the last bar ${value > 0 ? 'rose' : 'fell'} by ${size} deviations`;
    case 'volume':
      return `the last bar’s volume is ${size} times the usual`;
    case 'tails':
      return 'far moves are more frequent than in a normal distribution';
    case 'skew':
      return value > 0 ? 'large rises outweigh large falls' : 'large falls outweigh large rises';
    case 'autocorrelation':
      return value > 0 ? 'moves tend to be followed by like ones' : 'moves tend to be taken back at once';
  }
}

function histogramFigure(
  { chat, clock }: CommandContext,
  instrument: string,
  interval: number,
  { histogram, lastReturn, bars, from, to }: StatsReport,
): HistogramRequest | undefined {
  if (histogram === undefined) return undefined;
  const { edges, counts, normal } = histogram;
  const { symbol, venue } = namesOf(instrument);
  const now = clock.now();
  return {
    kind: 'histogram',
    title: `${symbol.toUpperCase()}   ${formatInterval(interval)}`,
    note: `${bars - 1} returns`,
    foot: `${venue} · ${formatMinutes(from, to, chat.timeZone, now)} · yellow: the last bar`,
    counts: Array.from(counts),
    curve: Array.from(normal),
    curveLabel: 'normal distribution',
    range: [edges[0], edges[edges.length - 1]],
    newest: partOf(lastReturn, edges),
  };
}
