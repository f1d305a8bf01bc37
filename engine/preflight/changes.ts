import type { CompareCondition, Condition, Modes, RuleText } from '../language/ast.ts';
import { quietSide } from '../language/rearm.ts';
import { constantOf, scaleOf } from '../language/scale.ts';
import { HOUR, MINUTE } from '../market/interval.ts';
import type { Replay } from './replay.ts';
import { isNoisy, type Tally, tallyOf } from './tally.ts';

/** A change of a rule that makes it quieter. Lengths in ms; `level` in the unit of what is compared. */
export type RuleChange =
  | { readonly kind: 'rearm'; readonly level: number }
  | { readonly kind: 'hold'; readonly ms: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'every'; readonly ms: number };

/** A change, and how often the rule would have fired with it. */
export interface Proposal {
  readonly change: RuleChange;
  readonly tally: Tally;
}

/** Proposals that are made at most. */
const MOST = 3;
const COOLDOWNS = [HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR];
/** The mildest change is taken that leaves at most so many in 24 hours. */
const CALM_IN_DAY = 6;
const SHORTEST_HOLD = 5 * MINUTE;
/** How far behind its threshold a rule re-arms: shares of a price, points of what goes from 0 to 100, shares of all else. */
const REARM_PRICE = [0.001, 0.002, 0.005, 0.01, 0.02];
const REARM_POINTS = [2, 5, 10, 20];
const REARM_SHARE = [0.1, 0.25, 0.5];

/** Everything that may make a rule quieter, to be tried; of each kind the mildest first. */
export function changesFor(rule: RuleText): readonly RuleChange[] {
  const { rearm, hold, onClose, every = 0 } = rule.modes;
  const changes: RuleChange[] = [];
  if (rearm === undefined) for (const level of rearmLevels(rule.condition)) changes.push({ kind: 'rearm', level });
  if (hold === undefined) changes.push({ kind: 'hold', ms: Math.max(SHORTEST_HOLD, rule.interval) });
  if (!onClose) changes.push({ kind: 'close' });
  for (const ms of COOLDOWNS) if (ms > every) changes.push({ kind: 'every', ms });
  return changes;
}

/** Where a single comparison with a number may re-arm; nowhere for every other condition. */
function rearmLevels(condition: Condition): readonly number[] {
  const quiet = quietSide(condition);
  const limit = quiet === undefined ? undefined : constantOf(quiet.right);
  if (quiet === undefined || limit === undefined || limit === 0) return [];
  const scale = scaleOf(quiet.left);
  const shares = (scale === 'price' ? REARM_PRICE : REARM_SHARE).map((share) => share * Math.abs(limit));
  // Enough digits to be told apart from the threshold, and no more.
  return (scale === 'percent' ? REARM_POINTS : shares).map((way) =>
    Number((quiet.op === '<' ? limit - way : limit + way).toPrecision(4)),
  );
}

/** The rule with a change. A level changes nothing where no level can re-arm it. */
export function changedRule(rule: RuleText, change: RuleChange): RuleText {
  return { ...rule, modes: { ...rule.modes, ...modesOf(rule, change) } };
}

function modesOf({ condition }: RuleText, change: RuleChange): Partial<Modes> {
  switch (change.kind) {
    case 'every':
      return { every: change.ms };
    case 'hold':
      return { hold: change.ms };
    case 'close':
      return { onClose: true };
    case 'rearm': {
      const quiet = quietSide(condition);
      if (quiet === undefined) return {};
      const right = { kind: 'number', value: change.level, span: quiet.right.span } as const;
      const rearm: CompareCondition = { kind: 'compare', op: quiet.op, left: quiet.left, right, span: condition.span };
      return { rearm };
    }
  }
}

/**
 * The changes that would have calmed the rule, of each kind the mildest that leaves few. What would have kept it silent but for
 * a single time is not proposed.
 */
export function proposalsOf(
  changes: readonly RuleChange[],
  replays: readonly (Replay | undefined)[],
): readonly Proposal[] {
  const tried = changes.flatMap((change, i): Proposal[] => {
    const done = replays[i];
    return done === undefined ? [] : [{ change, tally: tallyOf(done) }];
  });
  const calm = tried.filter(({ tally }) => tally.count > 1 && !isNoisy(tally));
  const best = (kind: RuleChange['kind']): readonly Proposal[] => {
    const ofKind = calm.filter(({ change }) => change.kind === kind);
    const found = ofKind.find(({ tally }) => tally.mostInDay <= CALM_IN_DAY) ?? ofKind.at(-1);
    return found === undefined ? [] : [found];
  };
  const cooldown = best('every');
  const others = [...best('rearm'), ...best('hold'), ...best('close')];
  return [...others.slice(0, MOST - cooldown.length), ...cooldown];
}
