import type { TreemapRequest } from '../charts/figures/request.ts';
import { UserError } from '../engine/errors.ts';
import { parseDuration } from '../engine/language/duration.ts';
import { toColumns } from '../engine/market/bar-history.ts';
import {
  barStart,
  DAY,
  formatInterval,
  HOUR,
  LONGEST_INTERVAL,
  MINUTE,
  parseInterval,
} from '../engine/market/interval.ts';
import { isMarket } from '../engine/market/listing.ts';
import { MOVER_WINDOWS, type Mover, type MoversReport } from '../engine/quant/movers-report.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { deskCommand, otherLengths } from './desk-command.ts';
import { deskPicture } from './desk-picture.ts';
import { timeOf } from './desk-report.ts';
import { dollarRates } from './dollar-rates.ts';
import { formatMinute, formatPercent } from './format.ts';
import { type MoversAnswer, moversWords } from './movers-words.ts';
import { shortNames } from './short-names.ts';

const USUAL = HOUR;
const MOST_MARKETS = 100;
/** Bars that a stretch is put together of: the longest that it holds a few of. */
const STEPS = [DAY, 4 * HOUR, HOUR, 15 * MINUTE, 5 * MINUTE, MINUTE];
const LEAST_STEPS = 5;
const OTHER_INTERVALS = [15 * MINUTE, HOUR, 4 * HOUR, DAY];
/** The change at which a colour is as strong as it gets: nine of ten are weaker. */
const STRONGEST_SHARE = 0.9;
const LEAST_STRONGEST = 0.001;

export const movers = deskCommand(
  {
    name: 'movers',
    summary: 'What rose and fell the most',
    usage: '/movers [INTERVAL]',
    examples: ['/movers', '/movers 1d'],
    details: 'Gainers, losers and volume surges among all that is watched, as a map sized by what was traded.',
    args: [{ name: 'interval', kind: 'interval', description: 'Over how long, e.g. 1h', required: false }],
  },
  async (context, text) => {
    const answer = await moversOf(context, lengthOf(text));
    const figure = treemapOf(context, answer);
    const picture =
      figure && (await deskPicture(context, figure, `Map of ${figure.tiles.length} symbols by volume and change`));
    const shown = { lengths: OTHER_INTERVALS, shown: answer.length };
    const others = await otherLengths(context, 'movers', shown, (length) => length);
    return {
      text: moversWords(context, answer),
      ...(picture && { picture }),
      buttons: [others],
      report: { symbols: answer.instruments, interval: answer.length, values: valuesOf(answer) },
    };
  },
);

/** The report with instruments for their places. */
function valuesOf({ report, instruments, to, length, currency }: MoversAnswer): object {
  const { movers, silent, young, middle } = report;
  const nameOf = (place: number) => instruments[place];
  return {
    ...{ from: timeOf(to - length), to: timeOf(to), currency, middle },
    movers: new Map(movers.map(({ market, ...of }) => [nameOf(market), of])),
    silent: silent.map(nameOf),
    young: young.map(nameOf),
  };
}

function lengthOf(text: string): number {
  const word = text.trim();
  const length = word === '' ? USUAL : parseInterval(word);
  if (length !== undefined) return length;
  const longest = formatInterval(LONGEST_INTERVAL);
  const isLonger = (parseDuration(word) ?? 0) > LONGEST_INTERVAL;
  throw new UserError(
    'movers-interval',
    isLonger
      ? `${quoted(word)} is longer than ${longest}, the most there is.`
      : `${quoted(word)} is no length of time.`,
    {
      hint: isLonger ? `For example /movers ${longest}` : 'For example /movers 1h; all that is watched is looked at',
      span: [0, text.length],
    },
  );
}

const stepOf = (length: number): number =>
  STEPS.find((step) => length % step === 0 && length / step >= LEAST_STEPS) ?? length;

async function moversOf(context: CommandContext, length: number): Promise<MoversAnswer> {
  const { market, clock, desk } = context;
  const all = market.watched().filter(isMarket);
  const asked = all.slice(0, MOST_MARKETS);
  const step = stepOf(length);
  const to = barStart(clock.now(), step);
  const count = (length / step) * (MOVER_WINDOWS + 1) + 1;
  const found = await Promise.allSettled(asked.map((each) => market.bars(each, step, count)));
  const isHeld = found.map(({ status }) => status === 'fulfilled');
  const [failure] = found.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  // One venue that is away takes nothing from the others.
  if (failure !== undefined && !isHeld.includes(true)) throw failure;
  const instruments = asked.filter((_, i) => isHeld[i]);
  const quotes = instruments.map((each) => market.symbols.get(each)?.quote ?? '');
  const rates = dollarRates(market, quotes);
  const columns = found.flatMap((each) => (each.status === 'fulfilled' ? [toColumns(each.value.closed)] : []));
  const markets = columns.map((bars, i) => ({ bars, rate: rates.get(quotes[i]) ?? Number.NaN }));
  const report = await desk.analyse('movers', { markets, to, length });
  const names = shortNames(asked, market.symbols);
  return {
    ...{ report, length, to, instruments },
    names: names.filter((_, i) => isHeld[i]),
    failed: names.filter((_, i) => !isHeld[i]),
    unasked: all.length - asked.length,
    currency: currencyOf(report, quotes),
  };
}

/** The quote where all that have a value share it. */
function currencyOf({ movers: all }: MoversReport, quotes: readonly string[]): string {
  const used = new Set(all.filter(({ value }) => value !== undefined).map(({ market }) => quotes[market]));
  const [only] = used;
  return used.size === 1 && only.startsWith('usd') ? only : 'dollars';
}

/** Undefined where no volume is known. */
function treemapOf({ chat, clock }: CommandContext, answer: MoversAnswer): TreemapRequest | undefined {
  const { report, names, length, to, currency } = answer;
  const sized = report.movers.filter((mover): mover is Mover & { value: number } => mover.value !== undefined);
  if (sized.length === 0) return undefined;
  const sizes = sized.map(({ change }) => Math.abs(change)).sort((a, b) => a - b);
  const strongest = Math.max(LEAST_STRONGEST, sizes[Math.floor((sizes.length - 1) * STRONGEST_SHARE)]);
  const up = report.movers.filter(({ change }) => change > 0).length;
  return {
    kind: 'treemap',
    title: `Movers   ${formatInterval(length)}`,
    note: `${up} of ${report.movers.length} up`,
    foot: `size: traded in ${currency} · colour: change · to ${formatMinute(to, chat.timeZone, clock.now())}`,
    tiles: sized
      .toSorted((a, b) => b.value - a.value)
      .map(({ market, change, value }) => ({
        ...{ name: names[market], note: formatPercent(change, 'en'), size: value, value: change },
      })),
    range: [-strongest, strongest],
  };
}
