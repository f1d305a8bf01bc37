import type { Api } from 'grammy';
import type { Clock } from '../../engine/clock.ts';

/** A button turns until its press is answered: it gets an empty answer if there is nothing to say by then. */
const ANSWER_MS = 2000;
const LIMIT = 200;

/** The one answer that a press of a button gets. */
export interface PressAnswer {
  /** Answers with `toast`. @returns false where an empty answer was quicker, so that the toast will not be seen */
  give(toast: string | undefined): Promise<boolean>;
}

/** Starts the time until the empty answer. `onError` hears of answers that Telegram did not take. */
export function createPressAnswer(
  { api, clock }: { api: Api; clock: Clock },
  queryId: string,
  onError: (error: unknown) => void,
): PressAnswer {
  let given = false;
  const cancel = clock.after(ANSWER_MS, () => void answer(undefined));

  async function answer(text: string | undefined): Promise<void> {
    given = true;
    cancel();
    await api.answerCallbackQuery(queryId, text === undefined ? {} : { text }).catch(onError);
  }

  return {
    async give(toast) {
      if (given) return false;
      await answer(toast === undefined || toast.length <= LIMIT ? toast : `${toast.slice(0, LIMIT - 1)}…`);
      return true;
    },
  };
}
