import type { RuleText } from '../engine/language/ast.ts';
import { changesFor, type RuleChange } from '../engine/preflight/changes.ts';
import type { FiringContext } from './firing-message.ts';
import { formatLength } from './format.ts';
import type { Button, Message } from './message.ts';
import type { CommandPorts, RulesPort, StoredRule } from './ports.ts';
import { changeWords, packChange, proposalLabel } from './preflight-words.ts';
import { describeFor } from './rule-words.ts';

/** The kind of a delivery that tells of it, and its payload. */
export const NOISY = 'noisy';

/** A rule that was paused because it fired too often. */
export interface Noisy {
  readonly ruleId: string;
  readonly count: number;
  readonly spanMs: number;
}

type Context = FiringContext & Pick<CommandPorts, 'preflight'>;

/** Says that a rule is paused, and what would make it quieter: each button changes it and has it go on. */
export async function noisyMessage(
  context: Context,
  { ruleId, count, spanMs }: Noisy,
  rules: Pick<RulesPort, 'get' | 'running' | 'view'>,
): Promise<Message | undefined> {
  const stored = await rules.get(ruleId);
  const rule = rules.running(ruleId);
  // Somebody was quicker than this message.
  if (stored === undefined || rule === undefined || rules.view(ruleId)?.state !== 'paused') return undefined;
  const offers = await offersFor(context, stored, rule);
  const name = describeFor(context.chat, context.clock.now(), rule);
  const { id, ownerId } = stored;
  const hint = offers.length === 0 ? '' : ' One of these makes it quieter and has it go on:';
  return {
    text: ['⏸ ', { bold: name }, ` fired ${count} times in ${formatLength(spanMs)}, so I have paused it.${hint}`],
    buttons: [
      ...offers.map((offer) => [offer]),
      [context.button('Go on as it is', 'res', [id], ownerId), context.button('Delete', 'del', [id], ownerId)],
    ],
  };
}

const MOST_OFFERS = 3;
const KINDS: readonly RuleChange['kind'][] = ['rearm', 'close', 'every'];

/** What the replay of its past found; where its past says nothing, the mildest of each kind. */
async function offersFor(context: Context, { id, ownerId }: StoredRule, rule: RuleText): Promise<readonly Button[]> {
  const offer = (label: string, change: RuleChange): Button =>
    context.button(label, 'pf', [id, ...packChange(change)], ownerId);
  const found = await proposalsFor(context, rule);
  if (found.length > 0)
    return found.slice(0, MOST_OFFERS).map((proposal) => offer(proposalLabel(rule, proposal), proposal.change));
  const all = changesFor(rule);
  const mildest = KINDS.flatMap((kind) => all.find((change) => change.kind === kind) ?? []);
  return mildest.map((change) => offer(changeWords(rule, change), change));
}

async function proposalsFor({ preflight, log }: Context, rule: RuleText) {
  try {
    const answer = await preflight?.run(rule);
    return answer?.kind === 'tried' ? answer.trial.proposals : [];
  } catch (error) {
    log.warn({ err: error }, 'a noisy rule could not be tried on its past');
    return [];
  }
}
