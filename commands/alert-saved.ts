import { UserError } from '../engine/errors.ts';
import type { RuleText } from '../engine/language/ast.ts';
import { printRule } from '../engine/language/print.ts';
import { isMarket } from '../engine/market/listing.ts';
import type { Trial } from '../engine/preflight/trial.ts';
import { standing, title } from './alert-words.ts';
import type { CommandContext } from './command.ts';
import type { Button, Message, Picture, TextSpan } from './message.ts';
import type { PreflightAnswer, StoredRule } from './ports.ts';
import { trialPicture } from './preflight-picture.ts';
import { isTooMuch, noisyWords, packChange, pastWords, proposalLabel } from './preflight-words.ts';
import { describeFor } from './rule-words.ts';

/**
 * The answer to a saved rule: what it is, where it stands, and where it would fire. What it would have done comes later: a
 * replay takes a moment, and nobody shall wait for `saved`. @param notes lines on how its text was read
 */
export function savedMessage(
  context: CommandContext,
  stored: StoredRule,
  rule: RuleText,
  notes: readonly string[] = [],
): Message {
  const noted = (message: Message): Message => withLines(message, notes);
  const message = noted(plainMessage(context, stored, rule));
  if (context.preflight === undefined) return message;
  return { ...message, later: async () => mapped(await triedMessage(context, stored, rule), noted) };
}

const mapped = (message: Message | undefined, map: (message: Message) => Message): Message | undefined =>
  message && map(message);

const withLines = (message: Message, lines: readonly string[]): Message =>
  lines.length === 0 ? message : { ...message, text: [...message.text, ...lines.map((line) => `\n${line}`)] };

/** The answer without a word on the past. */
export function plainMessage(context: CommandContext, stored: StoredRule, rule: RuleText): Message {
  const text: TextSpan[] = ['✅ ', ...title(context, rule), '\n', ...standingNow(context, stored, rule)];
  return { text, buttons: [ruleButtons(context, stored, rule)] };
}

function standingNow(context: CommandContext, { id }: StoredRule, rule: RuleText): readonly TextSpan[] {
  const view = context.rules.view(id);
  const spans = standing(context, rule, view);
  return view?.truth ? [...spans, '\nIt is true right now: I wait for the next time.'] : spans;
}

function ruleButtons(context: CommandContext, { id, ownerId }: StoredRule, rule: RuleText): Button[] {
  const hasBars = isMarket(rule.instrument);
  const buttons = hasBars ? [context.button('Chart', 'ch', [id])] : [];
  if (!rule.modes.once) buttons.push(context.button('Once', 'once', [id], ownerId));
  if (!rule.modes.onClose && hasBars) buttons.push(context.button('On close', 'onc', [id], ownerId));
  return [...buttons, context.button('Delete', 'del', [id], ownerId)];
}

/** The answer with what the rule would have done; undefined where it was changed or deleted meanwhile. */
async function triedMessage(context: CommandContext, stored: StoredRule, rule: RuleText): Promise<Message | undefined> {
  const { rules, log, clock, preflight } = context;
  try {
    try {
      context.spend('previews');
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return withLines(plainMessage(context, stored, rule), [`Not tried on its past: ${error.message}`]);
    }
    const answer = await preflight!.run(rule);
    const picture = await pictureOf(context, rule, answer);
    const now = rules.running(stored.id);
    if (now === undefined || printRule(now) !== printRule(rule)) return undefined;
    const message = isTooMuch(answer, rule)
      ? noisyMessage(context, stored, rule, answer.trial)
      : withPast(plainMessage(context, stored, rule), pastWords(answer, rule, clock.now()));
    return picture === undefined ? message : { ...message, picture };
  } catch (error) {
    log.warn({ err: error, rule: stored.id }, 'a rule could not be tried on its past');
    return undefined;
  }
}

const withPast = (message: Message, past: readonly TextSpan[]): Message => ({
  ...message,
  text: [...message.text, '\n', ...past],
});

/** Too often: that comes first, and what would be better as buttons. */
function noisyMessage(
  context: CommandContext,
  stored: StoredRule,
  rule: RuleText,
  { tally, proposals }: Trial,
): Message {
  const { id, ownerId } = stored;
  const name = describeFor(context.chat, context.clock.now(), rule);
  const head: TextSpan[] = ['⚠️ ', { bold: name }, ...noisyWords(tally)];
  const hint = proposals.length === 0 ? 'It is saved as it is.' : 'It is saved as it is; these would make it quieter.';
  const text: TextSpan[] = [...head, '\n', ...standingNow(context, stored, rule), `\n${hint}`];
  const offers = proposals.map((proposal) => [
    context.button(proposalLabel(rule, proposal), 'pf', [id, ...packChange(proposal.change)], ownerId),
  ]);
  const keep = context.button('Keep as it is', 'keep', [id], ownerId);
  return { text, buttons: [...offers, [keep], ruleButtons(context, stored, rule)] };
}

async function pictureOf(
  context: CommandContext,
  rule: RuleText,
  answer: PreflightAnswer,
): Promise<Picture | undefined> {
  if (answer.kind !== 'tried') return undefined;
  try {
    return await trialPicture(context, rule, answer.trial);
  } catch (error) {
    context.log.warn({ err: error, instrument: rule.instrument }, 'what a rule would have done could not be drawn');
    return undefined;
  }
}
