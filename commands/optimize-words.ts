import type { HeatMapRequest } from '../charts/figures/request.ts';
import { percentNumber, plainNumber } from '../engine/language/numbers.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { printStrategy } from '../engine/language/strategy-print.ts';
import type { SurfaceAxis } from '../engine/strategies/search/surface.ts';
import { titleOf } from './backtest-words.ts';
import type { CommandContext } from './command.ts';
import { formatFixed, formatLength, formatMinute, formatPercent } from './format.ts';
import type { TextSpan } from './message.ts';
import type { SearchReport } from './ports.ts';
import { templateOf } from './strategy-find.ts';
import { textTable } from './text-table.ts';

/** Less than this share of a Sharpe ratio is left where it was not chosen: overfitted. */
const MUCH_LESS = 0.5;
/** How sure it has to be that the best is no luck. */
const CONVINCING = 0.95;
const SIGNIFICANT = 4;

/** How a strategy with the found values is called: one that the chat has keeps its name, and gets another version. */
export const savedAs = ({ name }: StrategyText): string =>
  name === '' ? 'my-rules' : templateOf(name) === undefined ? name : `my-${name}`;

/** A parameter's value as it is typed. */
function valueText(strategy: StrategyText, name: string, value: number): string {
  const short = Number(value.toPrecision(SIGNIFICANT));
  return strategy.params.find((each) => each.name === name)?.percent === true
    ? percentNumber(short)
    : plainNumber(short);
}

export function optimizeWords(
  { chat }: Pick<CommandContext, 'chat'>,
  strategy: StrategyText,
  {
    how,
    report,
    found,
  }: { readonly how: 'grid' | 'random'; readonly report: SearchReport; readonly found: StrategyText },
): { readonly words: readonly TextSpan[]; readonly text: string } {
  const { best, windows, tested, tried, refused } = report;
  const values = Object.entries(best.values).map(([name, value]) => `${name} ${valueText(strategy, name, value)}`);
  const text = printStrategy(found);
  const way = how === 'grid' ? 'the whole grid' : 'drawn at random';
  const left = refused === 0 ? '' : `, ${refused} refused`;
  const [window] = windows;
  const choosing = formatLength(window!.split - window!.from);
  const trying = formatLength(window!.to - window!.split);
  const words: readonly TextSpan[] = [
    { bold: `${titleOf(strategy)}: ${values.join(', ')}` },
    ` · the best of ${tried} (${way}${left})\n`,
    { pre: textTable(tableOf(report, chat.locale)) },
    `\nFive times chosen on ${choosing} and tried on the ${trying} behind it, ${formatLength(tested.ms)} in all, from nothing held and after costs.`,
    `\n${verdict(report, chat.locale)}\n`,
    { code: `/strategy new ${text}` },
  ];
  return { words, text };
}

/** Less than 30 days, of which nothing is told as of a year. */
const isShort = ({ equity }: SearchReport['tested']): boolean => equity.cagr === undefined;

function tableOf({ chosen, tested }: SearchReport, locale: string): readonly (readonly string[])[] {
  const percent = (value: number | undefined): string =>
    value === undefined ? '–' : formatPercent(value, locale).replace(/\s/, '');
  const ratio = (value: number | undefined): string => (value === undefined ? '–' : formatFixed(value, 2, locale));
  return [
    ['', 'chosen on', 'after it', 'holding'],
    ['return', percent(chosen?.growth), percent(tested.equity.total), percent(tested.held.total)],
    [
      'Sharpe',
      ...[chosen?.sharpe, tested.equity.sharpe, tested.held.sharpe].map((each) =>
        ratio(isShort(tested) ? undefined : each),
      ),
    ],
    ['fall', '–', percent(-tested.equity.maxDrawdown), percent(-tested.held.maxDrawdown)],
    ['trades', chosen === undefined ? '–' : String(chosen.trades), String(tested.trades), '–'],
  ];
}

/** Whether what was found is to be believed, and why not. */
export function verdict({ chosen, tested, best, trials }: SearchReport, locale: string): string {
  const plain = (value: number): string => formatPercent(value, locale).replace(/^\+/, '');
  const ratio = (value: number): string => formatFixed(value, 2, locale);
  const { deflated } = best.report;
  const sure =
    deflated === undefined
      ? `Whether the best of ${trials.count} is more than luck cannot be told.`
      : `That the best of ${trials.count} is more than the luck of so many tries is ${plain(deflated)} sure (deflated Sharpe ratio).`;
  const isConvincing = deflated !== undefined && deflated >= CONVINCING;
  const after = tested.equity.sharpe ?? 0;
  if (chosen === undefined || tested.trades === 0) return `⚠️ Nothing was traded after the choices. ${sure}`;
  if (tested.equity.total <= 0) return `⚠️ Overfitted: it lost on the bars that it was not chosen on. ${sure}`;
  if (chosen.sharpe > 0 && after < MUCH_LESS * chosen.sharpe) {
    if (isShort(tested))
      return `⚠️ Overfitted: of its Sharpe ratio where it was chosen, less than half was left behind it. ${sure}`;
    return `⚠️ Overfitted: of a Sharpe ratio of ${ratio(chosen.sharpe)} where it was chosen, ${ratio(after)} was left behind it. ${sure}`;
  }
  return isConvincing ? `It held up where it was not chosen. ${sure}` : `⚠️ Not convincing. ${sure}`;
}

/**
 * Sharpe ratios over the two parameters that matter most, each square the mean over all others. Of less than 30 days none is given: then as
 * parts of the best square.
 */
export function surfaceFigure(
  { chat, clock }: Pick<CommandContext, 'chat' | 'clock'>,
  strategy: StrategyText,
  { surface, best, tried }: SearchReport,
): HeatMapRequest {
  const { columns, rows, scores } = surface;
  const label = ({ name, parts }: SurfaceAxis): readonly string[] =>
    parts.map(([low, high]) => {
      const [from, to] = [low, high].map((value) => valueText(strategy, name, value));
      return from === to ? from! : `${from}–${to}`;
    });
  const known = scores.flat().filter(Number.isFinite);
  const highest = Math.max(0.01, ...known.map(Math.abs));
  const hasRatios = best.report.equity.cagr !== undefined;
  const unit = hasRatios ? 1 : highest;
  const most = highest / unit;
  const partOf = ({ name, parts }: SurfaceAxis): number => parts.findIndex(([, high]) => best.values[name]! <= high);
  const since = formatMinute(best.report.from, chat.timeZone, clock.now());
  const shown = rows === undefined ? 1 : 2;
  const others = Object.keys(best.values).length > shown ? 'the other parameters' : 'their sets';
  const empty = scores.flat().every(Number.isFinite) ? '' : ' · empty: no result';
  const axes = rows === undefined ? columns.name : `${columns.name} →, ${rows.name} ↓`;
  return {
    kind: 'heat-map',
    title: `${titleOf(strategy)}   ${hasRatios ? 'Sharpe' : 'Sharpe, highest = 1'}`,
    note: `${tried} sets since ${since}`,
    foot: `${axes} · means over ${others} · framed: the best${empty}`,
    labels: rows === undefined ? [''] : label(rows),
    columns: label(columns),
    values: scores.map((row) => row.map((score) => score / unit)),
    range: [-most, most],
    digits: 1,
    marked: [[rows === undefined ? 0 : partOf(rows), partOf(columns)]],
  };
}
