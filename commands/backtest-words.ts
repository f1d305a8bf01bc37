import type { LinesRequest } from '../charts/figures/request.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { costsOf } from '../engine/strategies/costs.ts';
import type { EquityStats } from '../engine/strategies/equity-stats.ts';
import type { BacktestReport } from '../engine/strategies/report.ts';
import type { CommandContext } from './command.ts';
import { formatFixed, formatLength, formatMinute, formatPercent } from './format.ts';
import type { TextSpan } from './message.ts';
import { shortNames } from './short-names.ts';
import { textTable } from './text-table.ts';

/** Fewer trades than these say little, whatever they made. */
const FEW_TRADES = 30;

export const titleOf = ({ name, instruments, interval }: StrategyText): string =>
  `${name === '' ? 'rules' : name} ${shortNames(instruments).join(' ')} ${formatInterval(interval)}`;

export function backtestWords(
  { chat, clock, market }: Pick<CommandContext, 'chat' | 'clock' | 'market'>,
  strategy: StrategyText,
  report: BacktestReport,
): readonly TextSpan[] {
  const { locale, timeZone } = chat;
  const percent = (value: number): string => formatPercent(value, locale);
  const plain = (value: number): string => percent(value).replace(/^\+/, '');
  const { equity, held, trades } = report;
  const since = formatMinute(report.from, timeZone, clock.now());
  return [
    { bold: `${titleOf(strategy)}: ${percent(equity.total)}` },
    ` · holding ${percent(held.total)} · since ${since}\n`,
    { pre: textTable(tableOf(equity, held, locale)) },
    `\n${tradeWords(report, percent, plain, locale)}`,
    trades.count === 0
      ? ''
      : `\nIn the market ${plain(report.exposure)} of the time, ${formatFixed(report.turnover, 1, locale)} times the equity traded, fees ${plain(trades.fees)}.`,
    chanceWords(report, percent, plain),
    `\n${fillWords(strategy, plain)}${fundingWords(market, strategy, report, percent)}`,
  ];
}

function tableOf(equity: EquityStats, held: EquityStats, locale: string): readonly (readonly string[])[] {
  const percent = (value: number | undefined): string =>
    value === undefined ? '–' : formatPercent(value, locale).replace(/\s/, '');
  const ratio = (value: number | undefined): string => (value === undefined ? '–' : formatFixed(value, 2, locale));
  const rows: readonly (readonly [string, (of: EquityStats) => string])[] = [
    ['return', (of) => percent(of.total)],
    ['a year', (of) => percent(of.cagr)],
    // Of less than 30 days they are no ratios of a year.
    ['Sharpe', (of) => ratio(of.cagr === undefined ? undefined : of.sharpe)],
    ['Sortino', (of) => ratio(of.cagr === undefined ? undefined : of.sortino)],
    ['Calmar', (of) => ratio(of.calmar)],
    ['fall', (of) => percent(-of.maxDrawdown)],
  ];
  return [['', 'strategy', 'holding'], ...rows.map(([name, say]) => [name, say(equity), say(held)])];
}

type Say = (value: number) => string;

function tradeWords(
  { trades, signals, skipped, unfunded }: BacktestReport,
  percent: Say,
  plain: Say,
  locale: string,
): string {
  const { count, winRate, profitFactor, meanGain, best, worst, meanLength, whys } = trades;
  if (count === 0) return signals === 0 ? 'It never entered.' : 'It gave signals, and none of them was filled.';
  const factor = profitFactor === undefined ? 'nothing lost' : `profit factor ${formatFixed(profitFactor, 2, locale)}`;
  const ends = Object.entries(whys)
    .map(([why, times]) => `${times} ${END_WORDS[why] ?? why}`)
    .join(', ');
  const left = [
    skipped > 0 ? `${skipped} without a possible stop or target` : '',
    unfunded > 0 ? `${unfunded} without capital` : '',
  ].filter((part) => part !== '');
  return (
    `${count === 1 ? '1 trade' : `${count} trades`}, ${plain(winRate ?? 0)} won, ${factor}; ` +
    `${percent(meanGain ?? 0)} on average, from ${percent(worst ?? 0)} to ${percent(best ?? 0)}, held ${formatLength(meanLength ?? 0)}. ` +
    `Ended: ${ends}.${left.length > 0 ? ` Left out: ${left.join(', ')}.` : ''}`
  );
}

const END_WORDS: Readonly<Record<string, string>> = {
  stop: 'at the stop',
  target: 'at the target',
  exit: 'by the exit',
  expired: 'when their time was over',
  end: 'still open',
};

function chanceWords({ band, deflated, trades }: BacktestReport, percent: Say, plain: Say): string {
  const few =
    trades.count > 0 && trades.count < FEW_TRADES ? `\n⚠️ ${trades.count} trades are few: this may well be chance.` : '';
  if (band === undefined) return few;
  const sure = deflated === undefined ? '' : ` That its Sharpe ratio is above 0 is ${plain(deflated)} sure.`;
  return (
    `${few}\nThe same trades drawn anew ${band.runs} times: nine times in ten between ${percent(band.low)} and ${percent(band.high)}, ` +
    `a loss in ${plain(band.losing)} of them, and a fall of ${plain(band.drawdown)} at worst in 19 of 20.${sure}`
  );
}

function fillWords(strategy: StrategyText, plain: Say): string {
  const { size, fee, slippage } = costsOf(strategy);
  return (
    `Filled at the open of the next bar; where a bar touches stop and target, the stop counts. ` +
    `Size ${plain(size)}, fee ${formatCost(fee)}, slippage ${formatCost(slippage)}.`
  );
}

/** What perpetuals paid or were paid; nothing where there are none. */
function fundingWords(
  { symbols }: CommandContext['market'],
  { instruments }: StrategyText,
  { funding }: BacktestReport,
  percent: Say,
): string {
  if (funding === undefined) {
    const isPerpetual = instruments.some((each) => symbols.get(each)?.kind === 'perpetual');
    return isPerpetual ? ' Funding: no rates are stored for this time, so none is counted.' : '';
  }
  const times = funding.times === 1 ? 'once' : `${funding.times} times`;
  return ` Funding: ${percent(funding.received)}, ${times}.`;
}

/** Costs are small: two digits behind the point. */
const formatCost = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

/** The equity, what holding made, and how far the equity was below its high. */
export function equityLines(
  { chat, clock }: Pick<CommandContext, 'chat' | 'clock'>,
  strategy: StrategyText,
  report: BacktestReport,
): LinesRequest {
  const { line, equity, held, trades, walked } = report;
  const step = line.times.length < 2 ? walked : (line.times.at(-1)! - line.times[0]!) / (line.times.length - 1);
  return {
    kind: 'lines',
    title: titleOf(strategy),
    note: trades.count === 1 ? '1 trade' : `${trades.count} trades`,
    foot: `backtest since ${formatMinute(report.from, chat.timeZone, clock.now())}`,
    lines: [
      { name: 'strategy', note: formatPercent(equity.total, 'en'), values: line.equity.map((value) => value - 1) },
      { name: 'holding', note: formatPercent(held.total, 'en'), values: line.held.map((value) => value - 1) },
      {
        name: 'worst fall',
        note: formatPercent(-equity.maxDrawdown, 'en'),
        values: line.drawdown.map((value) => 0 - value),
      },
    ],
    times: line.times,
    interval: step,
    timeZone: chat.timeZone,
    unit: 'percent',
    levels: [0],
  };
}
