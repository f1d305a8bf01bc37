import type { Condition, Span } from './ast.ts';
import { fail, quote } from './failure.ts';
import { satisfiable, settles } from './implication.ts';
import type { PositionSide, StrategyText } from './strategy-ast.ts';
import type { StrategySyntax } from './strategy-clauses.ts';

const SIDES = ['long', 'short'] as const;
const EXITS = { long: 'exitLong', short: 'exitShort' } as const;

/**
 * Refuses a strategy that can never enter, would leave before it enters, would be long and short at once, or never gets out.
 * @throws UserError with the place in `text`
 */
export function refuseSenseless(strategy: StrategyText, syntax: StrategySyntax, text: string): void {
  const sides = SIDES.filter((side) => strategy[side] !== undefined);
  const end: Span = [text.trimEnd().length, text.length];
  if (sides.length === 0) {
    fail('impossible', 'this strategy never enters: neither `long when` nor `short when` is said', end, {
      hint: 'for example long when rsi(14) crosses above 30',
    });
  }
  for (const side of sides) refuseSide(strategy, side, syntax, text);
  const { long, short, stop, target, expire } = strategy;
  if (long !== undefined && short !== undefined) refuseBoth(long.enter, short.enter, syntax);
  const leaves = sides.length > 1 || sides.some((side) => strategy[side]?.exit !== undefined);
  if (!leaves && stop === undefined && target === undefined && expire === undefined) {
    fail('impossible', 'this strategy never gets out of what it enters', end, {
      hint: 'say exit when …, stop …, target … or expire …',
    });
  }
}

function refuseSide(strategy: StrategyText, side: PositionSide, syntax: StrategySyntax, text: string): void {
  const { enter, exit } = strategy[side]!;
  const clause = syntax[side]!;
  const leave = syntax[EXITS[side]];
  if (!satisfiable(enter)) {
    fail('impossible', `this strategy never goes ${side}: its condition can never be true`, clause.syntax.span, {
      hint: 'its parts exclude each other',
    });
  }
  if (exit === undefined || leave === undefined) return;
  if (!satisfiable(exit)) {
    fail('impossible', `this strategy never leaves by ${quote(text.slice(...leave.syntax.span))}`, leave.syntax.span, {
      hint: 'its parts exclude each other',
    });
  }
  if (settles(enter, exit)) {
    const what = quote(text.slice(...leave.syntax.span));
    fail(
      'contradiction',
      `this strategy exits before it enters: ${what} is true whenever it goes ${side}`,
      leave.syntax.span,
      {
        hint: 'an exit is something that is not true yet at the entry',
      },
    );
  }
}

function refuseBoth(long: Condition, short: Condition, syntax: StrategySyntax): void {
  if (!settles(long, short) && !settles(short, long)) return;
  fail('contradiction', 'this strategy would go long and short at once', syntax.short!.syntax.span, {
    hint: 'the conditions of the two sides exclude each other, or it says nothing',
  });
}
