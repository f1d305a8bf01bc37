import { formatInterval } from '../engine/market/interval.ts';
import type { FlowReport } from '../engine/quant/flow-report.ts';
import { LARGE, LEAST_FOR_SIZES, type TradeSizes } from '../engine/quant/trade-sizes.ts';
import type { CommandContext } from './command.ts';
import { MOST_TRADES } from './flow-trades.ts';
import { formatFixed, formatMinute, formatPercent, formatPrice, formatShort } from './format.ts';
import type { TextSpan } from './message.ts';
import { namesOf } from './ratio.ts';
import { textTable } from './text-table.ts';

/** Chance at which a leaning is believed. */
const SIGNIFICANT = 0.05;
/** Share of the volume below which kept trades have a hole that is worth a word. */
const WHOLE = 0.97;

/** What an answer is of. */
export interface FlowTold {
  readonly instrument: string;
  /** In ms. */
  readonly interval: number;
  readonly report: FlowReport;
  /** Starts of the bars, in ms. */
  readonly starts: Float64Array;
  /** Where no trades of that time are kept, when the first that is kept happened after it, in ms. */
  readonly keptLater: number | undefined;
}

/** A price that moved less, as a share, went nowhere. */
const LEAST_MOVE = 0.001;

interface Formats {
  readonly price: (value: number) => string;
  /** Of an amount in base units. */
  readonly amount: (value: number) => string;
  readonly share: (value: number, digits?: number) => string;
  readonly time: (ts: number) => string;
  readonly p: (value: number) => string;
  readonly count: (value: number) => string;
}

export function flowWords({ market, chat, clock }: CommandContext, told: FlowTold): readonly TextSpan[] {
  const { instrument, interval, report } = told;
  const { locale } = chat;
  const info = market.symbols.get(instrument);
  const { symbol, venue } = namesOf(instrument);
  const formats: Formats = {
    price: (value) => formatPrice(value, info?.tick, locale),
    amount: (value) => `${formatShort(value, locale)}${info === undefined ? '' : ` ${info.base}`}`,
    share: (value, digits = 0) => formatPercent(value, locale, digits).replace('+', ''),
    time: (ts) => formatMinute(ts, chat.timeZone, clock.now()),
    p: (value) => (value < 0.001 ? 'p < 0.001' : `p ${formatFixed(value, value < 0.1 ? 3 : 2, locale)}`),
    count: (value) => value.toLocaleString(locale),
  };
  return [
    { bold: symbol },
    ` ${formatInterval(interval)} · ${report.bars} bars · ${venue} · ${formatPercent(report.change, locale)}\n`,
    ...deltaWords(report, formats),
    ...profileWords(report, formats),
    ...(report.sizes === undefined ? [] : sizeWords(report.sizes, formats)),
    `\n${[chanceSentence(report, formats), placeSentence(report), ...keptSentences(told, formats)].filter(Boolean).join(' ')}`,
  ];
}

function deltaWords({ delta, bars }: FlowReport, { amount, share, time }: Formats): readonly TextSpan[] {
  if (delta === undefined) return ['Takers’ sides are not known of these bars: there is no delta.'];
  const { bought, sold, knownBars, since } = delta;
  const net = bought - sold;
  const part = knownBars === bars ? '' : ` · of the ${knownBars} bars whose sides are known, since ${time(since)}`;
  return [
    `takers bought ${amount(bought)} (${share(bought / (bought + sold), 1)}), sold ${amount(sold)} · delta `,
    { bold: `${net > 0 ? '+' : ''}${amount(net)}` },
    part,
  ];
}

function profileWords({ profile }: FlowReport, { price, share }: Formats): readonly TextSpan[] {
  if (profile === undefined) return ['\nNothing was traded: there is no profile.'];
  const { first, step, control, low, high } = profile;
  const at = (row: number) => price(first + row * step);
  return [
    '\npoint of control ',
    { bold: at(control) },
    ` · value area ${at(low)} to ${at(high)} (${share(profile.share)} of the volume)`,
  ];
}

