import { splitInstrument } from '../engine/market/instrument.ts';
import type { Message } from './message.ts';

const WHAT = { trades: 'trades', facts: 'facts', book: 'order book' } as const;

/** What a chat is told of a stream that a venue does not give. @param numbers the chat's alerts that look at it */
export function refusalMessage(
  { instrument, channel, reason }: { instrument: string; channel: keyof typeof WHAT; reason: string },
  numbers: readonly number[],
): Message {
  const [venue, symbol] = splitInstrument(instrument);
  const alerts = [...numbers].sort((a, b) => a - b).join(', ');
  const blind = numbers.length === 1 ? `alert ${alerts} is blind` : `alerts ${alerts} are blind`;
  return {
    text: [
      '⚠️ ',
      { bold: symbol },
      `: ${venue} does not give its ${WHAT[channel]} (${reason}); ${blind}. I keep asking.`,
    ],
  };
}
