import type { Api } from 'grammy';
import type { CallbackQuery } from 'grammy/types';
import type { Message } from '../../commands/message.ts';
import type { CommandService, PressOutcome } from '../../commands/service.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import { type Askers, addressOf } from './asker.ts';
import { describe, type Scrub } from './failures.ts';
import type { Lanes } from './lanes.ts';
import { laneOf, showLater } from './later.ts';
import { createLru } from './lru.ts';
import { showProgress } from './progress.ts';
import type { Sender, Standing } from './sender.ts';
import { targetOf } from './target.ts';
import { createPressAnswer } from './toast.ts';

export interface PressParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scrub: Scrub;
  readonly askers: Askers;
  readonly lanes: Lanes;
  readonly sender: Sender;
}

/** Presses that are remembered, so that one which Telegram tells twice is obeyed once. */
const PRESSES_KEPT = 5_000;

/** Where the button was. `message` is undefined where Telegram no longer lets us at it. */
function placeOf(message: NonNullable<CallbackQuery['message']>) {
  const target = targetOf(addressOf(message));
  const isAccessible = message.date !== 0;
  const standing: Standing = { target, messageId: message.message_id, hasPhoto: 'photo' in message };
  return { target, standing: isAccessible ? standing : undefined };
}

/** Hands presses of buttons to the service and does what it says. */
export function createPressDesk({ api, clock, log, scrub, askers, lanes, sender }: PressParts) {
  const known = createLru<true>(PRESSES_KEPT);

  async function remove({ target, messageId }: Standing): Promise<void> {
    try {
      await api.deleteMessage(target.chat_id, messageId);
    } catch (error) {
      // Telegram lets nobody delete what is older than two days: at least its buttons go.
      log.info({ reason: describe(error, scrub) }, 'could not delete a message: took its buttons away');
      await api.editMessageReplyMarkup(target.chat_id, messageId, {});
    }
  }

  async function apply(outcome: PressOutcome, place: ReturnType<typeof placeOf>, isToastSeen: boolean): Promise<void> {
    const { target, standing } = place;
    async function say(message: Message): Promise<void> {
      const messageId = await sender.send(target, message);
      showLater({ lanes, sender }, { target, messageId, hasPhoto: message.picture !== undefined }, message);
    }
    if (outcome.remove && standing !== undefined) await remove(standing);
    else if (outcome.edit !== undefined) {
      if (standing !== undefined && (await sender.edit(standing, outcome.edit))) {
        const hasPhoto = standing.hasPhoto || outcome.edit.picture !== undefined;
        showLater({ lanes, sender }, { ...standing, hasPhoto }, outcome.edit);
      } else await say(outcome.edit);
    }
    if (outcome.reply !== undefined) await say(outcome.reply);
    const isSilent = outcome.remove !== true && outcome.edit === undefined && outcome.reply === undefined;
    if (isSilent && !isToastSeen && outcome.toast !== undefined) await say({ text: [outcome.toast], silent: true });
  }

  /** Resolves once the press is through; never rejects. */
  return async function onPress(query: CallbackQuery, service: CommandService): Promise<void> {
    const answer = createPressAnswer({ api, clock }, query.id, (error) => {
      log.info({ reason: describe(error, scrub) }, 'could not answer the press of a button');
    });
    const { message, data } = query;
    const isRepeated = known.get(query.id) === true;
    known.set(query.id, true);
    if (isRepeated) return void (await answer.give(undefined));
    if (message === undefined || data === undefined) return void (await answer.give(undefined));
    const place = placeOf(message);
    await lanes.run(laneOf({ target: place.target, messageId: message.message_id }), async () => {
      const done = showProgress({ api, clock, log, scrub }, place.target, false);
      try {
        const asker = await askers.ofPress(query.from, message);
        const outcome = await service.press({ asker, data });
        const isToastSeen = await answer.give(outcome.toast);
        await apply(outcome, place, isToastSeen);
      } finally {
        done();
        await answer.give(undefined);
      }
    });
  };
}
