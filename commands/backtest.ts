import { UserError } from '../engine/errors.ts';
import type { StrategyText } from '../engine/language/strategy-ast.ts';
import { backtestArguments } from './backtest-arguments.ts';
import { backtestWords, equityLines, titleOf } from './backtest-words.ts';
import type { Command } from './command.ts';
import { deskPicture } from './desk-picture.ts';
import type { Message } from './message.ts';
import type { BacktestAnswer } from './strategy-ports.ts';
import { tooFewError } from './too-few-words.ts';

export const backtest: Command = {
  name: 'backtest',
  summary: 'What a strategy would have made',
  usage: '/backtest STRATEGY [SYMBOLS] [INTERVAL] [PERIOD]',
  permission: 'members',
  examples: [
    '/backtest ma-cross btc 1h 90d',
    '/backtest ma-cross btc eth 4h 180d fast=10',
    '/backtest pairs eth 1h 60d vs btcusdt',
    '/backtest "long when rsi(14) crosses above 30 exit when rsi(14) > 60 stop 2%" btc 1h 90d',
  ],
  details:
    'A strategy of this chat, a template, or rules in quotes. The engine that raises signals is run over the stored bars: return, Sharpe ratio, deepest fall and trades, ' +
    'beside buying and holding. fast=10 gives a parameter another value.',
  args: [
    { name: 'strategy', kind: 'text', description: 'A strategy, a template, or rules in quotes', required: true },
    {
      name: 'symbols',
      kind: 'text',
      description: 'Symbols, an interval and a period, e.g. btc 1h 90d',
      required: false,
    },
  ],
  slow: true,
  private: false,
  async run(context, text): Promise<Message> {
    context.spend('charts');
    const { strategy, period } = await backtestArguments(context, text);
    for (const instrument of strategy.instruments) context.market.watch(instrument);
    const to = context.clock.now();
    const answer = await context.backtests.run(strategy, to - period, to);
    if (answer.kind !== 'done') throw refusalOf(answer, strategy);
    const { report } = answer;
    const picture = await deskPicture(
      context,
      equityLines(context, strategy, report),
      `Equity of ${titleOf(strategy)}`,
    );
    return { text: backtestWords(context, strategy, report), ...(picture && { picture }) };
  },
};

function refusalOf(answer: Exclude<BacktestAnswer, { kind: 'done' }>, strategy: StrategyText): UserError {
  switch (answer.kind) {
    case 'untold':
      return new UserError(
        'backtest-facts',
        `Of ${answer.facts.join(' and ')} no past is known, so there is nothing to try this on.`,
        {
          hint: 'It can run from now on, or be tried without that.',
        },
      );
    case 'short':
      if (answer.few !== undefined) return tooFewError(strategy, answer.few);
      return new UserError('backtest-history', 'Its series never all had values at once in that time.', {
        hint: 'Try shorter lengths, shorter bars or a longer period.',
      });
    case 'late':
      return new UserError('backtest-late', 'The bars could not be had in time.', {
        hint: 'What came is kept: try again in a moment, or a shorter period.',
      });
  }
}
