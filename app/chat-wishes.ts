import type { Chat, ChatStore } from '../db/chats.ts';

/** What chats wish for that has to be known without asking the database: an event and what is owed for it are stored together. */
export interface ChatWishes {
  /** Whether the messages of its alerts say when they are over. */
  resolves(chatKey: string): boolean;
  /** The store, of whose changes these wishes hear. */
  readonly chats: ChatStore;
}

export async function createChatWishes(store: ChatStore): Promise<ChatWishes> {
  const resolving = new Set<string>();
  function note(chat: Chat | undefined): void {
    if (chat === undefined) return;
    if (chat.resolve === true) resolving.add(chat.key);
    else resolving.delete(chat.key);
  }
  for (const chat of await store.list()) note(chat);
  return {
    resolves: (chatKey) => resolving.has(chatKey),
    chats: {
      ...store,
      async updateSettings(key, settings) {
        const chat = await store.updateSettings(key, settings);
        note(chat);
        return chat;
      },
      async move(oldKey, newKey) {
        await store.move(oldKey, newKey);
        resolving.delete(oldKey);
        note(await store.get(newKey));
      },
    },
  };
}
