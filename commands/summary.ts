import { UserError } from '../engine/errors.ts';
import { DAY, MINUTE } from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import { OUTCOME_MS, type Reliability, SUMMARY_INTERVAL, type SummaryReport } from '../engine/quant/summary-report.ts';
import type { CommandContext } from './command.ts';
import { closedColumns } from './desk-bars.ts';
import { deskCommand } from './desk-command.ts';
import { directionOf } from './firing-marks.ts';
import { formatFixed, formatLength, formatPercent, formatPrice, formatShort } from './format.ts';
import type { TextSpan } from './message.ts';
import { namesOf } from './ratio.ts';
import { requireInstrument, splitWords } from './symbol-argument.ts';

/** Thirty days of hours, and the close before them. */
const BARS = (30 * DAY) / SUMMARY_INTERVAL + 1;
/** As many as a phone shows at once. */
const MOST_SYMBOLS = 8;

export const summary = deskCommand(
  {
    name: 'summary',
    summary: 'The last 30 days of each symbol, and how reliable its alerts were',
    usage: '/summary [SYMBOLS]',
    examples: ['/summary', '/summary btc eth'],
    details:
      'Average move, volume and trend over a day, a week and a month, and how often the price went on the way that this chat’s alerts said.',
    args: [{ name: 'symbols', kind: 'text', description: 'Symbols, e.g. btc eth', required: false }],
  },
  async (context, text) => {
    const named = [...new Set(splitWords(text).map((word) => requireInstrument(context, word, text).instrument))];
    const instruments = named.length > 0 ? named : context.market.watched().filter(isMarket);
    if (instruments.length === 0)
      throw new UserError('summary-symbols', 'No symbols are watched.', { hint: 'For example /summary btc eth' });
    const told = instruments.slice(0, MOST_SYMBOLS);
    const found = await Promise.all(told.map((each) => aboutOne(context, each)));
    const left = instruments.length - told.length;
    return {
      text: [
        { bold: 'Summary' },
        ` of 30 days · trends that are less than chance would give are flat`,
        ...found.flatMap((each) => partOf(context, each)),
        ...(left > 0 ? [`\n\n${left} more: name those that you want, ${MOST_SYMBOLS} at most.`] : []),
      ],
      report: { symbols: told, interval: SUMMARY_INTERVAL, values: valuesOf(found) },
    };
  },
);

/** What is known of one, or why nothing is. */
type Found = { readonly instrument: string } & ({ readonly report: SummaryReport } | { readonly why: string });

async function aboutOne(context: CommandContext, instrument: string): Promise<Found> {
  const { market, rules, chatKey, desk, clock } = context;
  try {
    const bars = await closedColumns(market, instrument, SUMMARY_INTERVAL, BARS);
    // A venue's clock may be a little ahead.
    const firings = await rules.firingsBetween(instrument, bars.start[0], clock.now() + MINUTE, chatKey);
    const said = firings.map((firing) => ({ ts: firing.ts, price: firing.price, up: directionOf(firing) === 'up' }));
    return { instrument, report: await desk.analyse('summary', { bars, said }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { instrument, why: error.message };
  }
}

function partOf(context: CommandContext, found: Found): readonly TextSpan[] {
  const { instrument } = found;
  const rest = 'why' in found ? [` ${found.why}`] : words(context, instrument, found.report);
  return ['\n\n', { bold: namesOf(instrument).symbol }, ...rest];
}

function valuesOf(found: readonly Found[]): object {
  const rows = found.map((each) => [each.instrument, 'why' in each ? { missing: each.why } : each.report] as const);
  return { summaries: new Map(rows) };
}

function words({ chat, market }: CommandContext, instrument: string, report: SummaryReport): readonly TextSpan[] {
  const { locale } = chat;
  const { last, move, volume, lastVolume, trends, alerts } = report;
  const price = formatPrice(last, market.symbols.get(instrument)?.tick, locale);
  const size = move === undefined ? [] : [`moves ${formatPercent(move, locale).replace('+', '')} a day`];
  const times = volume === undefined ? '' : `, ${formatFixed(volume, 1, locale)} times the usual`;
  const traded = lastVolume > 0 ? [`volume ${formatShort(lastVolume, locale)}${times}`] : [];
  const ways = trends.map((each) => `${each.horizon / DAY}d ${formatPercent(each.change, locale)} ${each.way}`);
  return [
    ` ${[price, ...size, ...traded].join(' · ')}`,
    `\n${ways.join(' · ')}`,
    `\n${alertsSentence(alerts, locale)}`,
  ];
}

function alertsSentence({ said, judged, hits, low, high, base, verdict }: Reliability, locale: string): string {
  if (said === 0) return 'No alert of this chat fired.';
  const share = (fraction: number) => formatPercent(fraction, locale, 0).replace('+', '');
  const later = formatLength(OUTCOME_MS);
  const count = said === 1 ? 'Alerts fired once' : `Alerts fired ${formatFixed(said, 0, locale)} times`;
  if (judged === 0) return `${count}, too lately to know what came of it.`;
  const told = `${count}: ${hits} of ${judged} went on ${later} later`;
  if (verdict === 'too few') return `${told}, too few to judge.`;
  const range = `${share(hits / judged)}, likely ${share(low)} to ${share(high)}, any hour ${share(base)}`;
  const judgement = { better: 'better than chance', worse: 'worse than chance', chance: 'no better than chance' }[
    verdict
  ];
  return `${told} (${range}): ${judgement}.`;
}
