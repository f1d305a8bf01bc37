import type { Api } from 'grammy';
import type { Message } from 'grammy/types';
import type { CommandService } from '../../commands/service.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Logger } from '../logger.ts';
import { type Askers, addressOf } from './asker.ts';
import { readCommand } from './command-text.ts';
import type { Scrub } from './failures.ts';
import type { Lanes } from './lanes.ts';
import { showLater } from './later.ts';
import { showProgress } from './progress.ts';
import type { Sender } from './sender.ts';
import { targetOf } from './target.ts';

export interface CommandParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scrub: Scrub;
  readonly askers: Askers;
  readonly lanes: Lanes;
  readonly sender: Sender;
}

/** Hands commands to the service and sends its answers. */
export function createCommandDesk({ api, clock, log, scrub, askers, lanes, sender }: CommandParts) {
  /** Resolves once the answer is out; never rejects. */
  return async function onMessage(message: Message, botName: string, service: CommandService): Promise<void> {
    const known = new Map(service.commands.map((spec) => [spec.name, spec]));
    const call = readCommand(message, botName, known);
    if (call === undefined) return;
    const { chat, message_id: id } = message;
    const target = targetOf(addressOf(message));
    // One after the other for each who asks, so that their `/alert` is in before their `/alerts`.
    await lanes.run(`command ${chat.id}/${(message.sender_chat ?? message.from)?.id}`, async () => {
      const isSlow = known.get(call.command)?.slow ?? false;
      const done = chat.type === 'channel' ? () => {} : showProgress({ api, clock, log, scrub }, target, isSlow);
      try {
        const reply = await service.run({ asker: await askers.ofMessage(message), ...call });
        const messageId = await sender.send(target, reply, chat.type === 'private' ? {} : { replyTo: id });
        showLater({ lanes, sender }, { target, messageId, hasPhoto: reply.picture !== undefined }, reply);
      } finally {
        done();
      }
    });
  };
}
