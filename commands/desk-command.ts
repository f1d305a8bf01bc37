import { formatInterval } from '../engine/market/interval.ts';
import type { CommandContext } from './command.ts';
import type { DeskAnswer, DeskCommand } from './desk-report.ts';
import { offerButton } from './error-message.ts';
import type { Button } from './message.ts';

type About = Omit<DeskCommand, 'permission' | 'slow' | 'private' | 'run'>;

/** A command that asks the desk and draws: for every member, counted, and with the desk's thread woken while bars are fetched. */
export function deskCommand(
  about: About,
  answer: (context: CommandContext, text: string) => Promise<DeskAnswer>,
): DeskCommand {
  return {
    ...about,
    permission: 'members',
    slow: true,
    private: false,
    async run(context, text) {
      context.spend('charts');
      context.desk.warm();
      return answer(context, text);
    },
  };
}

/** Buttons that ask the same of other lengths than the one that is shown, all in ms. */
export function otherLengths(
  context: CommandContext,
  command: string,
  { lengths, shown }: { readonly lengths: readonly number[]; readonly shown: number },
  lineOf: (length: string) => string,
): Promise<Button[]> {
  const others = lengths.filter((length) => length !== shown).map(formatInterval);
  return Promise.all(others.map((length) => offerButton(context, length, command, lineOf(length))));
}
