import { HOUR, MINUTE } from '../engine/market/interval.ts';
import { barsArg, intervalArg, oneSymbol, SYMBOL_ARG } from './desk-arguments.ts';
import { closedColumns } from './desk-bars.ts';
import { deskCommand, otherLengths } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { byTime, timeOf } from './desk-report.ts';
import { profileFigure } from './flow-figure.ts';
import { firstKept, keptTrades } from './flow-trades.ts';
import { type FlowTold, flowWords } from './flow-words.ts';

const LIMITS = { usual: 200, least: 10, most: 2_000 };
const OTHER_INTERVALS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];

export const flow = deskCommand(
  {
    name: 'flow',
    summary: 'Who took, how large, and at which prices',
    usage: '/flow SYMBOL [INTERVAL] [BARS]',
    examples: ['/flow btc', '/flow btc 5m 200'],
    details:
      'What takers bought and sold and the cumulative delta, large trades and the sizes of all, and the volume profile with point of control and value area (70 %).',
    args: [SYMBOL_ARG, intervalArg('5m'), barsArg(200)],
  },
  async (context, text) => {
    const { instrument, interval, bars } = oneSymbol(context, text, LIMITS, 'For example /flow btc 5m');
    const columns = await closedColumns(context.market, instrument, interval, bars);
    const { start } = columns;
    const end = start[start.length - 1] + interval;
    const trades = await keptTrades(context.archive, instrument, start[0], end);
    const keptLater = trades.ts.length > 0 ? undefined : await firstKept(context.archive, instrument, end);
    const tick = context.market.symbols.get(instrument)?.tick;
    const report = await context.desk.analyse('flow', { bars: columns, interval, trades, tick });
    const told: FlowTold = { instrument, interval, report, starts: start, keptLater };
    const figure = profileFigure(context, told);
    const picture =
      figure && (await deskPicture(context, figure, `Volume profile and cumulative delta of ${figure.title}`));
    const shown = { lengths: OTHER_INTERVALS, shown: interval };
    const others = await otherLengths(context, 'flow', shown, (length) => `${instrument} ${length} ${bars}`);
    return {
      text: flowWords(context, told),
      ...(picture && { picture }),
      buttons: [others],
      report: { symbols: [instrument], interval, values: valuesOf(told) },
    };
  },
);

/** The report with times for what is of a time. */
function valuesOf({ report, starts }: FlowTold): object {
  const { delta, kept, sizes } = report;
  return {
    ...{ ...report, from: timeOf(report.from), to: timeOf(report.to) },
    delta: delta && { ...delta, since: timeOf(delta.since), cumulative: byTime(starts, delta.cumulative) },
    kept: kept && { ...kept, since: timeOf(kept.since) },
    sizes: sizes && { ...sizes, largest: { ...sizes.largest, ts: timeOf(sizes.largest.ts) } },
  };
}
