import { formatInterval } from '../market/interval.ts';
import type { Condition } from './ast.ts';
import { percentNumber, plainNumber } from './numbers.ts';
import { conditionText, exprText, type PrintPlace } from './print-expr.ts';
import { OWN, type StrategyLevel, type StrategyParam, type StrategyText } from './strategy-ast.ts';

/** The canonical text: what is parsed from it equals `strategy`. One without a name begins with its first clause. */
export function printStrategy(strategy: StrategyText): string {
  const { name, instruments, interval } = strategy;
  const head = name === '' ? [] : [`${name} on ${instruments.join(', ')} ${formatInterval(interval)}`];
  return [...head, printClauses(strategy)].join(' ');
}

/** What a strategy says behind its symbols. */
export function printClauses(strategy: StrategyText): string {
  const { interval, params, long, short, stop, target, expire, size, fee, slippage } = strategy;
  const place: PrintPlace = { instrument: OWN, interval, short: false, mixed: false };
  const when = (words: string, condition: Condition | undefined): readonly string[] =>
    condition === undefined ? [] : [`${words} when ${conditionText(condition, place)}`];
  const share = (word: string, value: number | undefined): readonly string[] =>
    value === undefined ? [] : [`${word} ${percentNumber(value)}`];
  return [
    ...params.map(paramText),
    ...when('long', long?.enter),
    ...when('exit long', long?.exit),
    ...when('short', short?.enter),
    ...when('exit short', short?.exit),
    ...levelText('stop', stop, place),
    ...levelText('target', target, place),
    ...(expire === undefined ? [] : [`expire ${formatInterval(expire)}`]),
    ...share('size', size),
    ...share('fee', fee),
    ...share('slippage', slippage),
  ].join(' ');
}

function paramText({ name, value, low, high, percent }: StrategyParam): string {
  const said = percent ? percentNumber : plainNumber;
  const range = low === undefined || high === undefined ? '' : ` [${said(low)}..${said(high)}]`;
  return `param ${name} = ${said(value)}${range}`;
}

function levelText(word: string, level: StrategyLevel | undefined, place: PrintPlace): readonly string[] {
  if (level === undefined) return [];
  const { how, expr } = level;
  const isPlain = expr.kind === 'number' && expr.param === undefined;
  const text = how === 'share' && isPlain ? percentNumber(expr.value) : exprText(expr, place);
  return [`${word} ${how === 'level' ? 'at ' : ''}${text}`];
}
