import { UserError } from '../engine/errors.ts';
import { parseStrategy } from '../engine/language/strategy.ts';
import { printStrategy } from '../engine/language/strategy-print.ts';
import { DAY, formatInterval, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { Regime } from '../engine/quant/regime.ts';
import { planBacktest } from '../engine/strategies/backtest-plan.ts';
import { isSearched, parameterSets } from '../engine/strategies/search/parameter-sets.ts';
import { type JudgedCandidate, judged, survivorOf } from '../engine/strategies/search/survivor.ts';
import { needsOther, TEMPLATES } from '../engine/strategies/templates.ts';
import { quoted } from './clean-text.ts';
import type { CommandContext } from './command.ts';
import { closedColumns } from './desk-bars.ts';
import { offerButton } from './error-message.ts';
import type { Message } from './message.ts';
import type { SearchReport } from './ports.ts';
import { namesOf } from './ratio.ts';
import { storedScope } from './scope.ts';
import { begunSearch } from './search-progress.ts';
import { behind } from './strategy-place.ts';
import type { SearchCandidate } from './strategy-ports.ts';
import { readerOf } from './strategy-values.ts';
import { suggestWords } from './suggest-words.ts';
import { requireInstrument, splitArguments } from './symbol-argument.ts';

/** Bars that are tried on, and the longest time. */
const BARS = 4_000;
const LONGEST = 730 * DAY;
/** Sets that are tried of each template. */
const SETS = 24;
/** A suggestion costs as much as so many charts. */
const COST = 5;

/**
 * `/strategy suggest btc 1h`: which template held up on a symbol, if any did.
 * @param before what stands before `typed`
 */
export async function suggest(context: CommandContext, typed: string, before: string): Promise<Message> {
  const { symbol, interval = HOUR, rest } = splitArguments(context, typed);
  const others = [...rest.matchAll(/[^\s,]+/g)];
  const word = symbol ?? others.shift()?.[0];
  if (word === undefined) {
    throw new UserError('suggest-symbol', 'For which symbol?', { hint: 'For example /strategy suggest btc 1h' });
  }
  const { instrument } = behind(before, () => requireInstrument(context, word, typed));
  const [other] = others;
  if (other !== undefined) {
    const at = before.length + other.index;
    throw new UserError(
      'suggest-rest',
      `A suggestion is for one symbol and one interval, and ${quoted(other[0])} is more.`,
      {
        hint: 'For example /strategy suggest btc 1h',
        span: [at, at + other[0].length],
      },
    );
  }
  if (interval < MINUTE) {
    throw new UserError('backtest-interval', 'Bars shorter than a minute are not kept for so long.', {
      hint: 'Take 1m or more.',
    });
  }
  context.spend('charts', COST);
  context.market.watch(instrument);
  const to = context.clock.now();
  const from = to - Math.min(BARS * interval, LONGEST);
  const { candidates, left } = candidatesFor(instrument, interval, from, to);
  const { close, volume } = await closedColumns(context.market, instrument, interval, BARS / 4);
  const regime = await context.desk.analyse('regime', { closes: close, volumes: volume });
  const title = `suggestion ${namesOf(instrument).symbol} ${formatInterval(interval)}`;
  const asked = { command: 'strategy', text: `suggest ${typed}`, title, search: { candidates, from, to } };
  return begunSearch(context, asked, (reports) => proposed(context, { title, candidates, left, regime }, reports));
}

/** The templates that need nothing but the bars of the symbol itself. */
function candidatesFor(instrument: string, interval: number, from: number, to: number) {
  const candidates: SearchCandidate[] = [];
  const left: string[] = [];
  for (const template of TEMPLATES) {
    if (needsOther(template)) {
      left.push(template.name);
      continue;
    }
    const scope = storedScope({ instrument: '', interval });
    const strategy = { ...parseStrategy(template.text, scope, { instruments: [instrument] }), name: template.name };
    if (planBacktest(strategy, from, to).facts.length > 0) left.push(template.name);
    else candidates.push({ strategy, sets: parameterSets(strategy.params.filter(isSearched), SETS).sets });
  }
  return { candidates, left };
}

/** What a suggestion is made from. */
export interface Suggesting {
  readonly title: string;
  readonly candidates: readonly SearchCandidate[];
  /** Templates that could not be tried. */
  readonly left: readonly string[];
  readonly regime: Regime;
}

async function proposed(
  context: CommandContext,
  suggesting: Suggesting,
  reports: readonly (SearchReport | undefined)[],
): Promise<Message> {
  const all: readonly (JudgedCandidate | undefined)[] = judged(reports);
  const at = survivorOf(all);
  if (at === undefined) return { text: suggestWords(context, suggesting, all, undefined) };
  const { strategy } = suggesting.candidates[at]!;
  const found = { ...readerOf(strategy)(all[at]!.report.best.values), name: `my-${strategy.name}` };
  const text = printStrategy(found);
  const save = await offerButton(context, 'Save', 'strategy', `new ${text}`);
  return { text: suggestWords(context, suggesting, all, { at, text }), buttons: [[save]] };
}
