import type { CommandContext } from './command.ts';
import type { Message } from './message.ts';

/** Below what every platform takes; Discord's 10 MB are the least. */
const MOST_BYTES = 8_000_000;

/** The ledger as a file: rows of this chat whole, of the rows of others only the hashes, which the chain can be followed by. */
export async function exportLedger({ ledger, chatKey, chat, role, asker, spend }: CommandContext): Promise<Message> {
  spend('exports');
  const isOfAll = role === 'owner' && asker.chatKind === 'private';
  const { bytes, rows, whole, behind } = await ledger.export(isOfAll ? undefined : chatKey, MOST_BYTES);
  if (rows === 0) return { text: ['The ledger has no rows yet.'] };
  const count = (value: number) => value.toLocaleString(chat.locale);
  const hidden =
    whole === rows ? '' : `, ${count(whole)} of them of this chat and whole; of the others there is the hash`;
  const cut = behind === 0 ? '' : `; cut at 8 MB, it begins behind row ${behind}`;
  return {
    text: [
      { bold: `${count(rows)} rows` },
      `${hidden}${cut}\nCheck them with `,
      { code: 'npm run ledger:verify ledger.ndjson' },
    ],
    file: { name: 'ledger.ndjson', bytes, type: 'application/x-ndjson' },
  };
}
