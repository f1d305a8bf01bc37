import type { Interaction } from 'discord.js';
import type { Logger } from '../logger.ts';
import { answerCommand } from './command-answer.ts';
import { answerCompletion } from './completion-answer.ts';
import { describeFailure } from './failures.ts';
import type { InteractionParts } from './interaction-parts.ts';
import { showLater } from './later.ts';
import { answerPress } from './press-answer.ts';
import { createRightsRemark } from './rights-remark.ts';

/** Takes what people do in Discord. */
export interface InteractionDesk {
  take(interaction: Interaction): void;
  /** Waits for the answers under way, also to what comes meanwhile, then takes nothing more. */
  close(): Promise<void>;
}

/** Interactions that are remembered, so that one which the gateway tells twice is answered once. */
const KEPT = 5_000;

export function createInteractionDesk(parts: InteractionParts, log: Logger): InteractionDesk {
  const remark = createRightsRemark();
  const underWay = new Set<Promise<void>>();
  const known = new Set<string>();
  let open = true;

  function isRepeated({ id }: Interaction): boolean {
    if (known.has(id)) return true;
    known.add(id);
    if (known.size > KEPT) known.delete(known.values().next().value!);
    return false;
  }

  async function handle(interaction: Interaction): Promise<void> {
    try {
      if (interaction.isChatInputCommand()) {
        const shown = await answerCommand(interaction, parts);
        await remark(interaction);
        await showLater(interaction, shown);
      } else if (interaction.isButton()) await answerPress(interaction, parts);
      else if (interaction.isAutocomplete()) await answerCompletion(interaction, parts);
    } catch (error) {
      log.warn({ ...describeFailure(error), interaction: interaction.id }, 'a Discord interaction was not answered');
    }
  }

  return {
    take(interaction) {
      if (!open || isRepeated(interaction)) return;
      const work = handle(interaction).finally(() => underWay.delete(work));
      underWay.add(work);
    },
    async close() {
      while (underWay.size > 0) await Promise.all(underWay);
      open = false;
    },
  };
}
