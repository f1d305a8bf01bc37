import { UserError } from '../engine/errors.ts';
import { factKey } from '../engine/market/facts.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { DAY } from '../engine/market/interval.ts';
import { type FundingReport, fundingReport } from '../engine/quant/funding.ts';
import type { CommandContext } from './command.ts';
import { type DeskCommand, timeOf } from './desk-report.ts';
import { formatFixed, formatLength, formatPercent, formatShort } from './format.ts';
import type { TextSpan } from './message.ts';
import { requireInstrument } from './symbol-argument.ts';
import { textTable } from './text-table.ts';

const MOST_ROWS = 12;
/** Rates are ranked among so much of the past, where so much is kept, in ms. */
const PAST_MS = 30 * DAY;
/** Share of the time at which a rate counts as extreme. */
const EXTREME = 0.95;
const BPS = 10_000;

export const funding: DeskCommand = {
  name: 'funding',
  summary: 'Funding, open interest and basis of perpetuals',
  permission: 'members',
  usage: '/funding [SYMBOL]',
  examples: ['/funding btc', '/funding'],
  details:
    'Of one coin at every venue that has its perpetual, or of all that are watched, the highest rate first. Positive: longs pay shorts.',
  args: [{ name: 'symbol', kind: 'symbol', description: 'A symbol, e.g. btc', required: false }],
  slow: false,
  private: false,
  async run(context, text) {
    const symbol = text.trim();
    const found = symbol === '' ? watchedPerpetuals(context) : perpetualsOf(context, symbol);
    for (const { instrument } of found) context.market.watch(instrument);
    const reports = await Promise.all(found.map((info) => reportOf(context, info)));
    const told = reports.flatMap((each) =>
      each.report === undefined ? [] : [{ info: each.info, report: each.report }],
    );
    const silent = reports.filter(({ report }) => report === undefined).map(({ info }) => info.instrument);
    if (told.length === 0)
      throw new UserError('no-funding', `No funding rate of ${silent.join(', ')} was told yet.`, {
        hint: 'It is asked for now: try again in a minute.',
      });
    const title = symbol === '' ? 'Funding' : `Funding ${found[0].base}`;
    const ranked = told.toSorted(byRate);
    return {
      text: words(context, { title, isOneCoin: symbol !== '' }, ranked, silent),
      report: {
        symbols: ranked.map(({ info }) => info.instrument),
        interval: undefined,
        values: { markets: new Map(ranked.map(valuesOf)) },
      },
    };
  },
};

interface Told {
  readonly info: InstrumentInfo;
  readonly report: FundingReport;
}

const byRate = (a: Told, b: Told): number => b.report.perYear - a.report.perYear;

const valuesOf = ({ info, report }: Told) => [info.instrument, { ...report, dueAt: timeOf(report.dueAt) }] as const;

function watchedPerpetuals({ market }: CommandContext): readonly InstrumentInfo[] {
  const found = market.watched().flatMap((instrument) => {
    const info = market.symbols.get(instrument);
    return info?.kind === 'perpetual' ? [info] : [];
  });
  if (found.length > 0) return found.slice(0, MOST_ROWS);
  throw new UserError('no-perpetual', 'No perpetual is watched.', { hint: 'For example /funding btc' });
}

/** Perpetuals of the coin at all venues, whatever of it was named. */
function perpetualsOf(context: CommandContext, symbol: string): readonly InstrumentInfo[] {
  const { base } = requireInstrument(context, symbol);
  const found = context.market.symbols.all().filter((info) => {
    return info.kind === 'perpetual' && info.base === base && info.active;
  });
  if (found.length > 0) return found.slice(0, MOST_ROWS);
  const venues = context.market.feeds().map(({ name }) => name);
  throw new UserError('no-perpetual', `There is no perpetual of ${base} at ${venues.join(', ')}.`, {
    hint: 'Venues with perpetuals are for example binance-usdm, bybit and okx.',
  });
}

async function reportOf({ market, clock }: CommandContext, info: InstrumentInfo) {
  const key = (name: string) => factKey(name, info.instrument);
  const names = ['funding', 'next_funding', 'mark', 'index', 'oi'].map(key);
  const now = clock.now();
  const known = await market.facts(names, now - PAST_MS);
  const [rate, nextFunding, mark, index, openInterest] = names.map(known);
  return { info, report: fundingReport({ funding: rate, nextFunding, mark, index, openInterest }, now) };
}

function words(
  { chat, clock }: CommandContext,
  { title, isOneCoin }: { readonly title: string; readonly isOneCoin: boolean },
  told: readonly Told[],
  silent: readonly string[],
): readonly TextSpan[] {
  const { locale } = chat;
  // The title names the coin that was asked for, and nothing else does.
  const nameOf = ({ info }: Told) => (isOneCoin ? `${info.venue} ${info.quote}` : info.instrument);
  const optional = (value: number | undefined, text: (value: number) => string) =>
    value === undefined ? '–' : text(value);
  const rows = told.map((each) => [
    nameOf(each),
    formatPercent(each.report.rate, locale, 4).replace(/\s/, ''),
    formatPercent(each.report.perYear, locale).replace(/\s/, ''),
    optional(each.report.basis, (basis) => formatFixed(basis * BPS, 1, locale)),
    optional(each.report.openInterestQuote, (amount) => formatShort(amount, locale)),
  ]);
  return [
    { bold: title },
    ' · rate a payment and a year, basis (mark over index) in basis points, open interest\n',
    { pre: textTable([['', 'rate', 'year', 'basis', 'OI'], ...rows]) },
    `\n${told
      .slice(0, 3)
      .map((each) => rhythm(each, nameOf(each), clock.now()))
      .join('; ')}.`,
    `\n${extremes(told, nameOf, locale)}`,
    ...changes(told, nameOf, locale),
    ...(silent.length > 0 ? [`\nNot told yet: ${silent.join(', ')}.`] : []),
  ];
}

/** When it is paid; that eight hours are but the usual has to be said. */
function rhythm({ report: { every, isEverySeen, dueAt } }: Told, name: string, now: number): string {
  const due = dueAt === undefined ? '' : `, next in ${formatLength(dueAt - now)}`;
  return `${name} every ${formatLength(every)}${isEverySeen ? '' : ' (the usual; not seen yet)'}${due}`;
}

function extremes(told: readonly Told[], nameOf: (each: Told) => string, locale: string): string {
  const percent = (share: number) => formatPercent(share, locale, 0).replace('+', '');
  const ranked = told.filter(({ report }) => report.rank !== undefined);
  if (ranked.length === 0) return 'Whether that is extreme cannot be said: less than a day of it is known.';
  const found = ranked.flatMap((each) => {
    const { below, above, ms } = each.report.rank!;
    if (Math.max(below, above) < EXTREME) return [];
    const how = below >= EXTREME ? `higher than in ${percent(below)}` : `lower than in ${percent(above)}`;
    return [`${nameOf(each)} is ${how} of the last ${formatLength(ms)}`];
  });
  if (found.length > 0) return `Extreme: ${found.join('; ')}.`;
  const ms = Math.max(...ranked.map(({ report }) => report.rank!.ms));
  return `None is extreme against the last ${formatLength(ms)}.`;
}

function changes(told: readonly Told[], nameOf: (each: Told) => string, locale: string): readonly string[] {
  const known = told.flatMap((each) => {
    const change = each.report.openInterestChange;
    return change === undefined ? [] : [`${nameOf(each)} ${formatPercent(change, locale)}`];
  });
  return known.length === 0 ? [] : [`\nOpen interest in a day: ${known.slice(0, 4).join(', ')}.`];
}
