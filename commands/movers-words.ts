import { formatInterval } from '../engine/market/interval.ts';
import { MOVER_WINDOWS, type Mover, type MoversReport } from '../engine/quant/movers-report.ts';
import type { CommandContext } from './command.ts';
import { formatFixed, formatMinute, formatPercent } from './format.ts';
import { leftOut } from './many-closes.ts';
import type { TextSpan } from './message.ts';
import { textTable } from './text-table.ts';

/** Rows from the top and from the bottom. */
const MOST_ROWS = 5;
const MOST_SURGES = 3;
/** A volume so many times the usual is a surge, a move of so many deviations unusual. */
const SURGE = 2;
const UNUSUAL = 3;

export interface MoversAnswer {
  readonly report: MoversReport;
  /** The markets that the report is of. */
  readonly instruments: readonly string[];
  /** Of the markets that the report is of. */
  readonly names: readonly string[];
  /** Those that could not be asked for. */
  readonly failed: readonly string[];
  /** How many more are watched than are looked at. */
  readonly unasked: number;
  /** In ms. */
  readonly length: number;
  /** End of the stretch, in ms. */
  readonly to: number;
  /** What values are in. */
  readonly currency: string;
}

export function moversWords({ chat, clock }: CommandContext, answer: MoversAnswer): readonly TextSpan[] {
  const { report, names, failed, unasked, length, to } = answer;
  const { movers } = report;
  const { locale } = chat;
  const named = ({ market, change }: Mover) => `${names[market]} ${formatPercent(change, locale)}`;
  const up = movers.filter(({ change }) => change > 0).length;
  const last = movers[movers.length - 1];
  const list = (places: readonly number[]) => places.map((at) => names[at]);
  const unsized = movers.filter(({ value }) => value === undefined).map(({ market }) => market);
  return [
    { bold: named(movers[0]) },
    ...(movers.length > 1 ? [' leads, ', { bold: named(last) }, ' trails'] : [' is all there is']),
    ` · ${formatInterval(length)} to ${formatMinute(to, chat.timeZone, clock.now())}`,
    ` · ${up} of ${movers.length} up, the middle ${formatPercent(report.middle, locale)}\n`,
    { pre: table(movers, names, locale) },
    `\n${surgeSentence(movers, names, answer.length, locale)} ${unusualSentence(movers, names, locale)}`,
    leftOut(list(report.silent), 'no trade in that time'),
    leftOut(list(report.young), 'no price from before'),
    leftOut(failed, 'their venue does not answer'),
    unasked > 0 ? `\n${unasked} more are watched; these are the first ${names.length + failed.length}.` : '',
    unsized.length > 0 ? `\nNot on the map: ${list(unsized).join(', ')} (no volume in dollars is known).` : '',
  ].filter((span) => span !== '');
}

function table(movers: readonly Mover[], names: readonly string[], locale: string): string {
  const row = ({ market, change, deviations, surge }: Mover) => [
    names[market],
    formatPercent(change, locale, 2).replace(/\s/, ''),
    deviations === undefined ? '–' : signed(deviations, locale),
    surge === undefined ? '–' : `×${formatFixed(surge, 1, locale)}`,
  ];
  const isCut = movers.length > 2 * MOST_ROWS + 1;
  const top = (isCut ? movers.slice(0, MOST_ROWS) : movers).map(row);
  const bottom = isCut ? [['…', '', '', ''], ...movers.slice(-MOST_ROWS).map(row)] : [];
  return textTable([['', 'change', 'σ', 'volume'], ...top, ...bottom]);
}

/** `+1.9`, and no sign before a nought. */
function signed(value: number, locale: string): string {
  const text = formatFixed(Math.abs(value), 1, locale);
  return /[1-9]/.test(text) ? `${value < 0 ? '−' : '+'}${text}` : text;
}

function surgeSentence(movers: readonly Mover[], names: readonly string[], length: number, locale: string): string {
  const known = movers.filter((mover): mover is Mover & { surge: number } => mover.surge !== undefined);
  if (known.length === 0) return 'Too little is known to say which volume is usual.';
  const surges = known.filter(({ surge }) => surge >= SURGE).sort((a, b) => b.surge - a.surge);
  if (surges.length === 0) return 'No volume is twice the usual.';
  const told = surges.slice(0, MOST_SURGES).map(({ market, surge, isMost }) => {
    const most = isMost ? `, more than in any of the ${MOVER_WINDOWS} before` : '';
    return `${names[market]} ${formatFixed(surge, 1, locale)} times its usual ${formatInterval(length)}${most}`;
  });
  const more = surges.length > MOST_SURGES ? `; ${surges.length - MOST_SURGES} more at least twice` : '';
  return `Volume surges: ${told.join('; ')}${more}.`;
}

function unusualSentence(movers: readonly Mover[], names: readonly string[], locale: string): string {
  const known = movers.filter((mover): mover is Mover & { deviations: number } => mover.deviations !== undefined);
  if (known.length === 0) return 'Too little is known to say which move is unusual.';
  const far = known
    .filter(({ deviations }) => Math.abs(deviations) >= UNUSUAL)
    .sort((a, b) => Math.abs(b.deviations) - Math.abs(a.deviations));
  if (far.length === 0) return `No move is unusual: none reaches ${UNUSUAL} of its usual deviations (σ).`;
  const told = far.slice(0, MOST_SURGES).map(({ market, deviations }) => {
    return `${names[market]} (${signed(deviations, locale)}σ)`;
  });
  const more = far.length > MOST_SURGES ? ` and ${far.length - MOST_SURGES} more` : '';
  return `Unusual moves: ${told.join(', ')}${more}.`;
}
