import { splitInstrument } from '../engine/market/instrument.ts';
import type { CommandContext } from './command.ts';
import { formatMinute } from './format.ts';

/** `muted until 14:20 CET` for each instrument that is muted in the chat. */
export async function mutedWords({
  mutes,
  chatKey,
  chat,
  clock,
}: Pick<CommandContext, 'mutes' | 'chatKey' | 'chat' | 'clock'>): Promise<(instrument: string) => string | undefined> {
  const all = await mutes.list(chatKey);
  return (instrument) => {
    const [, symbol] = splitInstrument(instrument);
    const ends = all.filter((mute) => mute.symbol === '' || mute.symbol === symbol).map(({ until }) => until);
    return ends.length === 0 ? undefined : `muted until ${formatMinute(Math.max(...ends), chat.timeZone, clock.now())}`;
  };
}
