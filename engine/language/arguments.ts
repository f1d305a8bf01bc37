import { applyBinary } from '../series/arithmetic.ts';
import type { CatalogEntry, Param } from '../series/catalog-entry.ts';
import { spanInterval } from '../series/plan.ts';
import type { DurationExpr, NumberExpr, Span } from './ast.ts';
import { corrected, didYouMean, fail, quote } from './failure.ts';
import { nearest } from './nearest.ts';
import { plainNumber } from './numbers.ts';
import type { ArgumentSyntax, CallSyntax, Syntax } from './syntax.ts';

type ParamValue = NumberExpr | DurationExpr;

export interface SortedArguments {
  /** One for each of the entry's params. */
  readonly params: readonly ParamValue[];
  readonly input: Syntax | undefined;
  /** What the input is held against, of an entry that takes two series. */
  readonly against: Syntax | undefined;
  /** Of `atr(ethusdt)`, which is `ethusdt.atr`. */
  readonly instrument: string | undefined;
}

/** The value of an argument that is made of numbers alone. */
function constantValue(node: Syntax): number | undefined {
  if (node.kind === 'number') return node.value;
  if (node.kind === 'negate') {
    const value = constantValue(node.target);
    return value === undefined ? undefined : -value;
  }
  if (node.kind === 'named') return constantValue(node.body);
  if (node.kind !== 'binary') return undefined;
  const left = constantValue(node.left);
  const right = constantValue(node.right);
  return left === undefined || right === undefined ? undefined : applyBinary(node.op, left, right);
}

const isConstant = (node: Syntax): boolean => node.kind === 'number' || constantValue(node) !== undefined;

/** `rsi(length)`, as help shows it. */
function signature(entry: CatalogEntry): string {
  const input =
    entry.input === 'pair' ? ['y', 'x'] : entry.input !== 'series' ? [] : [entry.ofCondition ? 'condition' : 'series'];
  const names = [...input, ...entry.params.map((param) => param.name)];
  return names.length === 0 ? entry.name : `${entry.name}(${names.join(', ')})`;
}

/**
 * Tells the parameters of a call from its input: constants fill the parameters in order, the one other argument is the
 * series it is computed from.
 * @throws UserError for too many, unknown, doubled or unfit arguments
 */
export function sortArguments(call: CallSyntax, text: string): SortedArguments {
  const { entry } = call;
  const given: (Syntax | undefined)[] = entry.params.map(() => undefined);
  const inputs: Syntax[] = [];
  let instrument: string | undefined;
  for (const arg of call.args) {
    if (arg.name !== undefined || isConstant(arg.value)) place(call, given, arg, text);
    else if (INPUTS[entry.input] > 0) takeInput(call, inputs, arg);
    else if (arg.value.kind === 'symbol' && !instrument && !call.instrument) instrument = arg.value.instrument;
    else failInput(entry, arg);
  }
  const params = entry.params.map((param, index) => toParam(entry, param, given[index], call, text));
  // Where a pair has one series, that is what the close is held against.
  const [input, against] = entry.input === 'pair' && inputs.length === 1 ? [undefined, inputs[0]] : inputs;
  return { params, input, against, instrument };
}

/** How many series an entry takes. */
const INPUTS: Readonly<Record<CatalogEntry['input'], number>> = { column: 0, fact: 0, bars: 0, series: 1, pair: 2 };

function takeInput({ entry }: CallSyntax, inputs: Syntax[], arg: ArgumentSyntax): void {
  const most = INPUTS[entry.input];
  if (inputs.length === most) {
    const wanted = most === 1 ? 'one series' : 'two series';
    fail('bad-argument', `${quote(entry.name)} takes ${wanted}`, arg.span, { hint: signature(entry) });
  }
  inputs.push(arg.value);
}

function place(call: CallSyntax, given: (Syntax | undefined)[], arg: ArgumentSyntax, text: string): void {
  const { entry } = call;
  const { name, span } = arg;
  const index = name === undefined ? given.indexOf(undefined) : entry.params.findIndex((param) => param.name === name);
  if (index < 0 && name !== undefined) {
    const names = nearest(
      name,
      entry.params.map((param) => param.name),
    );
    const details =
      names.length > 0 ? didYouMean(text, [span[0], span[0] + name.length], names) : { hint: signature(entry) };
    fail('bad-argument', `${quote(entry.name)} has no argument ${quote(name)}`, span, details);
  }
  if (index < 0) {
    const count = entry.params.length;
    const wanted = count === 0 ? 'no number' : count === 1 ? 'one number' : `at most ${count} numbers`;
    if (count > 0 && arg.value.kind === 'number' && arg.value.ms !== undefined) failInterval(entry, arg, call, text);
    const lagged = count === 0 ? `for an earlier value write ${entry.name}[1]` : signature(entry);
    fail('bad-argument', `${quote(entry.name)} takes ${wanted}`, span, { hint: lagged });
  }
  if (given[index]) fail('bad-argument', `${quote(entry.params[index].name)} is given twice`, span);
  given[index] = arg.value;
}

