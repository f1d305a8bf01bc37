import { UserError } from '../engine/errors.ts';
import { formatInterval } from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import { ANOMALY_LEVEL, LEAST_ACTIVE } from '../engine/quant/anomaly-meter.ts';
import { type AnomalyFound, anomalyOf, anomalyPicture } from './anomaly-found.ts';
import { reasonOf, scoreText } from './anomaly-words.ts';
import type { CommandContext } from './command.ts';
import { type DeskAnswer, timeOf } from './desk-report.ts';
import { offerButton } from './error-message.ts';
import { formatClock } from './format.ts';
import { leftOut } from './many-closes.ts';
import type { TextSpan } from './message.ts';
import { shortNames } from './short-names.ts';

const MOST_MARKETS = 50;
const MOST_ROWS = 5;
const MOST_BUTTONS = 3;

interface ScanParts {
  readonly interval: number;
  /** Newest bars of each market that are looked at. */
  readonly judged: number;
}

/**
 * The worst few of all markets that are watched, by their worst bar among the newest.
 * @throws UserError where none is watched or can be judged, TransportError where none can be asked
 */
export async function scanMessage(context: CommandContext, { interval, judged }: ScanParts): Promise<DeskAnswer> {
  const watched = context.market.watched().filter(isMarket);
  const asked = watched.slice(0, MOST_MARKETS);
  if (asked.length === 0)
    throw new UserError('anomaly-none', 'No market is watched yet.', { hint: 'For example /anomaly btc' });
  const settled = await Promise.allSettled(
    asked.map((instrument) => anomalyOf(context, { instrument, interval, judged, withBook: false })),
  );
  const found = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (found.length === 0) throw (settled[0] as PromiseRejectedResult).reason;
  const heard = found.filter(({ report }) => report.active >= LEAST_ACTIVE);
  const ranked = heard.sort((a, b) => b.report.worst.score - a.report.worst.score);
  const names = new Map(shortNames(asked, context.market.symbols).map((name, i) => [asked[i], name]));
  const nameOf = (instrument: string): string => names.get(instrument)!;
  const lacking = asked.filter((_, i) => settled[i].status === 'rejected').map(nameOf);
  const quiet = found.filter((each) => !heard.includes(each)).map(({ instrument }) => nameOf(instrument));
  const unusual = ranked.filter(({ report }) => report.worst.score > ANOMALY_LEVEL);
  const shown = unusual.length > 0 ? unusual.slice(0, MOST_ROWS) : ranked.slice(0, 1);
  const picture = shown.length > 0 ? await anomalyPicture(context, shown[0]) : undefined;
  const buttons = await Promise.all(
    shown
      .slice(0, MOST_BUTTONS)
      .map(({ instrument }) =>
        offerButton(context, nameOf(instrument), 'anomaly', `${instrument} ${formatInterval(interval)}`),
      ),
  );
  const rows = unusual.length > 0 ? shown.flatMap((each) => row(context, each, nameOf)) : most(context, shown, nameOf);
  const more = unusual.length > MOST_ROWS ? `\n${unusual.length - MOST_ROWS} more are.` : '';
  const beyond = watched.length > MOST_MARKETS ? `\nLooked at the first ${MOST_MARKETS} of ${watched.length}.` : '';
  const without = leftOut(lacking, 'too few bars, or not to be had now') + leftOut(quiet, 'hardly traded');
  return {
    text: [
      { bold: 'Anomalies' },
      ` ${formatInterval(interval)} · ${counted(heard.length, 'market')} · last ${counted(judged, 'bar')}: `,
      { bold: unusual.length > 0 ? `${unusual.length} unusual` : 'nothing unusual' },
      ...rows,
      ...[more, beyond, without].filter((line) => line !== ''),
    ],
    ...(picture && { picture }),
    ...(buttons.length > 0 && { buttons: [buttons] }),
    report: { symbols: ranked.map(({ instrument }) => instrument), interval, values: valuesOf(ranked) },
  };
}

/** The worst bar of each, the worst first. */
function valuesOf(ranked: readonly AnomalyFound[]): object {
  const worst = ranked.map(({ instrument, report }) => {
    const { start, ...of } = report.worst;
    return [instrument, { at: timeOf(start), ...of }] as const;
  });
  return { worst: new Map(worst) };
}

type NameOf = (instrument: string) => string;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function row({ chat, clock }: CommandContext, { instrument, report }: AnomalyFound, nameOf: NameOf): TextSpan[] {
  const { worst } = report;
  const time = formatClock(worst.start, chat.timeZone, clock.now());
  return [
    '\n',
    { bold: nameOf(instrument) },
    ` ${scoreText(worst.score, chat.locale)} · ${time} · ${reasonOf(worst, chat.locale)}`,
  ];
}

/** Where nothing is unusual: what comes nearest. */
function most(context: CommandContext, shown: readonly AnomalyFound[], nameOf: NameOf): TextSpan[] {
  if (shown.length === 0) return ['\nNone of them is traded enough to say what is usual.'];
  return ['\nNone is above ', `${ANOMALY_LEVEL}. The most:`, ...row(context, shown[0], nameOf)];
}
