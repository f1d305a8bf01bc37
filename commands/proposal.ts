import { UserError } from '../engine/errors.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { HOUR } from '../engine/market/interval.ts';
import { standing, title } from './alert-words.ts';
import type { CommandContext } from './command.ts';
import { formatMinute } from './format.ts';
import type { Button, Message, TextSpan } from './message.ts';
import type { Proposal } from './ports.ts';
import { storedScope } from './scope.ts';

/** How long an alert is open to be approved. */
const OPEN_MS = 24 * HOUR;
/** Open at a time in one chat, and of one member there. */
const MOST_OPEN = { chat: 20, member: 3 } as const;

/** Asks the chat for an alert. @throws UserError where too many are asked for already */
export async function propose(
  context: CommandContext,
  rule: RuleText,
  definitions: readonly string[],
  votesNeeded: number,
): Promise<Message> {
  const { proposals, chatKey, asker, clock } = context;
  const [inChat, theirs] = await Promise.all([
    proposals.countOpen(chatKey),
    proposals.countOpen(chatKey, asker.userId),
  ]);
  if (inChat >= MOST_OPEN.chat || theirs >= MOST_OPEN.member) {
    const whose = theirs >= MOST_OPEN.member ? `You have ${theirs}` : `This chat has ${inChat}`;
    throw new UserError('too-many-proposals', `${whose} open proposals, and that is the most.`, {
      hint: 'One that is decided, withdrawn or 24 hours old makes room.',
    });
  }
  const proposal = await proposals.insert({
    ...{ chatKey, proposerId: asker.userId, proposerName: asker.userName, text: printRule(rule), definitions },
    ...{ votesNeeded, expiresAt: clock.now() + OPEN_MS },
  });
  return proposalMessage(context, proposal, 0);
}

/** A stored text names everything in full. @throws UserError where it can no longer be read */
export function proposedRule({ chat }: CommandContext, { text }: Proposal): RuleText {
  return parseRule(text, { ...storedScope({ instrument: '', interval: chat.interval }), instrument: undefined });
}

/** The alert that is asked for, with what it takes. @param votes that it has */
export function proposalMessage(context: CommandContext, proposal: Proposal, votes: number): Message {
  const { chat, clock } = context;
  const { id, proposerId, proposerName, votesNeeded, expiresAt } = proposal;
  const rule = proposedRule(context, proposal);
  const missing = votesNeeded - votes;
  const needs =
    votesNeeded === 0 ? 'An admin' : `${missing} more ${missing === 1 ? 'member' : 'members'}, or an admin,`;
  const until = formatMinute(expiresAt, chat.timeZone, clock.now());
  const text: TextSpan[] = [`🗳 ${proposerName} proposes `, ...title(context, rule), '\n'];
  text.push(...standing(context, rule, undefined), `\n${needs} can arm it until ${until}.`);
  const buttons: Button[] = [];
  if (votesNeeded > 0) buttons.push(context.button(`👍 ${votes} of ${votesNeeded}`, 'pv', [id]));
  buttons.push(context.button('Approve', 'pa', [id]), context.button('Turn down', 'pr', [id], proposerId));
  return { text, buttons: [buttons] };
}