function sizeWords(sizes: TradeSizes, { amount, share, price, time, count }: Formats): readonly TextSpan[] {
  const { classes, largest, volume } = sizes;
  const names = ['smallest half', 'up to 90 %', 'up to 99 %', 'large'];
  const rows = classes.map(({ above, volume: part, bought, sold }, i) => [
    names[i],
    i === 0 ? '' : `>${amount(above).split(' ')[0]}`,
    part > 0 ? share(part / volume).replace(/\s/, '') : '–',
    bought + sold > 0 ? share(bought / (bought + sold)).replace(/\s/, '') : '–',
  ]);
  const large = classes[classes.length - 1];
  const side = Number.isNaN(largest.bought) ? '' : largest.bought > 0 ? ' bought' : ' sold';
  const what =
    large.count === 0
      ? `None of ${count(sizes.count)} trades is larger than ${share(LARGE)} of them.`
      : `Large, larger than ${share(LARGE)} of ${count(sizes.count)} trades: above ${amount(large.above)}, ${count(large.count)} of them; the largest ${amount(largest.size)}${side} at ${price(largest.price)}, ${time(largest.ts)}.`;
  return ['\n', { pre: textTable([['trades', 'size', 'volume', 'bought'], ...rows]) }, `\n${what}`];
}

/** Whether takers leaned to a side, and whether the price went with them. */
function chanceSentence({ delta, change, sizes }: FlowReport, { p }: Formats): string {
  if (delta === undefined) return '';
  if (delta.pValue === undefined) return 'Too few bars to tell the delta from chance.';
  if (delta.pValue >= SIGNIFICANT) return `The delta cannot be told from chance (${p(delta.pValue)}).`;
  const net = delta.bought - delta.sold;
  const isAgainst = net * change < 0 && Math.abs(change) >= LEAST_MOVE;
  const way = change > 0 ? 'rose' : 'fell';
  const lean = sizes?.leanPValue;
  const large = lean !== undefined && lean >= SIGNIFICANT ? '; large trades lean to neither side' : '';
  return `Takers ${net > 0 ? 'bought' : 'sold'} more than chance explains (${p(delta.pValue)})${isAgainst ? `, and yet the price ${way}` : ''}${large}.`;
}

function placeSentence({ profile, place }: FlowReport): string {
  if (profile === undefined) return '';
  return place === 'within' ? 'The price is within the value area.' : `The price is ${place} the value area.`;
}

/** Over which time trades are kept, and what is missing from them. */
function keptSentences({ report, keptLater }: FlowTold, formats: Formats): readonly string[] {
  const { kept, profileOf, sizes } = report;
  const { time, share, count } = formats;
  const later = keptLater === undefined ? 'from now on' : `since ${time(keptLater)}`;
  if (kept === undefined)
    return [
      `No trades of that time are kept, so the profile is of bars and says nothing of sizes; they are kept ${later}.`,
    ];
  const isCut = kept.count >= MOST_TRADES;
  const which = isCut
    ? `Sizes and profile are of the newest ${count(kept.count)} trades, since ${time(kept.since)}`
    : `Trades are kept since ${time(kept.since)} only: sizes and profile are of that time`;
  const since = `${which}${ofAllWords(kept.ofAll, formats)}.`;
  return [
    ...(kept.isAll || profileOf === 'bars' ? [] : [since]),
    ...(profileOf === 'bars' ? [`With ${kept.count} trades the profile is of bars.`] : []),
    ...(sizes === undefined
      ? [`Of sizes nothing is said: that needs ${LEAST_FOR_SIZES} trades, ${kept.count} are kept.`]
      : []),
    ...(kept.share !== undefined && kept.share < WHOLE
      ? [`${share(1 - kept.share)} of the volume since then is missing from them.`]
      : []),
  ];
}

/** How much of the bars' volume the kept trades have. */
function ofAllWords(ofAll: number | undefined, { share }: Formats): string {
  if (ofAll === undefined) return '';
  if (ofAll < 0.001) return `, which has less than ${share(0.001, 1)} of the volume`;
  return `, which has ${share(ofAll, ofAll < 0.1 ? 1 : 0)} of the volume`;
}