/** `rsi(14, 1h)` for `rsi(14)@1h`. */
function failInterval(entry: CatalogEntry, { span }: ArgumentSyntax, call: CallSyntax, text: string): never {
  const at = call.args.findIndex((each) => each.span === span);
  const { span: last } = call.args[at - 1];
  const close = text.indexOf(')', span[1]);
  const length = text.slice(...span);
  const suggestions = at === call.args.length - 1 ? [corrected(text, [last[1], close + 1], `)@${length}`)] : [];
  const hint = `an interval stands behind the brackets: ${entry.name}(${text.slice(call.args[0].span[0], last[1])})@${length}`;
  return fail('bad-argument', `${quote(entry.name)} takes no interval in its brackets`, span, { hint, suggestions });
}

const SOURCES: Partial<Record<CatalogEntry['input'], string>> = {
  bars: 'is computed from whole bars',
  fact: 'is a fact',
};

function failInput(entry: CatalogEntry, arg: ArgumentSyntax): never {
  const from = SOURCES[entry.input] ?? 'is read from the bar itself';
  fail('bad-argument', `${quote(entry.name)} ${from} and takes no series`, arg.span, { hint: entry.example });
}

/** A length of time is measured in bars of the engine's choice: there must not be too many of them. */
function toDuration(ms: number, param: Param, given: Syntax, written: string): DurationExpr {
  const bars = ms / spanInterval(ms);
  if (!(bars >= param.min && bars <= param.max)) {
    fail('bad-argument', `${written} cannot be measured`, given.span, {
      hint: 'between 1s and a year, in round numbers: 90m, 7d',
    });
  }
  return { kind: 'duration', ms, span: given.span };
}

function toParam(
  entry: CatalogEntry,
  param: Param,
  given: Syntax | undefined,
  call: CallSyntax,
  text: string,
): ParamValue {
  if (!given) return { kind: 'number', value: param.default, span: call.span };
  const name = quote(param.name);
  const written = quote(text.slice(...given.span));
  const ms = given.kind === 'number' ? given.ms : undefined;
  if (ms !== undefined && param.kind === 'span') return toDuration(ms, param, given, written);
  if (ms !== undefined && param.kind === 'bars') {
    const meant = `(${plainNumber(param.default)})@${text.slice(...given.span)}`;
    const [only] = call.args;
    const span: Span = [text.lastIndexOf('(', only.span[0]), text.indexOf(')', only.span[1]) + 1];
    fail('wrong-type', `${name} of ${quote(entry.name)} is a number of bars, not ${written}`, given.span, {
      hint: `for another interval write ${entry.name}${meant}`,
      suggestions: call.args.length === 1 ? [corrected(text, span, meant)] : [],
    });
  }
  const value = constantValue(given);
  if (value === undefined)
    fail('wrong-type', `${name} of ${quote(entry.name)} is a number, not ${written}`, given.span);
  const whole = param.kind === 'number' || Number.isInteger(value);
  if (!whole) fail('bad-argument', `${name} of ${quote(entry.name)} is a whole number of bars`, given.span);
  if (!(value >= param.min && value <= param.max)) {
    const range = `${plainNumber(param.min)} to ${plainNumber(param.max)}`;
    fail('bad-argument', `${name} of ${quote(entry.name)} is ${range}, not ${written}`, given.span);
  }
  if (given.kind === 'number') {
    return { kind: 'number', value, ...(given.param === undefined ? {} : { param: given.param }), span: given.span };
  }
  const inside = paramIn(given);
  if (inside !== undefined) {
    fail('bad-argument', `${quote(inside)} stands alone where a number of bars belongs`, given.span, {
      hint: 'make it a parameter of its own',
    });
  }
  return { kind: 'number', value, span: given.span };
}

/** The parameter that a calculation of numbers makes use of. */
function paramIn(node: Syntax): string | undefined {
  if (node.kind === 'number') return node.param;
  if (node.kind === 'negate') return paramIn(node.target);
  return node.kind === 'binary' ? (paramIn(node.left) ?? paramIn(node.right)) : undefined;
}
