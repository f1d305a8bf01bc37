import type { Chat, ChatStore } from '../db/chats.ts';
import type { MuteStore } from '../db/mutes.ts';

/** What chats wish for that has to be known without asking the database: an event and what is owed for it are stored together. */
export interface ChatWishes {
  /** Whether the messages of its alerts say when they are over. */
  resolves(chatKey: string): boolean;
  /** Whether its alerts may ever have to wait: only then the database is asked whether they do now. */
  mayWait(chatKey: string): boolean;
  /** The stores, of whose changes these wishes hear. */
  readonly chats: ChatStore;
  readonly mutes: MuteStore;
}

export async function createChatWishes(store: ChatStore, mutes: MuteStore): Promise<ChatWishes> {
  const resolving = new Set<string>();
  const quiet = new Set<string>();
  const muting = new Set(await mutes.chats());
  function note(chat: Chat | undefined): void {
    if (chat === undefined) return;
    if (chat.resolve === true) resolving.add(chat.key);
    else resolving.delete(chat.key);
    if (chat.quiet === undefined) quiet.delete(chat.key);
    else quiet.add(chat.key);
  }
  for (const chat of await store.list()) note(chat);
  return {
    resolves: (chatKey) => resolving.has(chatKey),
    mayWait: (chatKey) => quiet.has(chatKey) || muting.has(chatKey),
    mutes: {
      ...mutes,
      async set(mute) {
        muting.add(mute.chatKey);
        await mutes.set(mute);
      },
    },
    chats: {
      ...store,
      async updateSettings(key, settings) {
        const chat = await store.updateSettings(key, settings);
        note(chat);
        return chat;
      },
      async move(oldKey, newKey) {
        await store.move(oldKey, newKey);
        if (muting.has(oldKey)) muting.add(newKey);
        for (const keys of [resolving, quiet, muting]) keys.delete(oldKey);
        note(await store.get(newKey));
      },
    },
  };
}
