import { MOST_ALERTS } from './alert-limits.ts';
import { savedMessage } from './alert-saved.ts';
import type { Action, CommandContext } from './command.ts';
import type { Message, TextSpan } from './message.ts';
import type { Proposal, StoredRule } from './ports.ts';
import { proposalMessage, proposedRule } from './proposal.ts';
import type { PressOutcome } from './service.ts';

/** What the buttons below a proposed alert do. */
export const proposalActions: Readonly<Record<string, Action>> = {
  pa: { permission: 'admins', run: (context, [id]) => withOpen(context, id, (proposal) => approve(context, proposal)) },
  pv: { permission: 'members', run: (context, [id]) => withOpen(context, id, (proposal) => vote(context, proposal)) },
  pr: { permission: 'own', run: (context, [id]) => withOpen(context, id, (proposal) => turnDown(context, proposal)) },
};

/** Runs `act` on a proposal of this chat that nobody has decided and whose time is not over. */
async function withOpen(
  context: CommandContext,
  id: string,
  act: (proposal: Proposal) => Promise<PressOutcome>,
): Promise<PressOutcome> {
  const proposal = await context.proposals.get(id);
  if (proposal === undefined || proposal.chatKey !== context.chatKey) return { toast: 'This proposal is gone.' };
  const isOver = proposal.expiresAt <= context.clock.now();
  if (proposal.state === 'open' && !isOver) return act(proposal);
  const state = proposal.state === 'open' ? 'expired' : proposal.state;
  return {
    toast: CLOSED[state],
    ...(state === 'expired' ? { edit: closedMessage(proposal, '⌛', 'is over') } : {}),
  };
}

const CLOSED: Readonly<Record<Exclude<Proposal['state'], 'open'>, string>> = {
  approved: 'It is armed already.',
  rejected: 'It was turned down.',
  expired: 'Its 24 hours are over: propose it again.',
};

function closedMessage({ proposerName, text }: Proposal, mark: string, how: string): Message {
  return { text: [`${mark} ${proposerName}’s proposal `, { code: text }, ` ${how}.`] };
}

async function vote(context: CommandContext, proposal: Proposal): Promise<PressOutcome> {
  const { id, proposerId, votesNeeded } = proposal;
  const { asker, proposals } = context;
  if (votesNeeded === 0) return { toast: 'Only an admin’s word counts here.' };
  if (proposerId === asker.userId) return { toast: 'You proposed it: the others vote.' };
  const { votes, isNew } = await proposals.vote(id, asker.userId);
  if (votes >= votesNeeded) return approve(context, proposal, `${votes} votes`);
  const said = isNew ? 'Your vote is counted' : 'Your vote counts already';
  return { toast: `${said}: ${votes} of ${votesNeeded}.`, edit: proposalMessage(context, proposal, votes) };
}

/** @param by who or what decided it */
async function approve(
  context: CommandContext,
  proposal: Proposal,
  by = context.asker.userName,
): Promise<PressOutcome> {
  const { rules, proposals, chatKey, asker } = context;
  const most = MOST_ALERTS[asker.chatKind];
  if ((await rules.list(chatKey)).length >= most)
    return { toast: `This chat has ${most} alerts, and that is the most. Delete one first.` };
  // Of two who decide at the same moment, one goes on.
  if (!(await proposals.decide(proposal.id, 'approved', asker.userId))) return { toast: 'It is decided already.' };
  try {
    return { toast: 'It is armed.', edit: await arm(context, proposal, by) };
  } catch (error) {
    await proposals.reopen(proposal.id);
    throw error;
  }
}

/** In the name of the one who proposed it: it is their alert from now on. */
async function arm(context: CommandContext, proposal: Proposal, by: string): Promise<Message> {
  const { text, definitions, proposerId: ownerId, proposerName } = proposal;
  const rule = proposedRule(context, proposal);
  const { chatKey, rules, proposals } = context;
  const stored =
    (await twinOf(context, proposal)) ?? (await rules.create({ chatKey, ownerId, text, rule, definitions }));
  await proposals.armed(proposal.id, stored.id);
  const message = savedMessage(context, stored, rule);
  const lead: TextSpan = `\nProposed by ${proposerName}, approved by ${by}.`;
  const { later } = message;
  const led = (each: Message): Message => ({ ...each, text: [...each.text, lead] });
  if (later === undefined) return led(message);
  return {
    ...led(message),
    later: async () => {
      const more = await later();
      return more && led(more);
    },
  };
}

/** The alert that came of it before the program ended without noting that. */
async function twinOf(
  { rules, chatKey }: CommandContext,
  { text, proposerId }: Proposal,
): Promise<StoredRule | undefined> {
  return (await rules.list(chatKey)).find((rule) => rule.text === text && rule.ownerId === proposerId);
}

async function turnDown(context: CommandContext, proposal: Proposal): Promise<PressOutcome> {
  const { asker, proposals } = context;
  const { id, proposerId } = proposal;
  if (!context.mayActFor(proposerId)) return { toast: 'Only its owner or an admin may do that.' };
  if (!(await proposals.decide(id, 'rejected', asker.userId))) return { toast: 'It is decided already.' };
  const how = asker.userId === proposerId ? 'is withdrawn' : `was turned down by ${asker.userName}`;
  return { toast: 'Done.', edit: closedMessage(proposal, '✖️', how) };
}
