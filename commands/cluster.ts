import type { DendrogramRequest } from '../charts/figures/request.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { type ClusterReport, FEATURES, type Feature } from '../engine/quant/cluster-report.ts';
import { STRUCTURED } from '../engine/quant/group-measures.ts';
import type { CommandContext } from './command.ts';
import { barsArg, deskArguments, intervalArg, SYMBOLS_ARG } from './desk-arguments.ts';
import { deskCommand } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { byName, spanOf } from './desk-report.ts';
import { formatFixed } from './format.ts';
import { manyCloses, namedOrWatched, spanWords, withoutWords } from './many-closes.ts';
import type { TextSpan } from './message.ts';
import { shortNames } from './short-names.ts';

const LIMITS = { usual: 200, least: 30, most: 2_000 };
/** As many as a phone shows in one picture. */
const MOST_SYMBOLS = 24;
/** What is told of a group's features: those so many deviations off. */
const NOTABLE = 0.7;
const MOST_FEATURES = 2;
/** Chance of an agreement as good, below which it is believed. */
const SIGNIFICANT = 0.05;
const ALIKE = 0.9;

/** A feature that is low, and that is high, as one says it. */
const SAID: Readonly<Record<Feature, readonly [low: string, high: string]>> = {
  volatility: ['calm', 'volatile'],
  drift: ['falling', 'rising'],
  skew: ['sudden falls', 'sudden rises'],
  tails: ['thin tails', 'fat tails'],
  memory: ['turning back', 'going on'],
  market: ['apart from the rest', 'with the rest'],
};

export const cluster = deskCommand(
  {
    name: 'cluster',
    summary: 'Which symbols behave alike',
    usage: '/cluster [SYMBOLS] [INTERVAL] [BARS]',
    examples: ['/cluster', '/cluster btc eth sol aapl 1h 200'],
    details:
      'Groups in two ways: by which returns move together, as a tree, and by what the returns are like (volatility, drift, skew, tails, memory, market). Says how far the two agree.',
    args: [SYMBOLS_ARG, intervalArg('1h'), barsArg(200)],
  },
  async (context, text) => {
    const { instruments: named, interval, bars } = deskArguments(context, text, LIMITS);
    const asked = namedOrWatched(context, named, { least: 3, most: MOST_SYMBOLS, example: '/cluster btc eth sol 1h' });
    // Returns are one fewer than closes.
    const many = await manyCloses(context.market, asked, interval, bars + 1);
    const report = await context.desk.analyse('clusters', { closes: many.closes });
    const names = shortNames(many.instruments, context.market.symbols);
    const figure = dendrogram(report, { names, interval, span: spanWords(context, many.starts, interval) });
    const picture = await deskPicture(context, figure, `Tree of the correlations of ${names.join(', ')}`);
    return {
      text: [...words(context, report, { names, interval }), withoutWords(context.market, many)].filter(
        (span) => span !== '',
      ),
      ...(picture && { picture }),
      report: {
        symbols: many.instruments,
        interval,
        values: { ...spanOf(many.starts, interval), ...valuesOf(many.instruments, report) },
      },
    };
  },
);

/** The report with instruments for their places. Those of the tree are of the leaves, then of the joins one after another. */
function valuesOf(instruments: readonly string[], report: ClusterReport): object {
  const nameOf = (place: number) => instruments[place];
  return {
    ...report,
    order: report.order.map(nameOf),
    group: byName(instruments, report.group),
    features: report.features.map(({ members, center }) => ({
      members: members.map(nameOf),
      center: byName(FEATURES, center),
    })),
  };
}

/** Groups by features are letters, those by correlation colours. */
const letter = (group: number): string => String.fromCharCode(65 + group);

interface Names {
  readonly names: readonly string[];
  readonly interval: number;
}

function words({ chat }: CommandContext, report: ClusterReport, { names, interval }: Names): readonly TextSpan[] {
  const number = (value: number) => formatFixed(value, 2, chat.locale);
  const { group, within, order, features, silhouette, bars } = report;
  const list = (members: readonly number[]) => members.map((at) => names[at]).join(', ');
  const spans: TextSpan[] = [
    { bold: 'Clusters' },
    ` ${formatInterval(interval)} · ${bars} returns · ${names.length} symbols: `,
    { bold: `${within.length} groups` },
    ` (silhouette ${number(silhouette)})`,
    '\nBy correlation: ',
  ];
  const groups = within.map((_, k) => order.filter((leaf) => group[leaf] === k));
  const bySize = [...groups.keys()].sort((a, b) => groups[b].length - groups[a].length || a - b);
  bySize.forEach((k, i) => {
    const size = groups[k].length > 1 ? ` (${number(within[k])})` : ' alone';
    spans.push(i === 0 ? '' : ' · ', { bold: list(groups[k]) }, size);
  });
  spans.push('\nBy features: ');
  features.forEach(({ members, center }, k) => {
    spans.push(`${k === 0 ? '' : ' · '}${letter(k)} `, { bold: list(members) }, ` (${character(center)})`);
  });
  spans.push(`\n${agreementWords(report, number)}`);
  if (silhouette < STRUCTURED)
    spans.push(` The groups are hardly apart: a silhouette below ${number(STRUCTURED)} is no structure.`);
  return spans.filter((span) => span !== '');
}

/** What sets a group apart: `volatile, falling`. */
function character(center: readonly number[]): string {
  const said = FEATURES.map((feature, i) => ({ feature, value: center[i] }))
    .filter(({ value }) => Math.abs(value) >= NOTABLE)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, MOST_FEATURES)
    .map(({ feature, value }) => SAID[feature][value > 0 ? 1 : 0]);
  return said.length > 0 ? said.join(', ') : 'in the middle';
}

function agreementWords({ agreement, agreementP }: ClusterReport, number: (value: number) => string): string {
  const p = agreementP < 0.01 ? 'p ≤ 0.01' : `p ${number(agreementP)}`;
  const index = `adjusted Rand index ${number(agreement)}, ${p}`;
  if (agreementP >= SIGNIFICANT && agreement >= ALIKE)
    return `The two agree (${index}), but with so few symbols they often would by chance.`;
  if (agreementP >= SIGNIFICANT) return `The two agree no more than chance gives (${index}).`;
  return agreement >= ALIKE ? `The two agree (${index}).` : `The two agree in part (${index}).`;
}

/** The correlation that a distance is of. */
const correlationAt = (height: number): number => 1 - 2 * height * height;

function dendrogram(
  report: ClusterReport,
  { names, interval, span }: Names & { readonly span: string },
): DendrogramRequest {
  const { order, joins, group, features, bars } = report;
  const rows = new Map(order.map((leaf, row) => [leaf, row]));
  const rowOf = (knot: number) => rows.get(knot) ?? knot;
  const side = (leaf: number) => letter(features.findIndex(({ members }) => members.includes(leaf)));
  const last = Math.min(...joins.map(({ height }) => correlationAt(height)));
  return {
    kind: 'dendrogram',
    title: `Clusters   ${formatInterval(interval)}`,
    note: `${bars} returns`,
    foot: `joined at that correlation · letters: by features · ${span}`,
    leaves: order.map((leaf) => ({ label: names[leaf], group: group[leaf], side: side(leaf) })),
    joins: joins.map(({ left, right, height }) => ({
      left: rowOf(left),
      right: rowOf(right),
      at: correlationAt(height),
    })),
    axis: [1, Math.max(-1, Math.floor(last * 5) / 5)],
    digits: 1,
  };
}
