import { UserError } from '../engine/errors.ts';
import { failParam } from '../engine/language/strategy.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { isSearched, parameterSets } from '../engine/strategies/search/parameter-sets.ts';
import { LEAST_FOR_SPLITS } from '../engine/strategies/search/walk-forward.ts';
import { type BacktestArguments, type BacktestPurpose, backtestArguments } from './backtest-arguments.ts';
import { titleOf } from './backtest-words.ts';
import type { Command, CommandContext } from './command.ts';
import { deskPicture } from './desk-picture.ts';
import { offerButton } from './error-message.ts';
import type { Message } from './message.ts';
import { optimizeWords, savedAs, surfaceFigure } from './optimize-words.ts';
import type { SearchReport } from './ports.ts';
import { begunSearch, cancelSearch } from './search-progress.ts';
import { requireUsableRanges } from './strategy-ranges.ts';
import { readerOf } from './strategy-values.ts';

const SEARCHING: BacktestPurpose = {
  ...{ command: 'optimize', mostBars: 30_000, usualBars: 2_000, leastBars: LEAST_FOR_SPLITS, hasRanges: true },
};
/** Sets that are tried at most, at least, and bars that are walked for all of them. */
const MOST_SETS = 200;
const LEAST_SETS = 40;
const MOST_WALKED = 3_000_000;
/** A search costs as much as so many charts. */
const COST = 5;

export const optimize: Command = {
  name: 'optimize',
  summary: 'The values of a strategy’s parameters that held up',
  usage: '/optimize STRATEGY [SYMBOLS] [INTERVAL] [PERIOD] [param=a..b …]',
  permission: 'members',
  examples: [
    '/optimize ma-cross btc 1h 180d',
    '/optimize ma-cross btc eth 4h 365d fast=5..20 slow=20..80 level=50',
    '/optimize "param n = 14 [5..30] long when rsi(n) crosses above 30 exit when rsi(n) > 60 stop 2%" btc 1h 180d',
  ],
  details:
    'Tries the ranges of the parameters, [5..30] in the text or fast=5..30 behind it, and chooses on one part of the past what it then tries on the next, five times. ' +
    'It says how much of the result was left there, and how likely the best is no more than luck.',
  args: [
    { name: 'strategy', kind: 'text', description: 'A strategy, a template, or rules in quotes', required: true },
    {
      name: 'symbols',
      kind: 'text',
      description: 'Symbols, an interval, a period and ranges, e.g. btc 1h 180d fast=5..20',
      required: false,
    },
  ],
  slow: true,
  private: false,
  async run(context, text): Promise<Message> {
    const asked = await backtestArguments(context, text, SEARCHING);
    const strategy = ranged(asked, text);
    const params = strategy.params.filter(isSearched).filter(({ name }) => !asked.given.has(name));
    if (params.length === 0) {
      throw new UserError(
        'optimize-params',
        'This strategy has no parameter with a range, so there is nothing to look for.',
        {
          hint: 'Give one in its text, param fast = 12 [5..30], or behind it, fast=5..30.',
        },
      );
    }
    context.spend('charts', COST);
    for (const instrument of strategy.instruments) context.market.watch(instrument);
    const bars = (asked.period / strategy.interval) * strategy.instruments.length;
    const most = Math.max(LEAST_SETS, Math.min(MOST_SETS, Math.floor(MOST_WALKED / bars)));
    const { how, sets } = parameterSets(params, most);
    const to = context.clock.now();
    const search = { candidates: [{ strategy, sets }], from: to - asked.period, to };
    return begunSearch(context, { command: 'optimize', text, title: titleOf(strategy), search }, ([report]) =>
      answered(context, strategy, how, report),
    );
  },
  actions: { oc: { permission: 'own', run: cancelSearch } },
};

/** The strategy with the ranges that were typed behind it; what is outside its range begins at the nearer end. */
function ranged({ strategy, ranges, given }: BacktestArguments, text: string): StrategyText {
  const known = strategy.params.map(({ name }) => name);
  for (const name of ranges.keys()) if (!known.includes(name)) failParam(name, known, [0, text.length]);
  const params = strategy.params.map((param) => {
    const [low, high] = ranges.get(param.name) ?? [param.low, param.high];
    const isRanged = low !== undefined && high !== undefined;
    return { ...param, low, high, value: isRanged ? Math.min(high, Math.max(low, param.value)) : param.value };
  });
  const searched = params.map(({ name }) => name).filter((name) => !given.has(name));
  requireUsableRanges({ ...strategy, params }, new Set(searched), text);
  return ranges.size === 0 ? strategy : readerOf({ ...strategy, params })({});
}

async function answered(
  context: CommandContext,
  strategy: StrategyText,
  how: 'grid' | 'random',
  report: SearchReport | undefined,
): Promise<Message> {
  if (report === undefined) {
    throw new UserError('optimize-idle', 'None of the values that were tried traded often enough to be told apart.', {
      hint: 'Try a longer period, shorter bars or wider ranges.',
    });
  }
  const found = { ...readerOf(strategy)(report.best.values), name: savedAs(strategy) };
  const title = titleOf(strategy);
  const picture = await deskPicture(context, surfaceFigure(context, strategy, report), `Parameters of ${title}`);
  const { words, text } = optimizeWords(context, strategy, { how, report, found });
  const save = await offerButton(context, 'Save', 'strategy', `new ${text}`);
  return { text: words, ...(picture && { picture }), buttons: [[save]] };
}
