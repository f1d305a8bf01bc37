import { UserError } from '../engine/errors.ts';
import type { CommandContext } from './command.ts';
import { errorMessage } from './error-message.ts';
import type { Message } from './message.ts';
import type { PressOutcome } from './service.ts';
import type { RunningSearch, SearchAnswer, StrategySearch } from './strategy-ports.ts';

/** So often is told how far a search is, in ms. */
const PROGRESS_MS = 4_000;

/** Who asked for what. */
export interface AskedSearch {
  readonly command: string;
  readonly text: string;
  readonly title: string;
  readonly search: StrategySearch;
}

type Reports = Extract<SearchAnswer, { kind: 'done' }>['reports'];

/**
 * Begins a search. The answer says how far it is and has a button that ends it; it becomes what came of it.
 *
 * @throws UserError where none can begin
 */
export function begunSearch(
  context: CommandContext,
  asked: AskedSearch,
  answer: (reports: Reports) => Promise<Message>,
): Message {
  const running = context.searches.start(context.chatKey, context.asker.userId, asked.search);
  if (running === 'chat') {
    throw new UserError('search-running', 'A search of this chat is running already.', {
      hint: 'Wait for it, or cancel it with its button.',
    });
  }
  if (running === 'all') {
    throw new UserError('searches-running', 'As many searches are running as I can do at once.', {
      hint: 'Try again in a minute.',
    });
  }
  return follow(context, asked, running, answer);
}

/** How far it is now; it becomes the answer, or how far it is then. */
function follow(
  context: CommandContext,
  asked: AskedSearch,
  running: RunningSearch,
  answer: (reports: Reports) => Promise<Message>,
): Message {
  const { tried, of } = running.progress();
  const where = tried === 0 ? `${of} to try` : `${tried} of ${of} tried`;
  return {
    text: ['⏳ ', { bold: asked.title }, ` · ${where}`],
    buttons: [[context.button('Cancel', 'oc', [running.id], context.asker.userId)]],
    async later() {
      try {
        const done = await within(context, PROGRESS_MS, running.done);
        if (done === undefined) return follow(context, asked, running, answer);
        return done.kind === 'done' ? await answer(done.reports) : endedMessage(asked, done, of);
      } catch (error) {
        return errorMessage(context, asked, error);
      }
    },
  };
}

async function within<T>({ clock }: CommandContext, ms: number, work: Promise<T>): Promise<T | undefined> {
  let cancel = (): void => undefined;
  const passed = new Promise<undefined>((resolve) => {
    cancel = clock.after(ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, passed]);
  } finally {
    cancel();
  }
}

/** @throws UserError with the reason why there is no answer */
function endedMessage({ title }: AskedSearch, answer: Exclude<SearchAnswer, { kind: 'done' }>, of: number): Message {
  switch (answer.kind) {
    case 'cancelled':
      return { text: ['✖ ', { bold: title }, ` · cancelled after ${answer.tried} of ${of}`] };
    case 'untold':
      throw new UserError(
        'backtest-facts',
        `Of ${answer.facts.join(' and ')} no past is known, so there is nothing to try this on.`,
        {
          hint: 'It can run from now on, or be tried without that.',
        },
      );
    case 'short':
      throw new UserError(
        'search-history',
        `There are ${answer.bars} bars behind the first values, too few to choose on some and try on others.`,
        { hint: `At least ${answer.wanted}: shorter bars, a longer period or another symbol.` },
      );
    case 'late':
      throw new UserError('search-late', 'The search took too long.', {
        hint: 'Try a shorter period, longer bars or fewer symbols.',
      });
  }
}

export async function cancelSearch(
  { searches, chatKey, mayActFor }: CommandContext,
  [id = '']: readonly string[],
): Promise<PressOutcome> {
  const owner = searches.ownerOf(chatKey, id);
  if (owner === undefined) return { toast: 'It is over already.' };
  if (!mayActFor(owner)) return { toast: 'Only whoever asked for it or an admin may do that.' };
  return { toast: searches.cancel(chatKey, id) ? 'Cancelled.' : 'It is over already.' };
}
